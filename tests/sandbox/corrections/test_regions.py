"""References across regions in the sandbox: a topic delivers to a queue elsewhere, and AWS takes nothing else."""

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from slipway_sandbox import corrections
from tests.support.sandbox.messaging_cloud import FAR, QUEUE, REGION, S3, TOPIC, Cloud, sending


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    corrections.install()
    with mock_aws():
        yield Cloud(boto3.Session("test", "test"))


def test_an_alarm_with_a_topic_of_another_region_is_refused_in_its_words(cloud: Cloud) -> None:
    # Seen in https://github.com/cds-snc/notification-terraform/pull/128
    with pytest.raises(ClientError, match=r"ValidationError.*: Invalid region eu-west-1 specified. Only us-east-1 is"):
        cloud.alarm(TOPIC, FAR)


def test_a_topic_delivers_to_a_queue_of_another_region(cloud: Cloud) -> None:
    url, far = cloud.queue(sending("sns.amazonaws.com")), cloud.client("sns", FAR)
    arn = far.create_topic(Name="orders")["TopicArn"]
    with pytest.raises(ClientError, match="NotFound"):
        cloud.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=QUEUE)
    far.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=QUEUE, Attributes={"RawMessageDelivery": "true"})
    far.publish(TopicArn=arn, Message="7")
    assert cloud.messages(url) == [7]


def test_a_subscription_keeps_dead_letters_in_its_own_region_only(cloud: Cloud) -> None:
    cloud.queue(sending("sns.amazonaws.com"))
    far = cloud.client("sns", FAR)
    arn = far.create_topic(Name="orders")["TopicArn"]
    letters = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE})}
    with pytest.raises(ClientError, match="same AWS account and Region as the subscription"):
        far.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=QUEUE, Attributes=letters)
    assert far.list_subscriptions()["Subscriptions"] == []


def test_a_dead_letter_queue_of_another_region_is_refused(cloud: Cloud) -> None:
    cloud.queue()
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE, "maxReceiveCount": 5})}
    with pytest.raises(ClientError, match="NonExistentQueue"):
        cloud.client("sqs", FAR).create_queue(QueueName="far", Attributes=redrive)


def test_a_bucket_of_another_region_is_refused(cloud: Cloud) -> None:
    cloud.client("sqs", FAR).create_queue(QueueName="work", Attributes={"Policy": sending(S3)})
    with pytest.raises(ClientError, match="service region is not valid for the bucket location constraint"):
        cloud.notify(QUEUE.replace(REGION, FAR))
