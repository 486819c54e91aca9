"""A probe passes its filter: judged by the sandbox's matcher, where the matcher knows the operator."""

import json
from typing import Any

import pytest
from moto.sns.utils import FilterPolicyMatcher

from slipway_cli.delivery.probe import ATTRIBUTE, Filter, NoProbeError, Publication, probe_for, surely_misses
from slipway_consumer.message import PROBE_ATTRIBUTE, Message, probe_of

TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"

POLICIES: list[dict[str, Any]] = [
    {"kind": ["physical", "bulky"]},
    {"kind": [{"prefix": "phys"}], "size": [{"numeric": [">", 5, "<=", 10]}]},
    {"size": [{"numeric": ["=", 3.5]}]},
    {"size": [{"numeric": [">=", -2]}]},
    {"size": [{"numeric": [">", 0]}]},
    {"size": [{"numeric": ["<", 0]}]},
    {"size": [{"numeric": [">", 0, "<", 0.001]}]},
    {"size": [7]},
    {"kind": [{"suffix": "ical"}]},
    {"kind": [{"exists": True}], "test": [{"exists": False}]},
    {"kind": [{"anything-but": ["probe-0", "digital"]}]},
    {"kind": [{"anything-but": {"prefix": "probe"}}]},
    {"$or": [{"kind": ["physical"]}, {"size": [1]}], "tenant": ["a"]},
]


def attributes(published: Publication) -> dict[str, Any]:
    """Message attributes as moto keeps them."""
    return {
        name: {
            "Type": it["DataType"],
            "Value": float(it["StringValue"]) if it["DataType"] == "Number" else it["StringValue"],
        }
        for name, it in published["MessageAttributes"].items()
    }


@pytest.mark.parametrize("policy", POLICIES, ids=json.dumps)
@pytest.mark.parametrize("scope", ["MessageAttributes", "MessageBody"])
def test_a_probe_passes_its_filter(policy: dict[str, Any], scope: str) -> None:
    probe = probe_for(policy, scope)
    published = probe.publication(TOPIC)
    if "$or" in policy:  # which moto takes apart when a subscription is made
        policy = {key: value for key, value in policy.items() if key != "$or"} | policy["$or"][0]
    assert FilterPolicyMatcher(policy, scope).matches(attributes(published), published["Message"])
    assert not surely_misses(probe, policy, scope)


def test_a_filter_on_nested_keys_of_the_body_is_passed() -> None:
    policy: Filter = {"order": {"kind": ["physical"], "lines": {"count": [{"numeric": [">", 3]}]}}}
    published = probe_for(policy, "MessageBody").publication(TOPIC)
    assert FilterPolicyMatcher(dict(policy), "MessageBody").matches({}, published["Message"])


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ({"wildcard": "a*c*"}, "ac"),
        ({"cidr": "10.20.0.0/16"}, "10.20.0.0"),
        ({"equals-ignore-case": "Physical"}, "Physical"),
        ({"anything-but": {"wildcard": "*obe"}}, "0"),
        ({"anything-but": {"suffix": "probe"}}, "0"),
        ({"anything-but": {"equals-ignore-case": "PROBE"}}, "another-probe"),
        ({"anything-but": [0, 1]}, 2),
    ],
)
def test_operators_that_the_sandbox_lacks_get_such_a_value(condition: dict[str, Any], value: object) -> None:
    assert json.loads(probe_for({"key": [condition]}, "MessageBody").text) == {"key": value}


def test_true_and_null_go_as_an_array_of_strings() -> None:
    probe = probe_for({"gift": [True], "note": [None]}, None)
    assert {name: it["StringValue"] for name, it in probe.attributes.items()} == {"gift": "[true]", "note": "[null]"}


def test_a_probe_on_a_fifo_topic_is_in_a_group_of_its_own() -> None:
    probe = probe_for(None, None)
    published = probe.publication(f"{TOPIC}.fifo")
    assert published["MessageGroupId"] == f"slipway-probe-{probe.token}"
    assert published["MessageDeduplicationId"] == probe.token


def test_a_filter_that_keeps_everything_out_is_said() -> None:
    with pytest.raises(NoProbeError, match=r'key: \[\{"anything-but": \{"prefix": ""\}\}\]'):
        probe_for({"key": [{"anything-but": {"prefix": ""}}]}, None)


@pytest.mark.parametrize(
    ("policy", "misses"),
    [
        (None, False),
        ({"kind": ["digital"]}, True),
        ({"kind": ["digital", "physical"]}, False),
        ({"kind": [{"prefix": "d"}]}, False),  # not looked into
        ({"other": ["a"]}, True),
        ({"other": [{"exists": False}]}, False),
        ({"$or": [{"other": ["a"]}, {"kind": ["digital"]}]}, False),
    ],
)
def test_what_another_filter_surely_keeps_out(policy: dict[str, Any] | None, misses: bool) -> None:
    assert surely_misses(probe_for({"kind": ["physical"]}, None), policy, None) is misses


def test_the_consumer_knows_a_probe_by_the_same_attribute_and_token() -> None:
    assert ATTRIBUTE == PROBE_ATTRIBUTE
    probe = probe_for({"kind": ["physical"]}, None)
    publication = probe.publication(TOPIC)
    attributes = {name: attribute["StringValue"] for name, attribute in publication["MessageAttributes"].items()}
    assert probe_of(Message("m-1", publication["Message"], attributes)) == probe.token
