"""SNS topic, encrypted, reached over TLS only.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
Source: https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import sns

from slipway.common import (
    Arguments,
    Context,
    Statement,
    account_id,
    child_name,
    deny_insecure_transport,
    document,
    each,
)

from ._delivery_log import check_log_role, delivery_log_role
from ._limits import FIFO_SUFFIX, MOST_ARCHIVE_DAYS, TOPIC_NAME_LENGTH, need_fifo

MANAGED_KEY = "alias/aws/sns"
SIGNATURE_VERSION = 2  # SHA256; version 1 is SHA1


class TopicArgs(TypedDict):
    """Arguments of Topic."""

    fifo: NotRequired[bool]
    """Keep order within a message group and drop repeats; its queues must be fifo too. Default: false."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts messages at rest. AWS services as publishers, such as alarms, need a key of your own.
    Default: the account's own key for SNS, usable by every principal with the permission to publish."""
    content_based_deduplication: NotRequired[bool]
    """With fifo, recognize repeats by the hash of their body where the publisher gives no id. Default: false."""
    high_throughput: NotRequired[bool]
    """With fifo, recognize repeats and count the limit of calls within each message group. Default: false."""
    archive_days: NotRequired[int]
    """With fifo, days that messages are kept for replay, 1-365, paid by the gigabyte; 0 ends an archive, and AWS deletes
    no topic before. Default: no archive."""
    publisher_account_ids: NotRequired[list[str]]
    """Other accounts that may publish, each by its own IAM permissions. They need a `kms_key_arn` with a policy for
    them. Default: this account only."""
    subscriber_account_ids: NotRequired[list[str]]
    """Other accounts that may subscribe queues of theirs. Default: this account only."""
    log_failed_deliveries: NotRequired[bool]
    """Write failed deliveries to queues to CloudWatch Logs, to the group sns/<region>/<account>/<topic>/Failure, made
    by SNS. Default: false."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the topic and on the role of its log. Default: a Name, and the provider's own."""


@dataclass(frozen=True)
class TopicPlan:
    """A topic with every default filled in."""

    fifo: bool
    key: pulumi.Input[str]
    content_based_deduplication: bool
    high_throughput: bool
    archive_days: int | None
    publisher_account_ids: Sequence[str]
    subscriber_account_ids: Sequence[str]
    log_failed_deliveries: bool


class Topic(pulumi.ComponentResource):
    """A topic and its policy: no publishing without TLS, and access for the named accounts. 2 resources.

    `log_failed_deliveries` adds a role with its policy. Example::

        import pulumi
        from slipway import Topic

        orders = Topic("orders", {"subscriber_account_ids": ["111122223333"]})
        pulumi.export("topicArn", orders.topic_arn)

    Raises ArgumentError on a name unfit for a topic, settings of fifo topics without `fifo`, an account id of another
    length than 12 digits, and publishers without a KMS key for them.
    """

    topic_arn: pulumi.Output[str]
    """ARN to publish to and to subscribe to."""
    topic_name: pulumi.Output[str]
    """Name of the topic, the dimension TopicName of its metrics."""

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Topic", name, args, TopicArgs)
        plan = topic_plan(arguments, name)
        super().__init__("slipway:index:Topic", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        topic = sns.Topic(
            name,
            fifo_topic=plan.fifo or None,
            content_based_deduplication=plan.content_based_deduplication or None,
            fifo_throughput_scope="MessageGroup" if plan.high_throughput else None,
            archive_policy=archive_policy(plan.archive_days),
            sqs_failure_feedback_role_arn=delivery_log_role(context) if plan.log_failed_deliveries else None,
            kms_master_key_id=plan.key,
            # A fifo topic delivers to queues only. Queues check no signature, and the topic refuses the attribute.
            signature_version=None if plan.fifo else SIGNATURE_VERSION,
            tags=context.tagged(name),
            opts=context.child,
        )
        policy = document([deny_insecure_transport("sns:Publish", topic.arn), *account_statements(topic.arn, plan)])
        sns.TopicPolicy(name, arn=topic.arn, policy=pulumi.Output.json_dumps(policy), opts=context.child)
        self.topic_arn = topic.arn
        self.topic_name = topic.name
        self.register_outputs({"topicArn": self.topic_arn, "topicName": self.topic_name})


def topic_plan(arguments: Arguments, name: str) -> TopicPlan:
    """Check the arguments of a topic. Raises ArgumentError."""
    child_name(arguments.who, name, TOPIC_NAME_LENGTH, FIFO_SUFFIX)
    need_fifo(arguments, "content_based_deduplication", "high_throughput", "archive_days")
    days = arguments.optional_whole_number("archive_days", 0, MOST_ARCHIVE_DAYS)
    if arguments.flag("log_failed_deliveries"):
        check_log_role(arguments.who, name)
    for argument in ("publisher_account_ids", "subscriber_account_ids"):
        each(arguments.who, argument, arguments.texts(argument), account_id)
    publishers, own_key = arguments.texts("publisher_account_ids"), arguments.input("kms_key_arn")
    if publishers and (own_key is None or (isinstance(own_key, str) and MANAGED_KEY in own_key)):
        got = "none" if own_key is None else repr(own_key)
        fix = "no other account can use the account's own key for SNS, give a key with a policy for them"
        raise arguments.error("publisher_account_ids", f"needs a kms_key_arn of your own, got {got}; {fix}")
    key = arguments.arn("kms_key_arn", "kms", "a KMS key")
    return TopicPlan(
        fifo=arguments.flag("fifo"),
        key=MANAGED_KEY if key is None else key,
        content_based_deduplication=arguments.flag("content_based_deduplication"),
        high_throughput=arguments.flag("high_throughput"),
        archive_days=days,
        publisher_account_ids=publishers,
        subscriber_account_ids=arguments.texts("subscriber_account_ids"),
        log_failed_deliveries=arguments.flag("log_failed_deliveries"),
    )


def archive_policy(days: int | None) -> str | None:
    """Archive policy as JSON: kept for some days, ended with 0, none where the caller named none."""
    return None if days is None else json.dumps({"MessageRetentionPeriod": days} if days else {})


def account_statements(topic_arn: pulumi.Input[str], plan: TopicPlan) -> list[Statement]:
    """Rights of other accounts; their own IAM has to allow the actions too."""
    statements: list[Statement] = []
    if plan.publisher_account_ids:
        statements.append(
            {
                "Sid": "AllowPublishers",
                "Effect": "Allow",
                "Principal": {"AWS": list(plan.publisher_account_ids)},
                "Action": "sns:Publish",
                "Resource": topic_arn,
            }
        )
    if plan.subscriber_account_ids:
        statements.append(
            {
                "Sid": "AllowSubscribers",
                "Effect": "Allow",
                "Principal": {"AWS": list(plan.subscriber_account_ids)},
                "Action": "sns:Subscribe",
                "Resource": topic_arn,
                # Queues only: any person can be behind an address.
                "Condition": {"StringEquals": {"sns:Protocol": "sqs"}},
            }
        )
    return statements
