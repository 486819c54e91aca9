"""JSON text as pulumi-aws compares it: as data, or as a policy in IAM's grammar.

Sources: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/verify/json.go
https://github.com/hashicorp/awspolicyequivalence/blob/main/aws_policy_equivalence.go
"""

import json
import re
from collections.abc import Callable, Mapping

from slipway_sandbox.provider.protocol.wire import Value

ACCOUNT_ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")
SETS = ("Action", "NotAction", "Resource", "NotResource")


def parsed(text: Value, read: Callable[[Value], Value]) -> Value:
    """What `read` makes of the text's data; any other value, and text that is no JSON, is its own data."""
    if not isinstance(text, (str, bytes)):
        return text
    try:
        return read(json.loads(text))
    except ValueError:
        return text


def data(text: Value) -> Value:
    """JSON text in one spelling: white space, the order of keys and 1.0 for 1 do not count. The order of lists does."""
    return parsed(text, spelled)


def policy(text: Value) -> Value:
    """A policy in one spelling: no order counts, one is a list of one, and keys outside of IAM's grammar are left out.

    An account's number is its root's ARN. Numbers and booleans are text.
    """
    return parsed(text or "{}", lambda document: spelled(_policy(document)))


def spelled(document: Value) -> str:
    """The data as JSON text in one spelling."""
    return json.dumps(_whole(document), sort_keys=True)


def members(document: Value, names: tuple[str, ...]) -> dict[str, Value]:
    """Members of an object by these names, as Go finds them: whatever the case of their keys."""
    if not isinstance(document, Mapping):
        return {}
    known = {name.lower(): name for name in names}
    return {known[key.lower()]: value for key, value in document.items() if key.lower() in known}


def _whole(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _policy(document: Value) -> Value:
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if not isinstance(document, Mapping):
        return document
    parts = members(document, ("Version", "Id", "Statement"))
    statements = _listed(parts.get("Statement"))
    if not all(isinstance(each, Mapping) for each in statements):
        return document
    own = sorted(spelled(_statement(each)) for each in statements)
    return [parts.get("Version") or "", parts.get("Id") or "", *own]


def _statement(statement: Value) -> Value:
    parts = members(statement, ("Sid", "Effect", *SETS, "Principal", "NotPrincipal", "Condition"))
    kept: dict[str, Value] = {"Sid": parts.get("Sid") or "", "Effect": str(parts.get("Effect") or "").lower()}
    kept |= {name: _texts(parts.get(name)) for name in SETS}
    kept |= {name: _principals(parts.get(name)) for name in ("Principal", "NotPrincipal")}
    return {**kept, "Condition": _conditions(parts.get("Condition"))}


def _principals(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {kind: _texts(names, ACCOUNT_ROOT) for kind, names in value.items() if _texts(names)}
    return value


def _conditions(value: Value) -> Value:
    if not isinstance(value, Mapping):
        return value
    operators = {operator: tests for operator, tests in value.items() if isinstance(tests, Mapping)}
    return {
        operator: {key: sorted(set(_texts(values))) for key, values in tests.items()}
        for operator, tests in operators.items()
    }


def _texts(value: Value, shortened: re.Pattern[str] | None = None) -> list[str]:
    """Sorted texts of one value or a list; with a pattern, its group in place of a text that it matches."""
    texts = [item if isinstance(item, str) else json.dumps(_whole(item)) for item in _listed(value)]
    return sorted(match[1] if shortened and (match := shortened.fullmatch(text)) else text for text in texts)


def _listed(value: Value) -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
