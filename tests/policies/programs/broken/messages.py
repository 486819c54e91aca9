"""Broken on purpose: each resource has the name of its broken rule. Topics, queues, keys, logs and alarms."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws


def policy(**statement: Any) -> str:
    """A policy of one statement."""
    return json.dumps({"Statement": [{"Effect": "Allow", **statement}]})


def redrive(arn: str) -> str:
    """A redrive policy."""
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})


ANYBODY = policy(Principal="*", Action="sns:Publish", Resource="*")
SERVICE = {"Service": "events.amazonaws.com"}

# Topics
aws.sns.TopicPolicy("sns-topic-policy-no-public", arn="arn:aws:sns:eu-west-1:1:orders", policy=ANYBODY)
aws.sns.TopicPolicy(
    "sns-topic-policy-no-cross-account",
    arn="arn:aws:sns:eu-west-1:111111111111:orders",
    policy=policy(Principal={"AWS": "222222222222"}, Action="sns:Publish", Resource="*"),
)
aws.sns.TopicPolicy(
    "sns-topic-tls-only",
    arn="arn:aws:sns:eu-west-1:1:orders",
    policy=policy(Principal=SERVICE, Action="sns:Publish", Resource="*"),
)
for rule in ("sns-topic-encrypted", "sns-signature-v2"):
    aws.sns.Topic(rule)
for rule, protocol in (("sns-subscription-https", "http"), ("sns-subscription-redrive", "email")):
    aws.sns.TopicSubscription(
        rule, topic="arn:aws:sns:eu-west-1:1:orders", protocol=protocol, endpoint="ops@example.com"
    )

# Queues
aws.sqs.Queue("sqs-queue-encrypted", sqs_managed_sse_enabled=False)
aws.sqs.Queue("sqs-queue-cmk", kms_master_key_id="alias/aws/sqs")
aws.sqs.QueuePolicy("sqs-policy-no-public", queue_url="https://sqs/orders", policy=ANYBODY)
for rule, action in (("sqs-policy-no-star-action", "sqs:*"), ("sqs-policy-tls-only", "sqs:SendMessage")):
    aws.sqs.QueuePolicy(
        rule, queue_url="https://sqs/orders", policy=policy(Principal=SERVICE, Action=action, Resource="*")
    )
aws.sqs.Queue(
    "sqs-max-receive-count", redrive_policy=json.dumps({"deadLetterTargetArn": "arn:dead", "maxReceiveCount": 1})
)
aws.sqs.Queue("sqs-fifo-suffix", name="orders", fifo_queue=True)
for rule in ("sqs-long-polling", "sqs-dlq-configured", "required-tags"):
    aws.sqs.Queue(rule)

NEGATIONS = [{"anything-but": {"prefix": prefix}} for prefix in ("a", "b")]
aws.cloudwatch.EventRule("message-filter-reach", event_pattern=json.dumps({"detail": {"id": NEGATIONS}}))
told = aws.cloudwatch.EventRule("nightly", schedule_expression="rate(1 day)")
aws.cloudwatch.EventTarget("events-target-policy", rule=told.name, arn=aws.sqs.Queue("unopened").arn)

bucket = aws.s3.Bucket("uploads")
for rule, name in (("s3-notification-policy", "unopened-too"), ("sqs-kms-sender", "keyed-for-sqs")):
    receiver = aws.sqs.Queue(name, kms_master_key_id="alias/aws/sqs" if rule == "sqs-kms-sender" else None)
    aws.s3.BucketNotification(
        rule, bucket=bucket.id, queues=[{"queue_arn": receiver.arn, "events": ["s3:ObjectCreated:*"]}]
    )
written = aws.sqs.Queue("receiver-policy-management-conflict", policy=ANYBODY)
aws.sqs.QueuePolicy("beside", queue_url=written.url, policy=ANYBODY)

# Dead-letter queues
dead, first = aws.sqs.Queue("dead"), aws.sqs.Queue("dead-fifo", fifo_queue=True)
aws.sqs.Queue("sqs-dlq-fifo-match", redrive_policy=first.arn.apply(redrive))
aws.sqs.Queue("sqs-dlq-retention", redrive_policy=dead.arn.apply(redrive))
for rule in ("sqs-depth-alarm",):
    aws.sqs.Queue(rule, redrive_policy=dead.arn.apply(redrive))
aws.sqs.Queue("dlq-depth-alarm", redrive_allow_policy=json.dumps({"redrivePermission": "allowAll"}))
far = aws.sqs.Queue("dead-far", region="us-east-1")
aws.sqs.Queue("sqs-dlq-same-region", region="eu-west-1", redrive_policy=far.arn.apply(redrive))
itself = aws.sqs.Queue("sqs-dlq-not-self")
aws.sqs.RedrivePolicy("itself", queue_url=itself.url, redrive_policy=itself.arn.apply(redrive))

# From topics to queues, and the keys on the way
orders, billing = aws.sns.Topic("orders"), aws.sqs.Queue("billing")
aws.sns.TopicSubscription("sns-to-sqs-queue-policy", topic=orders.arn, protocol="sqs", endpoint=billing.arn)
key = aws.kms.Key("kms-policy-defined")
keyed = aws.sqs.Queue("keyed", kms_master_key_id=key.arn)
aws.sns.TopicSubscription("sns-to-sqs-kms-grant", topic=orders.arn, protocol="sqs", endpoint=keyed.arn)
ops = aws.sns.Topic("ops", kms_master_key_id="alias/aws/sns")

# Alarms and logs
ALARM: dict[str, Any] = {
    "comparison_operator": "GreaterThanThreshold",
    "evaluation_periods": 1,
    "metric_name": "Errors",
}
aws.cloudwatch.MetricAlarm("sns-kms-publisher", **ALARM, alarm_actions=[ops.arn])
closed = aws.sns.Topic("closed", policy=policy(Principal=SERVICE, Action="sns:Subscribe", Resource="*"))
aws.cloudwatch.MetricAlarm("alarm-topic-policy", **ALARM, alarm_actions=[closed.arn])
aws.cloudwatch.MetricAlarm(
    "arns-of-the-same-region", **ALARM, region="us-east-1", alarm_actions=["arn:aws:sns:eu-west-1:1:orders"]
)
for rule in ("alarm-has-action", "alarm-treat-missing-data"):
    aws.cloudwatch.MetricAlarm(rule, **ALARM)
aws.cloudwatch.MetricAlarm("alarm-actions-enabled", **ALARM, actions_enabled=False)
for rule in ("log-group-retention", "log-group-encrypted"):
    aws.cloudwatch.LogGroup(rule)

# Keys
aws.kms.Key("kms-rotation", enable_key_rotation=False)
aws.kms.Key("kms-no-wildcard-principal", policy=policy(Principal="*", Action="kms:*", Resource="*"))
aws.kms.Key("kms-deletion-window", deletion_window_in_days=7)
aws.kms.Key("kms-enabled", is_enabled=False)
aws.kms.Key("kms-no-bypass-lockout", bypass_policy_lockout_safety_check=True)
for rule in ("kms-description", "unused-kms-key", "protect-stateful"):
    aws.kms.Key(rule)

# What the program tells Pulumi
aws.sqs.Queue("no-ignore-security-props", opts=pulumi.ResourceOptions(ignore_changes=["policy"]))
elsewhere = aws.Provider("elsewhere", region="ap-south-1")
aws.sqs.Queue("allowed-regions", opts=pulumi.ResourceOptions(provider=elsewhere))
pulumi.ComponentResource("shop:index:Service", "component-contract", {})
