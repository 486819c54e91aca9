"""Stacks of CloudFormation: their queues and topics let in whom their policies name, until the policy leaves the stack."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from slipway_sandbox import corrections
from tests.support.sandbox.messaging_cloud import ALARMS, EVENTS, QUEUE, TOPIC, Cloud, letting, publishing, sending

RECEIVERS = {
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "work"}},
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts"}},
}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    corrections.install()
    with mock_aws():
        yield Cloud(boto3.Session("test", "test"))


def template(queue_policy: str = "", topic_policy: str = "") -> str:
    """A stack with a queue and a topic, and these policies of them."""
    resources: dict[str, Any] = dict(RECEIVERS)
    for name, policy in (("Queue", queue_policy), ("Topic", topic_policy)):
        if policy:
            kind = f"{RECEIVERS[name]['Type']}Policy"
            named = {"PolicyDocument": json.loads(policy), f"{name}s": [{"Ref": name}]}
            resources[f"{name}Policy"] = {"Type": kind, "Properties": named}
    return json.dumps({"Resources": resources})


def test_a_rule_reaches_a_queue_of_a_stack_while_its_policy_lets_it(cloud: Cloud) -> None:
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="shop", TemplateBody=template(queue_policy=sending(EVENTS)))
    url = cloud.client("sqs").get_queue_url(QueueName="work")["QueueUrl"]
    cloud.happen(Arn=QUEUE)
    assert [message["detail"] for message in cloud.messages(url)] == [{"id": 7}]
    stacks.update_stack(StackName="shop", TemplateBody=template(queue_policy=sending(ALARMS)))
    cloud.happen(Arn=QUEUE)
    assert cloud.messages(url) == []
    stacks.update_stack(StackName="shop", TemplateBody=template())
    assert "Policy" not in cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_an_alarm_reaches_a_topic_of_a_stack_whose_policy_lets_it(cloud: Cloud) -> None:
    cloud.client("cloudformation").create_stack(
        StackName="shop", TemplateBody=template(topic_policy=publishing(ALARMS))
    )
    url = cloud.queue(letting("sns.amazonaws.com", "sqs:SendMessage"), name="heard")
    raw = {"RawMessageDelivery": "true"}
    cloud.client("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=f"{QUEUE[:-4]}heard", Attributes=raw)
    cloud.alarm()
    assert [message["AlarmName"] for message in cloud.messages(url)] == ["late"]


def test_a_topic_whose_policy_leaves_the_stack_has_the_default_one_again(cloud: Cloud) -> None:
    stacks, topics = cloud.client("cloudformation"), cloud.client("sns")
    stacks.create_stack(StackName="shop", TemplateBody=template())
    default = topics.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["Policy"]
    stacks.update_stack(StackName="shop", TemplateBody=template(topic_policy=publishing(EVENTS)))
    policy = json.loads(topics.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["Policy"])
    assert policy == json.loads(publishing(EVENTS))
    stacks.update_stack(StackName="shop", TemplateBody=template())
    assert topics.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["Policy"] == default


def test_a_stack_with_policies_is_deleted_whole(cloud: Cloud) -> None:
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="shop", TemplateBody=template(sending(EVENTS), publishing(EVENTS)))
    stacks.delete_stack(StackName="shop")
    assert "QueueUrls" not in cloud.client("sqs").list_queues()
    assert cloud.client("sns").list_topics()["Topics"] == []
