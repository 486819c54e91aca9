"""Operators of subscription filters that moto 5.2.5 refuses or never matches; added to its classes.

Those are cidr, wildcard, equals-ignore-case, and anything-but with other than a prefix.
Source: https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
"""

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from functools import wraps
from typing import Any

ADDED = ("cidr", "equals-ignore-case", "wildcard")
KNOWN = {"prefix": "a"}  # a rule that moto accepts, in place of one that it does not


def install() -> None:
    """Adds to moto; to be called once."""
    from moto.sns.models import SNSBackend  # noqa: PLC0415 - after moto's environment is set
    from moto.sns.utils import FilterPolicyMatcher  # noqa: PLC0415

    matcher: Any = FilterPolicyMatcher
    backend: Any = SNSBackend
    matcher._field_match = staticmethod(_with_added(matcher._field_match))  # noqa: SLF001
    backend._validate_filter_policy = _of_known(backend._validate_filter_policy)  # noqa: SLF001


def _is_added(rule: Any) -> bool:
    if not isinstance(rule, Mapping):
        return False
    inner = rule.get("anything-but")
    return any(key in rule for key in ADDED) or (isinstance(inner, Mapping) and "prefix" not in inner)


def _with_added(field_match: Any) -> Any:
    @wraps(field_match)
    def matched(field: str, rules: list[Any], body: Mapping[str, Any], attributes_based_check: bool = True) -> bool:
        added = [rule for rule in rules if _is_added(rule)]
        if any(_holds(rule, list(_texts(body.get(field), attributes_based_check))) for rule in added):
            return True
        rest = [rule for rule in rules if not _is_added(rule)]
        return bool(rest) and bool(field_match(field, rest, body, attributes_based_check))

    return matched


def _texts(value: Any, attribute: bool) -> Iterator[str]:
    """Strings of a message attribute, or of a key of the body."""
    if attribute and isinstance(value, Mapping):
        array = value["Type"] == "String.Array"
        value = json.loads(value["Value"]) if array else value["Value"]
    yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _holds(rule: Mapping[str, Any], texts: list[str]) -> bool:
    [(operator, operand)] = rule.items()
    if operator == "anything-but":
        [(inner, text)] = operand.items()
        return bool(texts) and not any(_one(inner, text, it) for it in texts)
    return any(_one(operator, operand, it) for it in texts)


def _one(operator: str, operand: str, text: str) -> bool:
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


def _of_known(validate: Any) -> Any:
    @wraps(validate)
    def validated(self: Any, value: Any, scope: str | None) -> None:
        validate(self, _known(value), scope)

    return validated


def _known(value: Any) -> Any:
    """The policy with every operator that moto refuses replaced by one that it accepts."""
    if _is_added(value):
        return KNOWN
    if isinstance(value, Mapping):
        return {key: _known(inner) for key, inner in value.items()}
    return [_known(one) for one in value] if isinstance(value, list) else value
