"""FanOut: each queue gets its own copy of what its filter lets through."""

import json
from typing import Any

import pulumi
import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS, RICHEST
from tests.support.components.service_samples import KEY, QUEUE, TOPIC

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


def test_what_a_topic_that_exists_has_archived_can_be_replayed() -> None:
    billing = {"replay_from": "2026-11-25T08:00:00Z"}
    built = fan_out({"topic_arn": f"{TOPIC}.fifo", "fifo": True, "queues": {"billing": billing}})
    replayed = built.one("TopicSubscription", "orders-billing").inputs["replayPolicy"]
    assert json.loads(replayed) == {"PointType": "Timestamp", "StartingPoint": "2026-11-25T08:00:00Z"}


def test_settings_reach_topic_and_queues() -> None:
    built = build(lambda: FanOut("orders", RICHEST["FanOut"]))
    assert built.one("topic:Topic", "orders").inputs == {
        "fifoTopic": True,
        "contentBasedDeduplication": True,
        "fifoThroughputScope": "MessageGroup",
        "kmsMasterKeyId": KEY,
        "archivePolicy": '{"MessageRetentionPeriod": 30}',
        "sqsFailureFeedbackRoleArn": "arn:aws:iam:eu-west-1:123456789012:orders-deliveries",
        "tags": {"Name": "orders", "team": "shop"},
    }
    assert built.one("queue:Queue", "orders-billing").inputs == {
        "fifoQueue": True,
        "contentBasedDeduplication": True,
        "deduplicationScope": "messageGroup",
        "fifoThroughputLimit": "perMessageGroupId",
        "visibilityTimeoutSeconds": 120,
        "messageRetentionSeconds": 86400,
        "delaySeconds": 0,
        "receiveWaitTimeSeconds": 20,
        "kmsMasterKeyId": KEY,
        "tags": {"Name": "orders-billing", "team": "shop"},
    }
    assert json.loads(built.one("RedrivePolicy", "orders-billing").inputs["redrivePolicy"])["maxReceiveCount"] == 3
    alarms = {it.name: it.inputs for it in built.of_type("MetricAlarm")}
    assert {tuple(it["alarmActions"]) for it in alarms.values()} == {(f"{TOPIC}-alarms",)}
    replayed = built.one("TopicSubscription", "orders-billing").inputs["replayPolicy"]
    assert json.loads(replayed) == {"PointType": "Timestamp", "StartingPoint": "2026-11-25T08:00:00Z"}
    assert alarms["orders-billing-age"]["threshold"] == 600
    assert built.one("TopicSubscription", "orders-shipping").inputs["rawMessageDelivery"] is True
    letters = built.one("TopicSubscription", "orders-audit").inputs["redrivePolicy"]
    assert json.loads(letters) == {"deadLetterTargetArn": f"{QUEUE}-dead.fifo"}


def test_a_default_topic_and_its_queues_keep_no_order_and_have_the_keys_of_aws() -> None:
    built = fan_out({"queues": {"billing": {}}})
    wanted = {"kmsMasterKeyId": "alias/aws/sns", "signatureVersion": 2, "tags": {"Name": "orders"}}
    assert built.one("topic:Topic", "orders").inputs == wanted
    assert built.one("queue:Queue", "orders-billing").inputs == {
        "visibilityTimeoutSeconds": 30,
        "messageRetentionSeconds": 345600,
        "delaySeconds": 0,
        "receiveWaitTimeSeconds": 20,
        "sqsManagedSseEnabled": True,
        "tags": {"Name": "orders-billing"},
    }


def test_outputs_are_by_queue_key() -> None:
    outputs = fan_out({"queues": {"billing": {}, "shipping": {}}}).component_outputs("FanOut")
    assert outputs["queueArns"] == {"billing": f"{ARN}-billing", "shipping": f"{ARN}-shipping"}
    assert outputs["deadLetterQueueArns"]["billing"] == f"{ARN}-billing-dead"
    assert outputs["queueUrls"]["shipping"].endswith("/orders-shipping")
    assert outputs["deadLetterAlarmNames"] == {}, "there are no alarms that nobody hears of"


def test_alarms_of_dead_letters_are_named_by_queue_key() -> None:
    outputs = fan_out({"queues": {"billing": {}}, "alarm_topic_arn": TOPIC}).component_outputs("FanOut")
    assert outputs["deadLetterAlarmNames"] == {"billing": "orders-billing-dead"}


def test_more_topics_are_subscribed_and_let_in_by_one_statement() -> None:
    built = fan_out(
        {"additional_topic_arns": {"returns": f"{TOPIC}-returns"}, "queues": {"billing": {}, "shipping": {}}}
    )
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


def test_a_topic_of_another_region_is_subscribed_to_there_and_keeps_no_dead_letters() -> None:
    far = TOPIC.replace("eu-west-1", "us-east-1")

    def orders() -> Any:
        topics = {"far": pulumi.Output.from_input(far), "near": TOPIC}
        return FanOut("orders", {"additional_topic_arns": topics, "queues": {"billing": {}}})

    built = build(orders)
    subscribed = {
        name: built.one("TopicSubscription", f"orders-{name}").inputs
        for name in ("billing", "from-far-billing", "from-near-billing")
    }
    assert {name: it.get("region") for name, it in subscribed.items()} == {
        "billing": None,
        "from-far-billing": "us-east-1",
        "from-near-billing": "eu-west-1",
    }
    letters = json.dumps({"deadLetterTargetArn": f"{ARN}-billing-dead"})
    assert {name: it.get("redrivePolicy") for name, it in subscribed.items()} == {
        "billing": letters,
        "from-far-billing": None,  # SNS takes a dead-letter queue of the subscription's region only
        "from-near-billing": letters,
    }


def test_a_topic_that_exists_in_another_region_is_subscribed_to_there() -> None:
    built = fan_out({"topic_arn": TOPIC.replace("eu-west-1", "us-east-1"), "queues": {"billing": {"queue_arn": QUEUE}}})
    assert built.one("TopicSubscription", "orders-billing").inputs["region"] == "us-east-1"


def test_a_queue_that_exists_is_subscribed_and_left_alone() -> None:
    built = fan_out({"queues": {"audit": {"queue_arn": QUEUE, "raw_message_delivery": True}}})
    assert built.counts() == {
        "aws:sns/topic:Topic": 1,
        "aws:sns/topicPolicy:TopicPolicy": 1,
        "aws:sns/topicSubscription:TopicSubscription": 1,
    }
    assert built.one("TopicSubscription", "orders-audit").inputs["endpoint"] == QUEUE
    assert built.component_outputs("FanOut")["queueArns"] == {}, "it has no queue of its own"


def test_one_key_is_made_for_topic_and_queues() -> None:
    built = fan_out({"create_kms_key": True, "queues": {"billing": {}, "shipping": {}}, "tags": {"team": "shop"}})
    arn = "arn:aws:kms:eu-west-1:123456789012:orders"
    encrypted = [*built.of_type("queue:Queue"), *built.of_type("topic:Topic")]
    assert {it.inputs["kmsMasterKeyId"] for it in encrypted} == {arn}
    assert built.one("key:Key", "orders").inputs["tags"] == {"Name": "orders", "team": "shop"}
    assert len(built.of_type("key:Key")) == 1
    assert built.component_outputs("FanOut")["kmsKeyArn"] == arn


def test_a_filter_on_the_body_says_so() -> None:
    wanted = {"filter_policy": {"order": {"kind": ["physical"]}}, "filter_policy_scope": "MessageBody"}
    inputs = fan_out({"queues": {"shipping": wanted}}).one("TopicSubscription", "orders-shipping").inputs
    assert (json.loads(inputs["filterPolicy"]), inputs["filterPolicyScope"]) == (wanted["filter_policy"], "MessageBody")
