"""The message of a delivery test: it passes a subscription's filter, and slipway-consumer does not take it for work.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
"""

import enum
import ipaddress
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NotRequired, TypedDict

from slipway_cli.documents import Json, as_list, as_object, as_text, parse

ATTRIBUTE: Final = "slipway-probe"
"""Message attribute with the token; slipway_consumer.message.PROBE_ATTRIBUTE is the same, and a test compares them."""
BODY_KEY: Final = "slipwayProbe"  # in the body
BODY: Final = "MessageBody"
STEP: Final = 0.5  # from a bound that the filter excludes
CANDIDATES: Final = ("probe", "another-probe", "0", "~")

Filter = Mapping[str, Json]


class NoProbeError(Exception):
    """No message is found to pass the filter; the text names the condition."""


class Attribute(TypedDict):
    """A message attribute."""

    DataType: str
    StringValue: str


class Publication(TypedDict):
    """Arguments of Publish."""

    TopicArn: str
    Message: str
    MessageAttributes: Mapping[str, Attribute]
    MessageGroupId: NotRequired[str]
    MessageDeduplicationId: NotRequired[str]


class _Key(enum.Enum):
    """A key of the message without a value."""

    ABSENT = enum.auto()


@dataclass(frozen=True)
class Probe:
    """A message, and the token in it."""

    text: str
    attributes: Mapping[str, Attribute]
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def publication(self, topic_arn: str) -> Publication:
        """Arguments of Publish. On a FIFO topic the probe has a message group of its own, and delays no other message."""
        attributes: dict[str, Attribute] = {
            **self.attributes,
            ATTRIBUTE: {"DataType": "String", "StringValue": self.token},
        }
        publication: Publication = {
            "TopicArn": topic_arn,
            "Message": json.dumps({**as_object(parse(self.text)), BODY_KEY: self.token}),
            "MessageAttributes": attributes,
        }
        if topic_arn.endswith(".fifo"):
            publication["MessageGroupId"] = f"{ATTRIBUTE}-{self.token}"
            publication["MessageDeduplicationId"] = self.token
        return publication


def probe_for(policy: Filter | None, scope: str | None) -> Probe:
    """A probe that passes a filter policy. Raises NoProbeError."""
    values = _passing(policy or {})
    if scope == BODY:
        return Probe(json.dumps(values), {})
    return Probe("{}", {name: _attribute(value) for name, value in values.items()})


def surely_misses(probe: Probe, policy: Filter | None, scope: str | None) -> bool:
    """True when another subscription's filter certainly keeps the probe out: a key is missing, or has another string."""
    values: Mapping[str, Json] = (
        as_object(parse(probe.text))
        if scope == BODY
        else {name: attribute["StringValue"] for name, attribute in probe.attributes.items()}
    )
    for key, conditions in (policy or {}).items():
        if key == "$or" or (isinstance(conditions, list) and {"exists": False} in conditions):
            continue
        if key not in values:
            return True
        value = values[key]
        strings = isinstance(conditions, list) and all(isinstance(condition, str) for condition in conditions)
        if strings and isinstance(value, str) and not value.startswith("[") and value not in as_list(conditions):
            return True
    return False


def _attribute(value: Json) -> Attribute:
    if isinstance(value, bool) or value is None:
        return {"DataType": "String.Array", "StringValue": json.dumps([value])}
    return {"DataType": "String" if isinstance(value, str) else "Number", "StringValue": str(value)}


def _passing(policy: Filter) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for key, conditions in policy.items():
        if key == "$or" and isinstance(conditions, list):
            values |= _passing(as_object(conditions[0]))
        elif isinstance(conditions, Mapping):
            values[key] = _passing(conditions)
        else:
            value = _value_for(key, as_list(conditions))
            if value is not _Key.ABSENT:
                values[key] = value
    return values


def _value_for(key: str, conditions: list[Json]) -> "Json | _Key":
    """A value that meets one of the conditions. Raises NoProbeError."""
    for condition in conditions:
        try:
            return _meeting(condition) if isinstance(condition, Mapping) else condition
        except NoProbeError:
            continue
    raise NoProbeError(f"{key}: {json.dumps(conditions)}")


def _meeting(condition: Mapping[str, Json]) -> "Json | _Key":
    [(operator, operand)] = condition.items()
    if operator in ("prefix", "suffix", "equals-ignore-case"):
        return operand
    if operator == "wildcard":
        return as_text(operand).replace("*", "") or CANDIDATES[0]
    if operator == "cidr":
        return str(ipaddress.ip_network(as_text(operand), strict=False)[0])
    if operator == "exists":
        return CANDIDATES[0] if operand else _Key.ABSENT
    if operator == "numeric":
        return _number(as_list(operand))
    if operator == "anything-but":
        return _exception_from(operand)
    raise NoProbeError(operator)


def _number(comparison: list[Json]) -> float:
    bounds = {as_text(sign): _float(bound) for sign, bound in zip(comparison[::2], comparison[1::2], strict=True)}
    for included in ("=", ">=", "<="):
        if included in bounds:
            return bounds[included]
    low, high = bounds.get(">"), bounds.get("<")
    if low is not None and high is not None:
        return round((low + high) / 2, 5)
    return low + STEP if low is not None else bounds["<"] - STEP


def _float(value: Json) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise NoProbeError(f"numeric {json.dumps(value)}")


def _exception_from(operand: Json) -> Json:
    """A value not excluded by anything-but. Raises NoProbeError."""
    values: list[Json]
    if isinstance(operand, Mapping):
        [(operator, text)] = operand.items()
        values = [candidate for candidate in CANDIDATES if not _excluded(operator, as_text(text), candidate)]
    else:
        excluded = as_list(operand)
        count = range(len(excluded) + 1)
        numbers = all(isinstance(value, int | float) for value in excluded)
        values = [number if numbers else f"probe-{number}" for number in count]
        values = [value for value in values if value not in excluded]
    if not values:
        raise NoProbeError(f"anything-but {json.dumps(operand)}")
    return values[0]


def _excluded(operator: str, text: str, candidate: str) -> bool:
    """True when anything-but with this operator excludes the candidate, or may exclude it."""
    if operator == "prefix":
        return candidate.startswith(text)
    if operator == "suffix":
        return candidate.endswith(text)
    if operator == "equals-ignore-case":
        return candidate.lower() == text.lower()
    return all(part in candidate for part in text.split("*"))
