"""Patterns of EventBridge on arrays of objects, and the count of a rule's matches."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws
from moto.events.models import EventPattern, events_backends

from slipway_sandbox import corrections
from tests.support.sandbox.schedules_cloud import ACCOUNT, REGION, Cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    corrections.install()
    with mock_aws():
        yield Cloud()


MAIN, PROXY = {"name": "main", "exitCode": 1}, {"name": "proxy", "exitCode": 0}
FAILED = {"name": ["main"], "exitCode": [{"anything-but": 0}]}


@pytest.mark.parametrize(
    ("containers", "pattern", "fits"),
    [
        ([PROXY, MAIN], FAILED, True),
        ([MAIN | {"exitCode": 0}, PROXY | {"exitCode": 1}], FAILED, False),
        ([{"name": "main"}], FAILED, False),
        ([], FAILED, False),
        ([PROXY], {"exitCode": [0]}, True),
        ([], {"exitCode": [{"exists": False}]}, True),
    ],
    ids=["an object fits", "no object fits alone", "no code", "no container", "one field", "none is there"],
)
def test_one_object_of_an_array_fits_all_fields(
    cloud: Cloud, containers: list[dict[str, Any]], pattern: dict[str, Any], fits: bool
) -> None:
    event = {"source": "aws.ecs", "detail": {"lastStatus": "STOPPED", "containers": containers}}
    whole = {"source": ["aws.ecs"], "detail": {"lastStatus": ["STOPPED"], "containers": pattern}}
    assert EventPattern.load(json.dumps(whole)).matches_event(event) is fits  # type: ignore[arg-type] # part of an event


def test_a_match_is_counted_for_the_rule_although_it_has_no_target(cloud: Cloud) -> None:
    cloud.client("events").put_rule(Name="ended", EventPattern=json.dumps({"source": ["shop"]}))
    entries = [{"Source": source, "DetailType": "t", "Detail": "{}"} for source in ("shop", "shop", "other")]
    events_backends[ACCOUNT][REGION].put_events(entries)
    assert cloud.counted("AWS/Events", "TriggeredRules", RuleName="ended") == 2.0


@pytest.mark.parametrize(
    "rule",
    [{"EventPattern": '{"source": ["shop"]}', "State": "DISABLED"}, {"ScheduleExpression": "rate(1 hour)"}],
    ids=["disabled", "a schedule alone"],
)
def test_a_rule_that_waits_for_no_event_gets_none(cloud: Cloud, rule: dict[str, str]) -> None:
    cloud.client("events").put_rule(Name="quiet", **rule)
    events_backends[ACCOUNT][REGION].put_events([{"Source": "shop", "DetailType": "t", "Detail": "{}"}])
    assert cloud.counted("AWS/Events", "TriggeredRules", RuleName="quiet") == 0.0
