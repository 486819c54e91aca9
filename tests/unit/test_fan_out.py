"""FanOut: each queue gets its own copy of what its filter lets through."""

import json
from typing import Any

import pytest

from slipway import ArgumentError
from tests.unit.samples import COMPONENTS, KEY, QUEUE, RICHEST, TOPIC
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
        "aws:sqs/redrivePolicy:RedrivePolicy": 2,
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
    assert json.loads(built.one("RedrivePolicy", "orders-billing").inputs["redrivePolicy"])["maxReceiveCount"] == 3
    alarms = {it.name: it.inputs for it in built.of_type("MetricAlarm")}
    assert {tuple(it["alarmActions"]) for it in alarms.values()} == {(f"{TOPIC}-alarms",)}
    replayed = built.one("TopicSubscription", "orders-billing").inputs["replayPolicy"]
    assert json.loads(replayed) == {"PointType": "Timestamp", "StartingPoint": "2026-11-25T08:00:00Z"}
    assert built.one("topic:Topic", "orders").inputs["archivePolicy"] == '{"MessageRetentionPeriod": 30}'
    assert (billing["messageRetentionSeconds"], alarms["orders-billing-age"]["threshold"]) == (86400, 600)
    assert built.one("TopicSubscription", "orders-shipping").inputs["rawMessageDelivery"] is True


def test_outputs_are_by_queue_key() -> None:
    outputs = fan_out({"queues": {"billing": {}, "shipping": {}}}).component_outputs("FanOut")
    assert outputs["queueArns"] == {"billing": f"{ARN}-billing", "shipping": f"{ARN}-shipping"}
    assert outputs["deadLetterQueueArns"]["billing"] == f"{ARN}-billing-dead"
    assert outputs["queueUrls"]["shipping"].endswith("/orders-shipping")


def test_more_topics_are_subscribed_and_let_in_by_one_statement() -> None:
    built = fan_out({"more_topic_arns": {"returns": f"{TOPIC}-returns"}, "queues": {"billing": {}, "shipping": {}}})
    subscribed = {it.name: (it.inputs["topic"], it.inputs["endpoint"]) for it in built.of_type("TopicSubscription")}
    own = "arn:aws:sns:eu-west-1:123456789012:orders"
    assert subscribed == {
        "orders-billing": (own, f"{ARN}-billing"),
        "orders-from-returns-billing": (f"{TOPIC}-returns", f"{ARN}-billing"),
        "orders-from-returns-shipping": (f"{TOPIC}-returns", f"{ARN}-shipping"),
        "orders-shipping": (own, f"{ARN}-shipping"),
    }
    policy = json.loads(built.one("QueuePolicy", "orders-billing").inputs["policy"])
    [allowed] = [it for it in policy["Statement"] if it["Effect"] == "Allow"]
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": [own, f"{TOPIC}-returns"]}}


def test_a_queue_that_exists_is_subscribed_and_left_alone() -> None:
    built = fan_out({"queues": {"audit": {"queue_arn": QUEUE, "raw_message_delivery": True}}})
    assert built.counts() == {
        "aws:sns/topic:Topic": 1,
        "aws:sns/topicPolicy:TopicPolicy": 1,
        "aws:sns/topicSubscription:TopicSubscription": 1,
    }
    assert built.one("TopicSubscription", "orders-audit").inputs["endpoint"] == QUEUE


def test_one_key_is_made_for_topic_and_queues() -> None:
    built = fan_out({"create_kms_key": True, "queues": {"billing": {}, "shipping": {}}})
    arn = "arn:aws:kms:eu-west-1:123456789012:orders"
    encrypted = [*built.of_type("queue:Queue"), *built.of_type("topic:Topic")]
    assert {it.inputs["kmsMasterKeyId"] for it in encrypted} == {arn}
    assert len(built.of_type("key:Key")) == 1
    assert built.component_outputs("FanOut")["kmsKeyArn"] == arn


def test_a_filter_on_the_body_says_so() -> None:
    wanted = {"filter_policy": {"order": {"kind": ["physical"]}}, "filter_policy_scope": "MessageBody"}
    inputs = fan_out({"queues": {"shipping": wanted}}).one("TopicSubscription", "orders-shipping").inputs
    assert (json.loads(inputs["filterPolicy"]), inputs["filterPolicyScope"]) == (wanted["filter_policy"], "MessageBody")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"queues": {}}, ': queues must have at least one entry, got none; for example {"billing": {}}'),
    (
        {"fifo": True, "archive_days": 1, "queues": {"billing": {"replay_from": "yesterday"}}},
        ": queues.billing.replay_from must be a time in UTC, got 'yesterday'; write it like 2026-11-25T08:00:00Z",
    ),
    (
        {"fifo": True, "queues": {"billing": {"replay_from": "2026-11-25T08:00:00Z"}}},
        ": queues.billing.replay_from needs archive_days, got none; only what was archived can be replayed",
    ),
    (
        {"topic_arn": f"{TOPIC}.fifo", "fifo": True, "archive_days": 1, "queues": {"billing": {}}},
        ": set topic_arn or archive_days, got both; the archive belongs to a topic of its own",
    ),
    (
        {"archive_days": 1, "queues": {"billing": {}}},
        ": archive_days needs fifo, got a standard one; set fifo or leave archive_days out",
    ),
    ({"queues": ["billing"]}, ": queues must be a mapping, got ['billing']"),
    (
        {"queues": {"my queue": {}}},
        " queue 'my queue': the name must be letters, digits and hyphens and start with a letter, "
        "got 'orders-my queue'",
    ),
    (
        {"queues": {"billing": {"raw": True}}},
        ": queues.billing.raw is not an argument; the arguments are age_alarm_seconds, "
        "dead_letter_queue_arn, filter_policy, filter_policy_scope, max_receives, queue_arn, raw_message_delivery, "
        "replay_from, retention_seconds, visibility_timeout_seconds",
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
        {"topic_arn": "orders", "queues": {"billing": {}}},
        ": topic_arn must be the ARN of a topic, got 'orders'; write it like arn:aws:sns:eu-west-1:123456789012:orders",
    ),
    (
        {"topic_arn": TOPIC, "fifo": True, "queues": {"billing": {}}},
        f": topic_arn must be a fifo topic as the queues are fifo, got {TOPIC!r}; a standard topic delivers to "
        "standard queues only",
    ),
    (
        {"more_topic_arns": {"returns": TOPIC}, "fifo": True, "queues": {"billing": {}}},
        f": more_topic_arns.returns must be a fifo topic as the queues are fifo, got {TOPIC!r}; a standard topic "
        "delivers to standard queues only",
    ),
    (
        {"more_topic_arns": {"returns": "arn:aws:sqs:eu-west-1:123456789012:work"}, "queues": {"billing": {}}},
        ": more_topic_arns.returns must be the ARN of a topic, got 'arn:aws:sqs:eu-west-1:123456789012:work'; write it "
        "like arn:aws:sns:eu-west-1:123456789012:orders",
    ),
    (
        {"queue_kms_key_id": "alias/aws/sqs", "queues": {"billing": {}}},
        ": queue_kms_key_id must not be a key of AWS on a subscribed queue, got 'alias/aws/sqs'; its policy cannot let "
        "SNS in, and every message would be dropped in silence; give a key of your own, set create_kms_key, or leave it out",
    ),
    (
        {"queue_kms_key_id": KEY, "create_kms_key": True, "queues": {"billing": {}}},
        ": set queue_kms_key_id or create_kms_key, got both",
    ),
    (
        {"kms_key_id": KEY, "create_kms_key": True, "queues": {"billing": {}}},
        ": set kms_key_id or create_kms_key, got both",
    ),
    (
        {"high_throughput": True, "queues": {"billing": {}}},
        ": high_throughput needs fifo, got a standard one; set fifo or leave high_throughput out",
    ),
    (
        {"content_based_deduplication": True, "queues": {"billing": {}}},
        ": content_based_deduplication needs fifo, got a standard one; set fifo or leave content_based_deduplication out",
    ),
    (
        {"queues": {"billing": {"filter_policy_scope": "Body", "filter_policy": {"kind": ["a"]}}}},
        ": queues.billing.filter_policy_scope must be one of MessageAttributes, MessageBody, got 'Body'",
    ),
    (
        {"queues": {"billing": {"filter_policy_scope": "MessageBody"}}},
        ": queues.billing.filter_policy_scope needs filter_policy, got none; leave it out",
    ),
    (
        {"queues": {"billing": {"dead_letter_queue_arn": QUEUE}}},
        ": queues.billing.dead_letter_queue_arn needs queues.billing.queue_arn, got none; a queue of its own has one of "
        "its own",
    ),
    (
        {"queues": {"billing": {"queue_arn": QUEUE, "max_receives": 3}}},
        ": set queues.billing.queue_arn or queues.billing.max_receives, got both; it is set on that queue",
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
