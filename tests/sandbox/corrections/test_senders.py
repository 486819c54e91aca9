"""S3, EventBridge and alarms in the sandbox: they reach a queue or topic exactly where AWS would let them."""

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from slipway_sandbox import corrections
from tests.support.sandbox.messaging_cloud import (
    ACCOUNT,
    ALARM,
    ALARMS,
    BUCKET,
    BY_ACCOUNT,
    BY_ARN,
    EVENTS,
    FAR,
    QUEUE,
    REGION,
    RULE,
    S3,
    TOPIC,
    Cloud,
    publishing,
    sending,
    using,
)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    corrections.install()
    with mock_aws():
        yield Cloud(boto3.Session("test", "test"))


UNABLE = "InvalidArgument.*: Unable to validate the following destination configurations: "
FROM_BUCKET = {"ArnLike": {BY_ARN: BUCKET}, "StringEquals": {BY_ACCOUNT: ACCOUNT}}


def test_a_bucket_notifies_a_queue_whose_policy_lets_s3_in(cloud: Cloud) -> None:
    url = cloud.queue(sending(S3, **FROM_BUCKET))
    cloud.notify()
    assert [message["Event"] for message in cloud.messages(url)] == ["s3:TestEvent"]
    cloud.client("s3").put_object(Bucket="uploads", Key="a", Body=b"")
    [message] = cloud.messages(url)[-1:]
    assert message["Records"][0]["s3"]["object"]["key"] == "a"


@pytest.mark.parametrize(
    "policy",
    [
        "",
        sending(EVENTS),
        sending(S3, ArnLike={BY_ARN: f"{BUCKET}-2"}),
        sending(S3, StringEquals={BY_ACCOUNT: "210987654321"}),
    ],
    ids=["none", "another service", "another bucket", "another account"],
)
def test_a_queue_closed_to_s3_is_refused_in_its_words(cloud: Cloud, policy: str) -> None:
    cloud.queue(policy)
    closed = "the queue's policy does not let S3 from this bucket send"
    with pytest.raises(ClientError, match=f"{UNABLE}{QUEUE}, {closed}"):
        cloud.notify()


def test_a_topic_closed_to_s3_is_refused_although_its_owner_has_the_bucket(cloud: Cloud) -> None:
    cloud.topic()
    with pytest.raises(
        ClientError, match=f"{UNABLE}{TOPIC}, the topic's policy does not let S3 from this bucket publish"
    ):
        cloud.notify(TOPIC)


def test_a_refused_notification_leaves_the_one_before(cloud: Cloud) -> None:
    cloud.queue(sending(S3))
    cloud.notify()
    s3 = cloud.client("s3")
    # Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
    elsewhere, missing = TOPIC.replace(REGION, FAR), f"{TOPIC}-2"
    for arn in (elsewhere, missing):
        entry = {"TopicArn": arn, "Events": ["s3:ObjectCreated:*"]}
        with pytest.raises(ClientError, match="InvalidArgument"):
            s3.put_bucket_notification_configuration(
                Bucket="uploads", NotificationConfiguration={"TopicConfigurations": [entry]}
            )
    kept = s3.get_bucket_notification_configuration(Bucket="uploads")
    assert [entry["QueueArn"] for entry in kept["QueueConfigurations"]] == [QUEUE]
    assert "TopicConfigurations" not in kept


def test_an_event_that_s3_lacks_is_refused_before_its_receiver(cloud: Cloud) -> None:
    cloud.queue(sending(S3))
    cloud.notify()
    entry = {"QueueArn": f"{QUEUE}-2", "Events": ["s3:ObjectSeen"]}
    with pytest.raises(ClientError, match="The event 's3:ObjectSeen' is not supported for notifications"):
        cloud.client("s3").put_bucket_notification_configuration(
            Bucket="uploads", NotificationConfiguration={"QueueConfigurations": [entry]}
        )


def test_a_queue_whose_key_is_closed_to_s3_is_refused(cloud: Cloud) -> None:
    cloud.queue(sending(S3), key=cloud.key(using(EVENTS)))
    closed = "the policy of the queue's key does not let S3 do kms:GenerateDataKey"
    with pytest.raises(ClientError, match=f"{UNABLE}{QUEUE}, {closed}"):
        cloud.notify()


def test_a_policy_taken_away_later_ends_the_notifications(cloud: Cloud) -> None:
    url = cloud.queue(sending(S3))
    cloud.notify()
    cloud.messages(url)
    cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": sending(EVENTS)})
    cloud.client("s3").put_object(Bucket="uploads", Key="a", Body=b"")
    assert [message for message in cloud.messages(url) if "Records" in message] == []


RULES = {
    "none": ("", False),
    "this rule": (sending(EVENTS, ArnEquals={BY_ARN: RULE}), True),
    "this account": (sending(EVENTS, StringEquals={BY_ACCOUNT: ACCOUNT}), True),
    "another rule": (sending(EVENTS, ArnEquals={BY_ARN: f"{RULE}-2"}), False),
    "another service": (sending(S3), False),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_reaches_a_queue_whose_policy_lets_it(cloud: Cloud, name: str) -> None:
    policy, delivered = RULES[name]
    url = cloud.queue(policy)
    assert cloud.happen(Arn=QUEUE) == 0, "EventBridge takes an event that it cannot deliver"
    assert [message["detail"] for message in cloud.messages(url)] == ([{"id": 7}] if delivered else [])


def test_an_event_that_cannot_be_delivered_lies_in_the_targets_dead_letter_queue(cloud: Cloud) -> None:
    cloud.queue()
    url = cloud.queue(sending(EVENTS), name="dead")
    cloud.happen(Arn=QUEUE, DeadLetterConfig={"Arn": f"{QUEUE[:-4]}dead"})
    assert [message["detail"] for message in cloud.messages(url)] == [{"id": 7}]


def test_a_target_that_the_sandbox_lacks_costs_no_other_its_event(cloud: Cloud) -> None:
    url = cloud.queue(sending(EVENTS))
    cloud.happen(Arn=QUEUE)
    function = {"Id": "f", "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"}
    cloud.client("events").put_targets(Rule="nightly", Targets=[function])
    assert cloud.happen(Arn=QUEUE) == 0
    assert len(cloud.messages(url)) == 2


TOLD = {"ArnEquals": {BY_ARN: RULE}}
TOPICS = {
    "of AWS": ("", False),
    "EventBridge": (publishing(EVENTS), True),
    "EventBridge under a condition": (publishing(EVENTS, **TOLD), False),
}


@pytest.mark.parametrize("name", TOPICS)
def test_a_rule_reaches_a_topic_only_without_a_condition_on_its_source(cloud: Cloud, name: str) -> None:
    policy, delivered = TOPICS[name]
    url = cloud.topic(policy)
    assert cloud.happen(Arn=TOPIC) == 0
    assert [(it["source"], it["detail"]) for it in cloud.messages(url)] == ([("shop", {"id": 7})] if delivered else [])


@pytest.mark.parametrize(
    ("policy", "delivered"),
    [(using(EVENTS), True), (using(EVENTS, StringEquals={BY_ACCOUNT: ACCOUNT}), False)],
    ids=["open", "under a condition"],
)
def test_a_rule_uses_the_key_of_a_topic_only_without_a_condition(cloud: Cloud, policy: str, delivered: bool) -> None:
    url = cloud.topic(publishing(EVENTS), key=cloud.key(policy))
    cloud.happen(Arn=TOPIC)
    assert len(cloud.messages(url)) == int(delivered)


ALARM_POLICIES = {
    "of AWS": ("", True),
    "alarms of the account": (publishing(ALARMS, ArnLike={BY_ARN: f"{ALARM[:-4]}*"}), True),
    "nobody": (json.dumps({"Statement": []}), False),
    "another alarm": (publishing(ALARMS, ArnLike={BY_ARN: f"{ALARM}-2"}), False),
}


@pytest.mark.parametrize("name", ALARM_POLICIES)
def test_an_alarm_reaches_a_topic_whose_policy_lets_it(cloud: Cloud, name: str) -> None:
    policy, delivered = ALARM_POLICIES[name]
    url = cloud.topic(policy)
    cloud.alarm()
    told = [(it["AlarmName"], it["OldStateValue"], it["NewStateValue"]) for it in cloud.messages(url)]
    assert told == ([("late", "INSUFFICIENT_DATA", "ALARM")] if delivered else [])


def test_an_alarm_tells_nobody_when_its_state_is_the_same(cloud: Cloud) -> None:
    url = cloud.topic()
    cloud.alarm()
    cloud.client("cloudwatch").set_alarm_state(AlarmName="late", StateValue="ALARM", StateReason="again")
    assert len(cloud.messages(url)) == 1


@pytest.mark.parametrize(
    ("key", "delivered"),
    [("alias/aws/sns", False), (using(ALARMS, StringEquals={BY_ACCOUNT: ACCOUNT}), True), (using(EVENTS), False)],
    ids=["of AWS", "open", "closed"],
)
def test_an_alarm_reaches_an_encrypted_topic_whose_key_lets_it(cloud: Cloud, key: str, delivered: bool) -> None:
    url = cloud.topic(publishing(ALARMS), key=key if key.startswith("alias") else cloud.key(key))
    cloud.alarm()
    assert len(cloud.messages(url)) == int(delivered)
