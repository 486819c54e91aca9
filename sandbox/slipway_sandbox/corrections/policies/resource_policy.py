"""Decides whether the policy of a queue, a topic or a key lets a service do something, as AWS does.

An explicit Deny wins; without an Allow the answer is no. An unknown condition holds for a Deny and fails for
an Allow: the sandbox never delivers where AWS might not.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from slipway_sandbox.documents import Document, Json, as_list, as_object, as_text, objects, texts


@dataclass(frozen=True)
class Request:
    """Somebody asks to do something."""

    principals: Collection[str]
    """Names of the asking service, such as sns.amazonaws.com."""
    action: str
    resource: str
    context: Mapping[str, str]
    """Condition key, in lower case, to its value."""


def allows(policy: str | None, request: Request) -> bool:
    """True when a statement allows the request and none denies it."""
    verdicts = {_verdict(statement, request) for statement in _statements(policy or "{}")}
    return "Allow" in verdicts and "Deny" not in verdicts


@lru_cache(maxsize=256)
def _statements(policy: str) -> list[Document]:
    return objects(json.loads(policy).get("Statement", []))


def _verdict(statement: Document, request: Request) -> str | None:
    effect = as_text(statement.get("Effect"))
    named = (
        _named(statement, "Principal", lambda value: _is_principal(value, request.principals))
        and _named(statement, "Action", lambda value: _any_like(texts(value), request.action.lower(), str.lower))
        and _named(statement, "Resource", lambda value: _any_like(texts(value), request.resource))
    )
    if not named:
        return None
    for operator, keys in as_object(statement.get("Condition")).items():
        for key, wanted in as_object(keys).items():
            holds = _condition(operator, request.context.get(key.lower()), _words(wanted))
            if holds is False or (holds is None and effect == "Allow"):
                return None
    return effect


def _named(statement: Document, element: str, covers: Callable[[Json], bool]) -> bool:
    """Whether an element covers the request, or its Not… does not; without a Resource, the owner itself is meant."""
    if f"Not{element}" in statement:
        return not covers(statement[f"Not{element}"])
    return covers(statement[element]) if element in statement else element == "Resource"


def _is_principal(value: Json, principals: Collection[str]) -> bool:
    if value == "*":
        return True
    services = texts(as_object(value).get("Service"))
    anybody = "*" in texts(as_object(value).get("AWS"))
    return anybody or "*" in services or not set(services).isdisjoint(principals)


def _condition(operator: str, actual: str | None, wanted: list[str]) -> bool | None:
    """None where the operator is not understood."""
    name = operator.removesuffix("IfExists")
    if actual is None:
        return operator.endswith("IfExists") or name.startswith(("StringNot", "ArnNot"))
    tests: dict[str, Callable[[], bool]] = {
        "StringEquals": lambda: actual in wanted,
        "StringEqualsIgnoreCase": lambda: actual.lower() in [value.lower() for value in wanted],
        "StringLike": lambda: _any_like(wanted, actual),
        "ArnEquals": lambda: _any_like(wanted, actual),
        "ArnLike": lambda: _any_like(wanted, actual),
        "Bool": lambda: actual in [value.lower() for value in wanted],
    }
    if name in tests:
        return tests[name]()
    positive = name.replace("Not", "", 1)
    return not tests[positive]() if "Not" in name and positive in tests else None


def _any_like(patterns: list[str], text: str, fold: Callable[[str], str] = str) -> bool:
    """Whether a pattern with * and ? covers the text."""
    return any(_pattern(fold(pattern)).fullmatch(text) for pattern in patterns)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _words(value: Json) -> list[str]:
    """Values of a condition as text: a policy may have true for "true"."""
    return [each if isinstance(each, str) else json.dumps(each) for each in as_list(value)]
