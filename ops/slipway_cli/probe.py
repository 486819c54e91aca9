"""The message of a delivery test: passes a subscription's filter, and is recognised by slipway-consumer as no work.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
"""

import ipaddress
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

ATTRIBUTE: Final = "slipway-probe"  # as slipway-consumer/message.py has it
BODY: Final = "MessageBody"
STEP: Final = 0.5  # away from a bound that is excluded
CANDIDATES: Final = ("probe", "another-probe", "0", "~")

Filter = Mapping[str, Any]


class NoProbeError(Exception):
    """No message passes the filter, or none that this could find; the message names the condition."""


class _Absent:
    """The key must not be there."""


@dataclass(frozen=True)
class Probe:
    """A message and the token by which it is known again."""

    text: str
    attributes: Mapping[str, Mapping[str, str]]
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def published(self, topic_arn: str) -> dict[str, Any]:
        """Arguments of Publish. A FIFO topic gets a message group of the probe's own, so that it holds up no other."""
        sent = {
            "TopicArn": topic_arn,
            "Message": json.dumps(json.loads(self.text) | {"slipwayProbe": self.token}),
            "MessageAttributes": {**self.attributes, ATTRIBUTE: {"DataType": "String", "StringValue": self.token}},
        }
        fifo = {"MessageGroupId": f"{ATTRIBUTE}-{self.token}", "MessageDeduplicationId": self.token}
        return sent | fifo if topic_arn.endswith(".fifo") else sent


def probe_for(policy: Filter | None, scope: str | None) -> Probe:
    """A probe that passes a filter policy. Raises NoProbeError."""
    values = _passing(policy or {})
    if scope == BODY:
        return Probe(json.dumps(values), {})
    return Probe("{}", {name: _attribute(value) for name, value in values.items()})


def surely_misses(probe: Probe, policy: Filter | None, scope: str | None) -> bool:
    """Whether another subscription's filter keeps the probe out for certain, as it lacks a key or has another string."""
    if scope == BODY:
        given: Mapping[str, Any] = json.loads(probe.text)
    else:
        given = {name: value.get("StringValue") for name, value in probe.attributes.items()}
    for key, conditions in (policy or {}).items():
        if key == "$or" or (isinstance(conditions, list) and {"exists": False} in conditions):
            continue
        if key not in given:
            return True
        if isinstance(conditions, list) and all(isinstance(one, str) for one in conditions):
            value = given[key]
            if isinstance(value, str) and not value.startswith("[") and value not in conditions:
                return True
    return False


def _attribute(value: Any) -> Mapping[str, str]:
    if isinstance(value, bool) or value is None:
        return {"DataType": "String.Array", "StringValue": json.dumps([value])}
    return {"DataType": "String" if isinstance(value, str) else "Number", "StringValue": str(value)}


def _passing(policy: Filter) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, conditions in policy.items():
        if key == "$or" and isinstance(conditions, list):
            values |= _passing(conditions[0])
        elif isinstance(conditions, Mapping):
            values[key] = _passing(conditions)
        else:
            value = _any_of(key, conditions)
            if value is not _Absent:
                values[key] = value
    return values


def _any_of(key: str, conditions: Sequence[Any]) -> Any:
    """A value that meets one of the conditions, or _Absent."""
    for condition in conditions:
        try:
            return _meeting(condition) if isinstance(condition, Mapping) else condition
        except NoProbeError:
            continue
    raise NoProbeError(f"{key}: {json.dumps(list(conditions))}")


def _meeting(condition: Mapping[str, Any]) -> Any:
    [(operator, operand)] = condition.items()
    if operator in ("prefix", "suffix", "equals-ignore-case"):
        return operand
    if operator == "wildcard":
        return operand.replace("*", "") or CANDIDATES[0]
    if operator == "cidr":
        return str(ipaddress.ip_network(operand, strict=False)[0])
    if operator == "exists":
        return CANDIDATES[0] if operand else _Absent
    if operator == "numeric":
        return _number(operand)
    if operator == "anything-but":
        return _other_than(operand)
    raise NoProbeError(operator)


def _number(comparison: Sequence[Any]) -> float:
    bounds = dict(zip(comparison[::2], comparison[1::2], strict=True))
    for included in ("=", ">=", "<="):
        if included in bounds:
            return float(bounds[included])
    low, high = bounds.get(">"), bounds.get("<")
    if low is not None and high is not None:
        return round((float(low) + float(high)) / 2, 5)
    return float(low) + STEP if low is not None else float(bounds["<"]) - STEP


def _other_than(operand: Any) -> Any:
    if isinstance(operand, Mapping):
        [(operator, text)] = operand.items()
        candidates: list[Any] = [one for one in CANDIDATES if not _excluded(operator, text, one)]
    else:
        listed = operand if isinstance(operand, list) else [operand]
        numbers = all(isinstance(one, int | float) for one in listed)
        pool: Sequence[Any] = range(len(listed) + 1) if numbers else [f"probe-{at}" for at in range(len(listed) + 1)]
        candidates = [one for one in pool if one not in listed]
    if not candidates:
        raise NoProbeError(f"anything-but {json.dumps(operand)}")
    return candidates[0]


def _excluded(operator: str, text: str, candidate: str) -> bool:
    """Whether anything-but with this operator excludes the candidate, or may do so."""
    if operator == "prefix":
        return candidate.startswith(text)
    if operator == "suffix":
        return candidate.endswith(text)
    if operator == "equals-ignore-case":
        return candidate.lower() == text.lower()
    return all(part in candidate for part in text.split("*"))
