"""Filters of subscriptions in the sandbox: the operators that moto lacks, on attributes and on the body."""

import json
from typing import Any

import pytest
from moto.sns.models import sns_backends
from moto.sns.utils import FilterPolicyMatcher

from slipway_sandbox import corrections
from slipway_sandbox.provider.aws.client import AwsClient, AwsError

RULES: list[tuple[Any, list[str], list[str]]] = [
    ({"cidr": "10.0.0.0/24"}, ["10.0.0.9"], ["10.0.1.9", "no address"]),
    ({"wildcard": "eu-*-1"}, ["eu-west-1", "eu--1"], ["eu-west-2", "us-west-1"]),
    ({"equals-ignore-case": "Physical"}, ["PHYSICAL", "physical"], ["physicals"]),
    ({"anything-but": {"suffix": ".png"}}, ["a.gif"], ["a.png"]),
    ({"anything-but": {"wildcard": "*test*"}}, ["live"], ["a test"]),
    ({"anything-but": {"equals-ignore-case": "none"}}, ["some"], ["NONE"]),
    ({"anything-but": {"prefix": "x"}}, ["a"], ["xa"]),  # as moto has it
]


@pytest.mark.parametrize(("rule", "through", "out"), RULES, ids=[json.dumps(rule) for rule, *_ in RULES])
def test_an_operator_lets_through_what_it_says(rule: Any, through: list[str], out: list[str]) -> None:
    corrections.install()
    policy = {"key": [rule, "exactly"]}
    sns_backends["123456789012"]["eu-west-1"]._validate_filter_policy(policy, None)  # noqa: SLF001
    for text in [*through, *out, "exactly"]:
        wanted = text not in out
        attributes = {"key": {"Type": "String", "Value": text}}
        array = {"key": {"Type": "String.Array", "Value": json.dumps([text])}}
        assert FilterPolicyMatcher(policy, "MessageAttributes").matches(attributes, "") is wanted
        assert FilterPolicyMatcher(policy, "MessageBody").matches({}, json.dumps({"key": text})) is wanted
        assert (
            text == "exactly"
            or "prefix" in str(rule)
            or FilterPolicyMatcher(policy, "MessageAttributes").matches(array, "") is wanted
        )


def test_a_message_without_the_key_is_kept_out() -> None:
    corrections.install()
    for rule, *_ in RULES:
        assert not FilterPolicyMatcher({"key": [rule]}, "MessageAttributes").matches({}, "")
        assert not FilterPolicyMatcher({"key": [rule]}, "MessageBody").matches({}, "{}")


def subscribed(**attributes: str) -> tuple[AwsClient, str]:
    """A subscription of a queue with these attributes."""
    client = AwsClient()
    topic = str(client.call("sns", "create_topic", "eu-west-1", Name="scopes")["TopicArn"])
    request = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:eu-west-1:123456789012:scopes"}
    reply = client.call("sns", "subscribe", "eu-west-1", **request, Attributes=dict(attributes))
    return client, str(reply["SubscriptionArn"])


def test_a_new_scope_filters_messages_at_once() -> None:
    client, arn = subscribed(FilterPolicyScope="MessageBody", FilterPolicy=json.dumps({"kind": ["a"]}))
    change = {"AttributeName": "FilterPolicyScope", "AttributeValue": "MessageAttributes"}
    client.call("sns", "set_subscription_attributes", "eu-west-1", SubscriptionArn=arn, **change)
    matcher = sns_backends["123456789012"]["eu-west-1"].subscriptions[arn]._filter_policy_matcher  # noqa: SLF001
    assert matcher is not None
    assert matcher.matches({"kind": {"Type": "String", "Value": "a"}}, "")
    assert not matcher.matches({}, json.dumps({"kind": "a"}))


def test_a_nested_filter_keeps_its_scope() -> None:
    client, arn = subscribed(FilterPolicyScope="MessageBody", FilterPolicy=json.dumps({"order": {"kind": ["a"]}}))
    change = {"AttributeName": "FilterPolicyScope", "AttributeValue": "MessageAttributes"}
    with pytest.raises(AwsError, match="does not support nested filter policy"):
        client.call("sns", "set_subscription_attributes", "eu-west-1", SubscriptionArn=arn, **change)
