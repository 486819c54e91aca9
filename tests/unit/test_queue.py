"""Queue and Topic: encrypted, over TLS only, and no message lost in silence."""

import json
from typing import Any

import pytest

from slipway import ArgumentError
from tests.unit.samples import COMPONENTS, KEY, TOPIC
from tests.unit.support import Built, build

Queue = COMPONENTS["Queue"]
Topic = COMPONENTS["Topic"]
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:work"


def queue(args: dict[str, Any]) -> Built:
    return build(lambda: Queue("work", args))


def topic(args: dict[str, Any]) -> Built:
    return build(lambda: Topic("orders", args))


def test_a_default_queue_is_exactly_this() -> None:
    built = queue({})
    assert built.one("queue:Queue", "work").inputs == {
        "visibilityTimeoutSeconds": 30,
        "messageRetentionSeconds": 345600,
        "delaySeconds": 0,
        "receiveWaitTimeSeconds": 20,
        "redrivePolicy": json.dumps({"deadLetterTargetArn": f"{QUEUE_ARN}-dead", "maxReceiveCount": 5}),
        "sqsManagedSseEnabled": True,
        "tags": {"Name": "work"},
    }
    assert built.one("queue:Queue", "work-dead").inputs == {
        "messageRetentionSeconds": 1209600,
        "receiveWaitTimeSeconds": 20,
        "sqsManagedSseEnabled": True,
        "tags": {"Name": "work-dead"},
    }
    assert built.counts() == {
        "aws:sqs/queue:Queue": 2,
        "aws:sqs/queuePolicy:QueuePolicy": 2,
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": 1,
    }


def test_a_dead_letter_queue_takes_the_letters_of_its_own_queue_only() -> None:
    policy = queue({}).one("RedriveAllowPolicy", "work-dead").inputs["redriveAllowPolicy"]
    assert json.loads(policy) == {"redrivePermission": "byQueue", "sourceQueueArns": [QUEUE_ARN]}


@pytest.mark.parametrize("name", ["work", "work-dead"])
def test_both_queues_refuse_requests_without_tls_and_allow_no_one(name: str) -> None:
    policy = json.loads(queue({}).one("QueuePolicy", name).inputs["policy"])
    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": f"arn:aws:sqs:eu-west-1:123456789012:{name}",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def test_many_topics_share_one_statement() -> None:
    policy = json.loads(queue({"topic_arns": [TOPIC, f"{TOPIC}-2"]}).one("QueuePolicy", "work").inputs["policy"])
    assert policy["Statement"][1:] == [
        {
            "Sid": "AllowTopics",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": QUEUE_ARN,
            "Condition": {"ArnEquals": {"aws:SourceArn": [TOPIC, f"{TOPIC}-2"]}},
        }
    ]


def test_a_key_of_ones_own_takes_the_place_of_the_managed_one() -> None:
    for made in queue({"kms_key_id": KEY}).of_type("queue:Queue"):
        assert made.inputs["kmsMasterKeyId"] == KEY
        assert "sqsManagedSseEnabled" not in made.inputs, "AWS refuses both kinds of encryption"


def test_the_dead_letter_queue_of_a_fifo_queue_is_fifo() -> None:
    assert [made.inputs["fifoQueue"] for made in queue({"fifo": True}).of_type("queue:Queue")] == [True, True]


WRONG_QUEUES: list[tuple[str, dict[str, Any], str]] = [
    (
        "my queue",
        {},
        "the name must be letters, digits and hyphens and start with a letter, got 'my queue'",
    ),
    ("a" * 63, {}, "the name must be at most 62 characters, got 63; AWS allows 80 and 18 are appended"),
    (
        "work",
        {"visibility_timeout_seconds": 43201},
        "visibility_timeout_seconds must be a whole number 0-43200, got 43201",
    ),
    ("work", {"max_receives": 0}, "max_receives must be a whole number 1-1000, got 0"),
    ("work", {"delay_seconds": 901}, "delay_seconds must be a whole number 0-900, got 901"),
    (
        "work",
        {"retention_seconds": 1209600},
        "retention_seconds must be a whole number 60-1209599, got 1209600; dead letters are kept 1209600 seconds "
        "from their first send and need time of their own",
    ),
    ("work", {"retention_days": 3}, "retention_days is not an argument; did you mean retention_seconds?"),
    ("work", {"topic_arns": TOPIC}, f"topic_arns must be a list, got {TOPIC!r}"),
]


@pytest.mark.parametrize(("name", "args", "sentence"), WRONG_QUEUES)
def test_a_queue_that_sqs_would_refuse_is_refused(name: str, args: dict[str, Any], sentence: str) -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            Queue(name, args)
        assert str(caught.value) == f"Queue {name!r}: {sentence}"

    assert build(construct).resources == []


def test_a_default_topic_is_exactly_this() -> None:
    built = topic({})
    wanted = {"kmsMasterKeyId": "alias/aws/sns", "signatureVersion": 2, "tags": {"Name": "orders"}}
    assert built.one("topic:Topic", "orders").inputs == wanted
    assert built.counts() == {"aws:sns/topic:Topic": 1, "aws:sns/topicPolicy:TopicPolicy": 1}
    assert json.loads(built.one("TopicPolicy", "orders").inputs["policy"])["Statement"] == [
        {
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": "arn:aws:sns:eu-west-1:123456789012:orders",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_a_fifo_topic_has_no_signature_version() -> None:
    inputs = topic({"fifo": True, "kms_key_id": KEY, "tags": {"Name": "mine"}}).one("topic:Topic", "orders").inputs
    assert inputs == {"fifoTopic": True, "kmsMasterKeyId": KEY, "tags": {"Name": "mine"}}


def test_a_topic_name_with_a_space_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Topic("my orders", {})
    rule = "the name must be letters, digits and hyphens and start with a letter"
    assert str(caught.value) == f"Topic 'my orders': {rule}, got 'my orders'"
