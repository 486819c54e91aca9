"""Each condition of a listener's rule alone: what it asks for, how AWS writes it, and that it needs a value."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from slipway import ArgumentError
from slipway.common import Arguments
from slipway.load_balancing import Rule, listener_plan
from slipway.load_balancing._rule_priority import Conditions
from tests.support.components.service_samples import LISTENER


class Condition(NamedTuple):
    """A condition of a rule in three forms."""

    value: Any
    """As the caller writes it."""
    ordered: Conditions
    """As the priority sees it."""
    aws: dict[str, Any]
    """As AWS takes it."""


ALONE: dict[str, Condition] = {
    "host_headers": Condition(
        ["API.example.com"],
        Conditions(("api.example.com",), (), ()),
        {"host_header": {"values": ["API.example.com"]}},
    ),
    "path_patterns": Condition(
        ["/orders/*"],
        Conditions((), ("/orders/*",), ()),
        {"path_pattern": {"values": ["/orders/*"]}},
    ),
    "http_headers": Condition(
        {"X-Team": ["a*"]},
        Conditions((), (), ("http_headers.X-Team a*",)),
        {"http_header": {"http_header_name": "X-Team", "values": ["a*"]}},
    ),
    "query_strings": Condition(
        {"v": ["2", "3"]},
        Conditions((), (), ("query_strings.v 2", "query_strings.v 3")),
        {"query_strings": [{"key": "v", "value": "2"}, {"key": "v", "value": "3"}]},
    ),
    "http_request_methods": Condition(
        ["GET"],
        Conditions((), (), ("http_request_methods GET",)),
        {"http_request_method": {"values": ["GET"]}},
    ),
    "source_cidr_blocks": Condition(
        ["203.0.113.0/24"],
        Conditions((), (), ("source_cidr_blocks 203.0.113.0/24",)),
        {"source_ip": {"values": ["203.0.113.0/24"]}},
    ),
}


def rules(condition: str, value: Any) -> Sequence[Rule]:
    args: Any = {"listener_arn": LISTENER, "security_group_id": "sg-00000001", "rules": {"r": {condition: value}}}
    return listener_plan(Arguments("T", args, "listener.")).rules


@pytest.mark.parametrize("condition", ALONE)
def test_a_condition_alone_is_enough(condition: str) -> None:
    value, asked, written = ALONE[condition]
    [rule] = rules(condition, value)
    assert rule.conditions.ordered() == asked
    assert rule.conditions.aws_conditions() == [written]


@pytest.mark.parametrize("condition", ALONE)
def test_a_condition_without_a_value_is_refused(condition: str) -> None:
    value = ALONE[condition][0]
    nothing = {key: [] for key in value} if isinstance(value, dict) else []
    where = f"{condition}.{next(iter(value))}" if isinstance(value, dict) else condition
    with pytest.raises(ArgumentError) as caught:
        rules(condition, nothing)
    rule = "must have at least one entry, got none; for example "
    assert str(caught.value).startswith(f"T: listener.rules.r.{where} {rule}")
