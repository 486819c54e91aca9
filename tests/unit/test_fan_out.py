"""FanOut: each queue gets its own copy of what its filter lets through."""

import json
from typing import Any

import pytest

from slipway import ArgumentError
from tests.unit.samples import COMPONENTS, KEY, RICHEST, TOPIC
from tests.unit.support import Built, build

FanOut = COMPONENTS["FanOut"]
ARN = "arn:aws:sqs:eu-west-1:123456789012:orders"


def fan_out(args: dict[str, Any]) -> Built:
    return build(lambda: FanOut("orders", args))


def test_every_queue_is_subscribed_with_its_own_filter() -> None:
    built = fan_out({"queues": {"billing": {}, "shipping": {"filter_policy": {"kind": ["physical", "bulky"]}}}})
    common = {"protocol": "sqs", "topic": "arn:aws:sns:eu-west-1:123456789012:orders", "rawMessageDelivery": False}
    assert built.one("TopicSubscription", "orders-billing").inputs == common | {
        "endpoint": f"{ARN}-billing",
        "redrivePolicy": json.dumps({"deadLetterTargetArn": f"{ARN}-billing-dead"}),
    }
    assert built.one("TopicSubscription", "orders-shipping").inputs == common | {
        "endpoint": f"{ARN}-shipping",
        "redrivePolicy": json.dumps({"deadLetterTargetArn": f"{ARN}-shipping-dead"}),
        "filterPolicy": json.dumps({"kind": ["physical", "bulky"]}),
    }


def test_what_a_fan_out_of_two_creates() -> None:
    assert fan_out({"queues": {"billing": {}, "shipping": {}}}).counts() == {
        "aws:sns/topic:Topic": 1,
        "aws:sns/topicPolicy:TopicPolicy": 1,
        "aws:sns/topicSubscription:TopicSubscription": 2,
        "aws:sqs/queue:Queue": 4,
        "aws:sqs/queuePolicy:QueuePolicy": 4,
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": 2,
    }


SETS: tuple[dict[str, Any], ...] = ({"billing": {}}, {"audit": {}, "billing": {}})


def test_adding_a_queue_touches_no_other() -> None:
    before, after = ({it.urn: it.inputs for it in fan_out({"queues": queues}).resources[1:]} for queues in SETS)
    assert {urn: inputs for urn, inputs in after.items() if "audit" not in urn} == before


def test_a_subscription_waits_for_the_policy_that_lets_it_deliver() -> None:
    built = fan_out({"queues": {"billing": {}}})
    subscription = built.one("TopicSubscription", "orders-billing")
    assert {"QueuePolicy orders-billing", "QueuePolicy orders-billing-dead"} <= subscription.depends_on


@pytest.mark.parametrize("name", ["orders-billing", "orders-billing-dead"])
def test_the_topic_may_send_to_the_queue_and_to_its_dead_letters(name: str) -> None:
    policy = json.loads(fan_out({"queues": {"billing": {}}}).one("QueuePolicy", name).inputs["policy"])
    allowed = [it for it in policy["Statement"] if it["Effect"] == "Allow"]
    assert [it["Principal"] for it in allowed] == [{"Service": "sns.amazonaws.com"}]
    source = {"ArnEquals": {"aws:SourceArn": ["arn:aws:sns:eu-west-1:123456789012:orders"]}}
    assert [it["Condition"] for it in allowed] == [source]


def test_a_topic_that_exists_is_subscribed_to_and_not_made() -> None:
    built = fan_out({"topic_arn": TOPIC, "queues": {"billing": {}}})
    assert built.of_type("topic:Topic") == []
    assert built.one("TopicSubscription", "orders-billing").inputs["topic"] == TOPIC


def test_settings_reach_topic_and_queues() -> None:
    built = build(lambda: FanOut("orders", RICHEST["FanOut"]))
    assert built.one("topic:Topic", "orders").inputs["kmsMasterKeyId"] == KEY
    billing = built.one("queue:Queue", "orders-billing").inputs
    assert (billing["visibilityTimeoutSeconds"], billing["fifoQueue"]) == (120, True)
    assert json.loads(billing["redrivePolicy"])["maxReceiveCount"] == 3
    assert built.one("TopicSubscription", "orders-shipping").inputs["rawMessageDelivery"] is True


def test_outputs_are_by_queue_key() -> None:
    outputs = fan_out({"queues": {"billing": {}, "shipping": {}}}).component_outputs("FanOut")
    assert outputs["queueArns"] == {"billing": f"{ARN}-billing", "shipping": f"{ARN}-shipping"}
    assert outputs["deadLetterQueueArns"]["billing"] == f"{ARN}-billing-dead"
    assert outputs["queueUrls"]["shipping"].endswith("/orders-shipping")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"queues": {}}, ': queues must have at least one entry, got none; for example {"billing": {}}'),
    ({"queues": ["billing"]}, ": queues must be a mapping, got ['billing']"),
    (
        {"queues": {"my queue": {}}},
        " queue 'my queue': the name must be letters, digits and hyphens and start with a letter, "
        "got 'orders-my queue'",
    ),
    (
        {"queues": {"billing": {"raw": True}}},
        ": queues.billing.raw is not an argument; the arguments are filter_policy, max_receives, "
        "raw_message_delivery, visibility_timeout_seconds",
    ),
    (
        {"queues": {"billing": {"max_receives": 1001}}},
        ": queues.billing.max_receives must be a whole number 1-1000, got 1001",
    ),
    (
        {"queues": {"billing": {"filter_policy": {"kind": []}}}},
        ": queues.billing.filter_policy.kind must have at least one entry, got none; for example [physical]",
    ),
    (
        {"queues": {"billing": {"filter_policy": {"kind": "physical"}}}},
        ": queues.billing.filter_policy.kind must be a list, got 'physical'",
    ),
    (
        {"queues": {"billing": {"filter_policy": {key: ["v"] for key in "abcdef"}}}},
        ": queues.billing.filter_policy must name at most 5 attributes, got 6; that is the limit of SNS",
    ),
    (
        {"queues": {"billing": {"filter_policy": {"a": [str(it) for it in range(76)], "b": ["1", "2"]}}}},
        ": queues.billing.filter_policy must have at most 150 combinations of values, got 152; that is the limit of SNS",
    ),
    (
        {"topic_arn": TOPIC, "kms_key_id": KEY, "queues": {"billing": {}}},
        ": set topic_arn or kms_key_id, got both; the key belongs to a topic of its own",
    ),
]


@pytest.mark.parametrize(("args", "sentence"), WRONG)
def test_a_fan_out_that_would_lose_messages_is_refused(args: dict[str, Any], sentence: str) -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            FanOut("orders", args)
        assert str(caught.value) == f"FanOut 'orders'{sentence}"

    assert build(construct).resources == []
