"""SNS to SQS in the sandbox: a message arrives exactly where AWS would deliver it, or in a dead-letter queue."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.sqs.models import sqs_backends

from slipway_sandbox import corrections

RAW = {"RawMessageDelivery": "true"}
ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:orders"


@dataclass(frozen=True)
class Cloud:
    """Clients of an empty cloud in this process."""

    sns: Any
    sqs: Any
    kms: Any

    def queue(self, name: str, policy: Any, **attributes: str) -> tuple[str, str]:
        """URL and ARN of a new queue."""
        given = attributes | ({"Policy": json.dumps(policy)} if policy else {})
        url = self.sqs.create_queue(QueueName=name, Attributes=given)["QueueUrl"]
        return url, f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}"

    def subscribed(self, arn: str, **attributes: str) -> None:
        """Subscribe a queue to the topic."""
        self.sns.create_topic(Name="orders")
        self.sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=arn, Attributes=RAW | attributes)

    def texts(self, url: str) -> list[str]:
        """Messages of a queue."""
        found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [one["Body"] for one in found]


@pytest.fixture(scope="module")
def clients() -> Iterator[Cloud]:
    """A cloud for all tests: making clients takes a second."""
    corrections.install()
    session = boto3.Session("test", "test", region_name="eu-west-1")
    with mock_aws():
        yield Cloud(session.client("sns"), session.client("sqs"), session.client("kms"))


@pytest.fixture
def cloud(clients: Cloud) -> Iterator[Cloud]:
    yield clients
    for url in clients.sqs.list_queues().get("QueueUrls", []):
        clients.sqs.delete_queue(QueueUrl=url)
    for topic in clients.sns.list_topics()["Topics"]:
        clients.sns.delete_topic(TopicArn=topic["TopicArn"])


def letting_in(**condition: Any) -> dict[str, Any]:
    """A policy that lets SNS send, under a condition."""
    return {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
            "Condition": condition,
        }
    }


FROM_TOPIC = letting_in(ArnEquals={"aws:SourceArn": TOPIC})
DENY = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
INSECURE = DENY | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}

POLICIES: dict[str, tuple[Any, bool]] = {
    "none": (None, False),
    "this topic": (FROM_TOPIC, True),
    "a pattern": (letting_in(ArnLike={"aws:SourceArn": f"{TOPIC[:-2]}*"}), True),
    "another topic": (letting_in(ArnEquals={"aws:SourceArn": f"{TOPIC}-2"}), False),
    "this account": (letting_in(StringEquals={"AWS:SourceAccount": ACCOUNT}), True),
    "another account": (letting_in(StringEquals={"aws:SourceAccount": "210987654321"}), False),
    "a key that the sandbox cannot know": (letting_in(StringEquals={"aws:SourceVpce": "vpce-1"}), True),
    "an operator nobody knows": (letting_in(DateLessThan={"aws:SourceArn": TOPIC}), False),
    "but denied": ({"Statement": [FROM_TOPIC["Statement"], DENY]}, False),
    "but over TLS": ({"Statement": [FROM_TOPIC["Statement"], INSECURE]}, True),
    "anybody": ({"Statement": [DENY | {"Effect": "Allow"}]}, True),
    "an account": (
        {"Statement": [FROM_TOPIC["Statement"] | {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}]},
        False,
    ),
    "another action": ({"Statement": [FROM_TOPIC["Statement"] | {"Action": "sqs:ReceiveMessage"}]}, False),
    "another queue": (
        {"Statement": [FROM_TOPIC["Statement"] | {"Resource": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:other"}]},
        False,
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_queue_gets_what_its_policy_lets_in(cloud: Cloud, name: str) -> None:
    policy, delivered = POLICIES[name]
    url, arn = cloud.queue("billing", policy)
    cloud.subscribed(arn)
    cloud.sns.publish(TopicArn=TOPIC, Message="7")
    assert cloud.texts(url) == (["7"] if delivered else [])


def key_policy(*actions: str) -> str:
    return json.dumps(
        {
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": actions, "Resource": "*"}
            ]
        }
    )


@pytest.mark.parametrize(
    ("policy", "delivered"),
    [
        (key_policy("kms:Decrypt", "kms:GenerateDataKey*"), True),
        (key_policy("kms:Decrypt"), False),
        (None, False),  # AWS's default: whom IAM lets, and SNS is nobody of the account
    ],
)
def test_an_encrypted_queue_gets_what_its_key_lets_in(cloud: Cloud, policy: str | None, delivered: bool) -> None:
    made = cloud.kms.create_key(**({"Policy": policy} if policy else {}))["KeyMetadata"]["Arn"]
    url, arn = cloud.queue("billing", FROM_TOPIC, KmsMasterKeyId=made)
    cloud.subscribed(arn)
    cloud.sns.publish(TopicArn=TOPIC, Message="7")
    assert cloud.texts(url) == (["7"] if delivered else [])


def test_nothing_is_delivered_with_the_managed_key_or_a_disabled_one(cloud: Cloud) -> None:
    made = cloud.kms.create_key(Policy=key_policy("kms:*"))["KeyMetadata"]["KeyId"]
    cloud.kms.disable_key(KeyId=made)
    urls = []
    for number, key in enumerate(["alias/aws/sqs", made, "11111111-1111-1111-1111-111111111111"]):
        url, arn = cloud.queue(f"billing-{number}", FROM_TOPIC, KmsMasterKeyId=key)
        urls.append(url)
        cloud.subscribed(arn)
    cloud.sns.publish(TopicArn=TOPIC, Message="7")
    assert [cloud.texts(url) for url in urls] == [[], [], []]


def test_what_cannot_be_delivered_lies_in_the_subscriptions_dead_letter_queue(cloud: Cloud) -> None:
    dead, dead_arn = cloud.queue("dead", FROM_TOPIC)
    _, closed = cloud.queue("closed", None)
    cloud.subscribed(closed, RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn}))
    cloud.sns.publish(TopicArn=TOPIC, Message="7")
    assert cloud.texts(dead) == ["7"]


def test_a_queue_that_is_gone_costs_no_other_subscriber_its_message(cloud: Cloud) -> None:
    gone, gone_arn = cloud.queue("gone", FROM_TOPIC)
    url, arn = cloud.queue("billing", FROM_TOPIC)
    for one in (gone_arn, arn):
        cloud.subscribed(one)
    cloud.sqs.delete_queue(QueueUrl=gone)
    cloud.sns.publish(TopicArn=TOPIC, Message="7")
    assert cloud.texts(url) == ["7"]


def test_a_filtered_message_is_no_dead_letter(cloud: Cloud) -> None:
    dead, dead_arn = cloud.queue("dead", FROM_TOPIC)
    _, closed = cloud.queue("closed", None)
    redrive = json.dumps({"deadLetterTargetArn": dead_arn})
    cloud.subscribed(closed, RedrivePolicy=redrive, FilterPolicy=json.dumps({"kind": ["physical"]}))
    cloud.sns.publish(TopicArn=TOPIC, Message="7")
    assert cloud.texts(dead) == []


def test_a_refused_subscription_is_not_left_behind(cloud: Cloud) -> None:
    _, arn = cloud.queue("billing", FROM_TOPIC)
    with pytest.raises(cloud.sns.exceptions.InvalidParameterException):
        cloud.subscribed(arn, FilterPolicy=json.dumps({"kind": [{"like": "a"}]}))
    assert cloud.sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"] == []


def fifo(cloud: Cloud, queue_attributes: dict[str, str], topic_attributes: dict[str, str]) -> tuple[str, Any]:
    """URL of a FIFO queue on a FIFO topic, and a function that publishes to it."""
    arn = f"{TOPIC}.fifo"
    cloud.sns.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"} | topic_attributes)
    policy = letting_in(ArnEquals={"aws:SourceArn": arn})
    url, queue_arn = cloud.queue("billing.fifo", policy, FifoQueue="true", **queue_attributes)
    cloud.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes=RAW)

    def publish(text: str, group: str = "g", **named: str) -> str:
        return str(cloud.sns.publish(TopicArn=arn, Message=text, MessageGroupId=group, **named)["MessageId"])

    return url, publish


def test_a_fifo_topic_hands_its_hash_of_the_body_to_a_queue_without_one(cloud: Cloud) -> None:
    url, publish = fifo(cloud, {}, {"ContentBasedDeduplication": "true"})
    assert publish("7") == publish("7")
    assert cloud.texts(url) == ["7"]


def test_a_fifo_topic_knows_repeats_after_they_were_consumed(cloud: Cloud) -> None:
    url, publish = fifo(cloud, {"ContentBasedDeduplication": "true"}, {})
    publish("7", MessageDeduplicationId="a")
    [got] = cloud.sqs.receive_message(QueueUrl=url)["Messages"]
    cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"])
    publish("8", MessageDeduplicationId="a")
    publish("9", MessageDeduplicationId="b")
    assert cloud.texts(url) == ["9"]


def test_a_fifo_queue_knows_repeats_after_they_were_consumed_and_numbers_what_it_takes(cloud: Cloud) -> None:
    url, _ = cloud.queue("work.fifo", None, FifoQueue="true", DeduplicationScope="messageGroup")

    def send(text: str, group: str) -> dict[str, str]:
        answer: dict[str, str] = cloud.sqs.send_message(
            QueueUrl=url, MessageBody=text, MessageGroupId=group, MessageDeduplicationId="a"
        )
        return answer

    first = send("7", "g")
    [got] = cloud.sqs.receive_message(QueueUrl=url)["Messages"]
    cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"])
    again, other = send("7", "g"), send("8", "h")
    assert again["MessageId"] == first["MessageId"]
    assert other["SequenceNumber"] > first["SequenceNumber"]
    assert cloud.texts(url) == ["8"], "repeats are counted within a group"


def test_a_message_beyond_its_retention_is_gone_and_hides_no_other(cloud: Cloud) -> None:
    url, _ = cloud.queue("work", None, MessageRetentionPeriod="60")
    for text in ("old", "new"):
        cloud.sqs.send_message(QueueUrl=url, MessageBody=text)
    oldest: Any = sqs_backends[ACCOUNT]["eu-west-1"].queues["work"].messages[0]
    oldest.sent_timestamp -= 61_000
    assert cloud.texts(url) == ["new"]


def test_a_dead_letter_queue_takes_the_letters_of_whom_it_names(cloud: Cloud) -> None:
    _, mine = cloud.queue("mine", None)
    allow = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [mine]})
    _, dead = cloud.queue("dead", None, RedriveAllowPolicy=allow)
    redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 2})
    mine_url = cloud.sqs.get_queue_url(QueueName="mine")["QueueUrl"]
    cloud.sqs.set_queue_attributes(QueueUrl=mine_url, Attributes={"RedrivePolicy": redrive})
    with pytest.raises(cloud.sqs.exceptions.ClientError, match=f"{dead} does not take messages of .*:other"):
        cloud.queue("other", None, RedrivePolicy=redrive)


def test_an_archive_is_replayed_to_a_new_subscriber_and_keeps_its_topic_from_deletion(cloud: Cloud) -> None:
    _, publish = fifo(
        cloud, {}, {"ArchivePolicy": '{"MessageRetentionPeriod": 7}', "ContentBasedDeduplication": "true"}
    )
    arn = f"{TOPIC}.fifo"
    for text in ("7", "8"):
        publish(text)
    url, late = cloud.queue("late.fifo", letting_in(ArnEquals={"aws:SourceArn": arn}), FifoQueue="true")
    replay = {"ReplayPolicy": json.dumps({"PointType": "Timestamp", "StartingPoint": "2020-01-01T00:00:00Z"})}
    cloud.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=late, Attributes=replay | RAW)
    assert cloud.texts(url) == ["7", "8"]
    with pytest.raises(cloud.sns.exceptions.InvalidParameterException, match="active archive policy"):
        cloud.sns.delete_topic(TopicArn=arn)
    assert "MessageRetentionPeriod" in cloud.sns.get_topic_attributes(TopicArn=arn)["Attributes"]["ArchivePolicy"]
    cloud.sns.set_topic_attributes(TopicArn=arn, AttributeName="ArchivePolicy", AttributeValue="{}")
