"""A cloud in this process with a queue, a topic, and those who send to them: S3, EventBridge and alarms."""

import json
from dataclasses import dataclass
from typing import Any

import boto3

ACCOUNT, REGION, FAR = "123456789012", "eu-west-1", "us-east-1"
QUEUE, TOPIC = f"arn:aws:sqs:{REGION}:{ACCOUNT}:work", f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
BUCKET = "arn:aws:s3:::uploads"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly"
ALARM = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:late"
S3, EVENTS, ALARMS = "s3.amazonaws.com", "events.amazonaws.com", "cloudwatch.amazonaws.com"
BY_ARN, BY_ACCOUNT = "aws:SourceArn", "aws:SourceAccount"


@dataclass(frozen=True)
class Cloud:
    """An empty cloud in this process, to be filled."""

    session: boto3.Session

    def client(self, service: str, region: str = REGION) -> Any:
        """Client of a service."""
        return self.session.client(service, region_name=region)

    def queue(self, policy: str = "", name: str = "work", key: str = "") -> str:
        """URL of a new queue."""
        attributes = {"Policy": policy, "KmsMasterKeyId": key}
        given = {attribute: value for attribute, value in attributes.items() if value}
        return str(self.client("sqs").create_queue(QueueName=name, Attributes=given)["QueueUrl"])

    def topic(self, policy: str = "", key: str = "") -> str:
        """URL of a queue that hears what is published to a new topic."""
        sns = self.client("sns")
        sns.create_topic(Name="alerts", Attributes={"KmsMasterKeyId": key} if key else {})
        if policy:
            sns.set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=policy)
        url = self.queue(letting("sns.amazonaws.com", "sqs:SendMessage"), name="heard")
        raw = {"RawMessageDelivery": "true"}
        sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=f"{QUEUE[:-4]}heard", Attributes=raw)
        return url

    def key(self, policy: str) -> str:
        """ARN of a new key."""
        return str(self.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])

    def messages(self, url: str) -> list[Any]:
        """Bodies of a queue's messages."""
        answer = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def notify(self, arn: str = QUEUE) -> None:
        """Notify the queue or topic of new objects in a new bucket."""
        s3, kind = self.client("s3"), "Queue" if ":sqs:" in arn else "Topic"
        s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION})
        entry = {f"{kind}Arn": arn, "Events": ["s3:ObjectCreated:*"]}
        s3.put_bucket_notification_configuration(
            Bucket="uploads", NotificationConfiguration={f"{kind}Configurations": [entry]}
        )

    def happen(self, **target: Any) -> int:
        """Send an event through a rule to the target; the events that EventBridge did not take."""
        events = self.client("events")
        events.put_rule(Name="nightly", EventPattern=json.dumps({"source": ["shop"]}))
        events.put_targets(Rule="nightly", Targets=[{"Id": "t", **target}])
        event = {"Source": "shop", "DetailType": "order", "Detail": json.dumps({"id": 7})}
        return int(events.put_events(Entries=[event])["FailedEntryCount"])

    def alarm(self, topic_arn: str = TOPIC, region: str = REGION) -> None:
        """An alarm that goes off, and tells the topic."""
        cloudwatch = self.client("cloudwatch", region)
        cloudwatch.put_metric_alarm(
            AlarmName="late",
            AlarmActions=[topic_arn],
            MetricName="m",
            Namespace="shop",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Period=60,
            Statistic="Sum",
            Threshold=1,
        )
        cloudwatch.set_alarm_state(AlarmName="late", StateValue="ALARM", StateReason="tried")


def letting(service: str, *actions: str, **condition: Any) -> str:
    """A policy that lets one service do something under a condition."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions, "Resource": "*"}
    return json.dumps({"Statement": [statement | ({"Condition": condition} if condition else {})]})


def sending(service: str, **condition: Any) -> str:
    return letting(service, "sqs:SendMessage", **condition)


def publishing(service: str, **condition: Any) -> str:
    return letting(service, "sns:Publish", **condition)


def using(service: str, **condition: Any) -> str:
    return letting(service, "kms:Decrypt", "kms:GenerateDataKey*", **condition)
