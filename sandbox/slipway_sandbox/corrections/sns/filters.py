"""Operators of subscription filters: cidr, wildcard, equals-ignore-case, and anything-but with other than a prefix.

Source: https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping

from moto.sns.models import SNSBackend
from moto.sns.utils import FilterPolicyMatcher

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.documents import Document, Json, as_list, as_object, as_text

ADDED = ("cidr", "equals-ignore-case", "wildcard")
KNOWN = {"prefix": "a"}  # a rule of an operator known to moto


@corrects(
    FilterPolicyMatcher._field_match,  # noqa: SLF001
    why="moto never matches cidr, wildcard, equals-ignore-case and most of anything-but; SNS does.",
)
def field_match(
    original: Callable[[str, list[Json], Document, bool], bool],
    field: str,
    rules: list[Json],
    dict_body: Document,
    attributes_based_check: bool = True,
) -> bool:
    added = [as_object(rule) for rule in rules if _is_added(rule)]
    if any(_holds(rule, list(_texts(dict_body.get(field), attributes_based_check))) for rule in added):
        return True
    rest = [rule for rule in rules if not _is_added(rule)]
    return bool(rest) and original(field, rest, dict_body, attributes_based_check)


@corrects(
    SNSBackend._validate_filter_policy,  # noqa: SLF001
    why="moto refuses a filter policy with cidr, wildcard, equals-ignore-case or most of anything-but; SNS takes it.",
)
def validate_filter_policy(
    original: Callable[[SNSBackend, Json, str | None], None], self: SNSBackend, value: Json, scope: str | None
) -> None:
    original(self, _known(value), scope)


def _is_added(rule: Json) -> bool:
    if not isinstance(rule, Mapping):
        return False
    inner = rule.get("anything-but")
    return any(key in rule for key in ADDED) or (isinstance(inner, Mapping) and "prefix" not in inner)


def _texts(value: Json, attribute: bool) -> Iterator[str]:
    """Strings of a message attribute, or of a key of the body."""
    if attribute and isinstance(value, Mapping):
        array = value["Type"] == "String.Array"
        value = json.loads(as_text(value["Value"])) if array else value["Value"]
    yield from (text for text in as_list(value) if isinstance(text, str))


def _holds(rule: Document, texts: list[str]) -> bool:
    [(operator, operand)] = rule.items()
    if operator == "anything-but":
        [(inner, unwanted)] = as_object(operand).items()
        return bool(texts) and not any(_matches(inner, as_text(unwanted), text) for text in texts)
    return any(_matches(operator, as_text(operand), text) for text in texts)


def _matches(operator: str, operand: str, text: str) -> bool:
    if operator == "equals-ignore-case":
        return text.lower() == operand.lower()
    if operator == "suffix":
        return text.endswith(operand)
    if operator == "wildcard":
        return re.fullmatch(re.escape(operand).replace(r"\*", ".*"), text, re.DOTALL) is not None
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False


def _known(value: Json) -> Json:
    """The policy with each operator unknown to moto replaced by a known one."""
    if _is_added(value):
        return KNOWN
    if isinstance(value, Mapping):
        return {key: _known(inner) for key, inner in value.items()}
    return [_known(each) for each in value] if isinstance(value, list) else value
