"""Services that send to queues and publish to topics: let in by the one policy of each, and by a created key."""

import json
from typing import Any

import pulumi
import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY, QUEUE, RULE, TOPIC

BUCKET = "arn:aws:s3:::uploads"
FROM_S3 = {"service": "s3.amazonaws.com", "source_arn": BUCKET}
FROM_RULE = {"service": "events.amazonaws.com", "source_arn": RULE}
EVENTS = {"service": "events.amazonaws.com"}
USE = ["kms:Decrypt", "kms:GenerateDataKey*"]


def built(component: str, args: dict[str, Any]) -> Built:
    return build(lambda: COMPONENTS[component]("work", args))


def statements(made: Built, kind: str, name: str) -> list[dict[str, Any]]:
    """Statements of a policy after the first, which every policy of the kind has."""
    listed: list[dict[str, Any]] = json.loads(made.one(kind, name).inputs["policy"])["Statement"]
    return listed[1:]


def test_each_sender_has_a_statement_of_its_own_tied_to_its_source() -> None:
    senders = [FROM_S3, FROM_RULE, {"service": "ses.amazonaws.com"}, FROM_S3 | {"source_account_id": "111122223333"}]
    send = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": "arn:aws:sqs:eu-west-1:123456789012:work",
    }
    by_bucket = {"ArnLike": {"aws:SourceArn": BUCKET}}
    assert statements(built("Queue", {"senders": senders}), "QueuePolicy", "work") == [
        send
        | {
            "Sid": "AllowSender1",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Condition": by_bucket | {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        },
        send
        | {
            "Sid": "AllowSender2",
            "Principal": {"Service": "events.amazonaws.com"},
            "Condition": {"ArnLike": {"aws:SourceArn": RULE}},
        },
        send
        | {
            "Sid": "AllowSender3",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        },
        send
        | {
            "Sid": "AllowSender4",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Condition": by_bucket | {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        },
    ]


def test_only_eventbridge_may_send_to_the_dead_letter_queue() -> None:
    [statement] = statements(built("Queue", {"senders": [FROM_S3, FROM_RULE]}), "QueuePolicy", "work-dead")
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Resource"] == "arn:aws:sqs:eu-west-1:123456789012:work-dead"


def test_topics_and_senders_share_one_policy() -> None:
    made = built("Queue", {"topic_arns": [TOPIC], "senders": [FROM_S3]})
    assert [it["Sid"] for it in statements(made, "QueuePolicy", "work")] == ["AllowTopics", "AllowSender1"]


@pytest.mark.parametrize(
    ("component", "argument", "policy"),
    [("Queue", "queue_arn", "QueuePolicy work"), ("Topic", "topic_arn", "TopicPolicy work")],
)
def test_a_notification_waits_for_the_policy_that_lets_s3_in(component: str, argument: str, policy: str) -> None:
    def notified() -> Any:
        receiver = COMPONENTS[component]("work", {})
        props = {"bucket": "uploads", "arn": getattr(receiver, argument)}
        pulumi.CustomResource("aws:s3/bucketNotification:BucketNotification", "uploads", props)
        return receiver

    assert policy in build(notified).one("BucketNotification", "uploads").depends_on


def test_a_created_key_names_eventbridge_apart_and_without_a_condition() -> None:
    made = built("Queue", {"create_kms_key": True, "senders": [FROM_RULE, FROM_RULE, FROM_S3]})
    account = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    use = {"Effect": "Allow", "Action": USE, "Resource": "*"}
    assert statements(made, "key:Key", "work") == [
        use | {"Sid": "AllowDelivery", "Principal": {"Service": ["sns.amazonaws.com"]}, "Condition": account},
        use | {"Sid": "AllowEventBridge", "Principal": {"Service": "events.amazonaws.com"}},
        use
        | {
            "Sid": "AllowSender1",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Condition": {"ArnLike": {"aws:SourceArn": BUCKET}},
        },
    ]


def test_no_sender_and_no_publisher_is_a_list_like_another() -> None:
    assert statements(built("Topic", {"publishers": []}), "TopicPolicy", "work") == []
    assert statements(built("Queue", {"senders": []}), "QueuePolicy", "work") == []


ALARMS = {
    "Sid": "AllowAlarms",
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": "arn:aws:sns:eu-west-1:123456789012:work",
    "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*"}},
}


def test_alarms_of_the_account_may_publish_where_the_key_can_let_them() -> None:
    own_key, created, of_aws, fifo = (
        statements(built("Topic", args), "TopicPolicy", "work")
        for args in ({"kms_key_arn": KEY}, {"create_kms_key": True}, {}, {"kms_key_arn": KEY, "fifo": True})
    )
    assert (own_key, created) == ([ALARMS], [ALARMS])
    assert (of_aws, fifo) == ([], []), "no alarm can use the key of AWS, nor give a message group"


def test_a_created_key_of_a_topic_lets_alarms_and_publishers_in() -> None:
    made = built("Topic", {"create_kms_key": True, "publishers": [EVENTS]})
    key = "arn:aws:kms:eu-west-1:123456789012:work"
    assert made.one("topic:Topic", "work").inputs["kmsMasterKeyId"] == key
    assert made.component_outputs("Topic")["kmsKeyArn"] == key
    delivery, events = statements(made, "key:Key", "work")
    assert delivery["Principal"] == {"Service": ["cloudwatch.amazonaws.com"]}
    assert delivery["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert (events["Principal"], "Condition" in events) == ({"Service": "events.amazonaws.com"}, False)


def test_eventbridge_publishes_without_a_condition_and_s3_with_one() -> None:
    made = built("Topic", {"kms_key_arn": KEY, "publishers": [EVENTS, FROM_S3]})
    _, events, bucket = statements(made, "TopicPolicy", "work")
    publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": ALARMS["Resource"]}
    assert events == publish | {"Sid": "AllowPublisher1", "Principal": {"Service": "events.amazonaws.com"}}
    assert bucket["Condition"] == {
        "ArnLike": {"aws:SourceArn": BUCKET},
        "StringEquals": {"aws:SourceAccount": "123456789012"},
    }


def test_a_fan_out_lets_services_in_at_its_topic_its_queues_and_its_key() -> None:
    queues = {"billing": {"senders": [FROM_S3]}, "shipping": {}}
    made = built("FanOut", {"create_kms_key": True, "publishers": [EVENTS], "queues": queues})
    sids = {
        name: [it["Sid"] for it in statements(made, kind, name)]
        for kind, name in (
            ("TopicPolicy", "work"),
            ("QueuePolicy", "work-billing"),
            ("QueuePolicy", "work-shipping"),
            ("key:Key", "work"),
        )
        if kind != "key:Key"
    }
    assert sids == {
        "work": ["AllowAlarms", "AllowPublisher1"],
        "work-billing": ["AllowTopics", "AllowSender1"],
        "work-shipping": ["AllowTopics"],
    }
    [delivery, *others] = statements(made, "key:Key", "work")
    assert delivery["Principal"] == {"Service": ["cloudwatch.amazonaws.com", "sns.amazonaws.com"]}
    assert [it["Principal"]["Service"] for it in others] == ["events.amazonaws.com", "s3.amazonaws.com"]


WRONG = {
    "no principal": (
        "Queue",
        Refused(
            {"senders": [{"service": "s3"}]},
            "senders[0].service must be a service principal, got 's3'; write it like s3.amazonaws.com",
        ),
    ),
    "a topic": (
        "Queue",
        Refused(
            {"senders": [{"service": "sns.amazonaws.com", "source_arn": TOPIC}]},
            "senders[0].service must be another than sns.amazonaws.com, got it; name the topic in topic_arns",
        ),
    ),
    "a name for an ARN": (
        "Queue",
        Refused(
            {"senders": [FROM_S3 | {"source_arn": "uploads"}]},
            "senders[0].source_arn must be the ARN of what sends, got 'uploads'; write it like arn:aws:s3:::uploads",
        ),
    ),
    "half an account": (
        "Queue",
        Refused(
            {"senders": [FROM_S3 | {"source_account_id": "12"}]},
            "senders[0].source_account_id must be an account id of 12 digits, got '12'",
        ),
    ),
    "a bucket and a fifo queue": (
        "Queue",
        Refused(
            {"fifo": True, "senders": [FROM_S3]},
            "senders must not name s3.amazonaws.com with fifo, got it; S3 notifies standard queues and topics only, leave "
            "fifo out or send by EventBridge",
        ),
    ),
    "a key of AWS on a queue": (
        "Queue",
        Refused(
            {"kms_key_arn": "alias/aws/sqs", "senders": [FROM_S3]},
            "kms_key_arn must not be a key of AWS where services send, got 'alias/aws/sqs'; its policy lets no service in, "
            "and every message would be dropped in silence; give a key of your own, set create_kms_key, or leave it out",
        ),
    ),
    "a key of AWS on a topic": (
        "Topic",
        Refused(
            {"publishers": [EVENTS]},
            "publishers needs a key of your own, got none; no service can use the account's own key for SNS, set "
            "create_kms_key, or give a key with a policy for them",
        ),
    ),
    "a source of EventBridge at a topic": (
        "Topic",
        Refused(
            {"create_kms_key": True, "publishers": [FROM_RULE]},
            f"publishers[0].source_arn must be left out for events.amazonaws.com, got {RULE!r}; EventBridge names no "
            "source to a topic, leave it out",
        ),
    ),
    "two keys": (
        "Topic",
        Refused({"kms_key_arn": KEY, "create_kms_key": True}, "set kms_key_arn or create_kms_key, got both"),
    ),
    "publishers to a topic that exists": (
        "FanOut",
        Refused(
            {"topic_arn": TOPIC, "publishers": [EVENTS], "queues": {"billing": {}}},
            "set topic_arn or publishers, got both; the policy for publishers belongs to a created topic",
        ),
    ),
    "senders to a queue that exists": (
        "FanOut",
        Refused(
            {"queues": {"billing": {"queue_arn": QUEUE, "senders": [FROM_S3]}}},
            "set queues.billing.queue_arn or queues.billing.senders, got both; it is set on that queue",
        ),
    ),
    "a bucket and a fifo fan-out": (
        "FanOut",
        Refused(
            {"fifo": True, "queues": {"billing": {"senders": [FROM_S3]}}},
            "queues.billing.senders must not name s3.amazonaws.com with fifo, got it; S3 notifies standard queues and "
            "topics only, leave fifo out or send by EventBridge",
        ),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_sender_that_could_never_send_is_refused(name: str) -> None:
    component, case = WRONG[name]
    assert refusal(lambda: COMPONENTS[component]("work", case.args)) == f"{component} 'work': {case.says}"
