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

from slipway.common import Arguments, Context, account_id, child_name, each

from ._arns import known_after
from ._delivery_log import check_log_role, delivery_log_role
from ._limits import FIFO_SUFFIX, MOST_ARCHIVE_DAYS, TOPIC_NAME_LENGTH, need_fifo
from ._messaging_key import OF_TOPICS, check_publishers_key, messaging_key
from ._senders import Sender, SenderArgs, known_senders, refuse_buckets, topic_publishers
from ._topic_policy import Admission, topic_policy

MANAGED_KEY = "alias/aws/sns"
SIGNATURE_VERSION = 2  # SHA256; version 1 is SHA1


class TopicArgs(TypedDict):
    """Arguments of Topic."""

    fifo: NotRequired[bool]
    """Keep order within a message group and drop repeats; its queues must be fifo too. Default: false."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own that encrypts messages at rest. Alarms of this account may then publish to a standard topic; the
    policy of the key has to let them and the publishers use it. Default: the account's own key for SNS, usable by every
    principal with the permission to publish, and by no AWS service."""
    create_kms_key: NotRequired[bool]
    """Create a KMS key with access for alarms of this account and for publishers. Principals that publish need
    kms:GenerateDataKey and kms:Decrypt. Default: false."""
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
    publishers: NotRequired[list[SenderArgs]]
    """AWS services that may publish, such as EventBridge or S3. They need a key of your own, by create_kms_key or with a
    policy for them. Default: alarms of this account, where the topic is standard and has such a key."""
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
    kms_key_arn: pulumi.Input[str] | None
    """None for the key of AWS, or a created one."""
    create_kms_key: bool
    content_based_deduplication: bool
    high_throughput: bool
    archive_days: int | None
    admission: Admission
    publishers: Sequence[Sender]
    log_failed_deliveries: bool


class Topic(pulumi.ComponentResource):
    """A topic and its policy: no publishing without TLS, and access for the named accounts and services. 2 resources.

    `log_failed_deliveries` adds a role with its policy, `create_kms_key` a KMS key. Example, a topic for alarms::

        import pulumi
        from slipway import Topic

        alerts = Topic("alerts", {"create_kms_key": True})
        pulumi.export("topicArn", alerts.topic_arn)

    Raises ArgumentError on a name unfit for a topic, settings of fifo topics without `fifo`, an account id of another
    length than 12 digits, and publishers without a KMS key for them.
    """

    topic_arn: pulumi.Output[str]
    """ARN to publish to and to subscribe to."""
    topic_name: pulumi.Output[str]
    """Name of the topic, the dimension TopicName of its metrics."""
    kms_key_arn: pulumi.Output[str | None]
    """ARN of the KMS key made by create_kms_key; none without."""

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Topic", name, args, TopicArgs)
        plan = topic_plan(arguments, name)
        super().__init__("slipway:index:Topic", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        created_key = messaging_key(context, OF_TOPICS, plan.publishers).arn if plan.create_kms_key else None
        other_key = MANAGED_KEY if plan.kms_key_arn is None else plan.kms_key_arn
        topic = sns.Topic(
            name,
            fifo_topic=plan.fifo or None,
            content_based_deduplication=plan.content_based_deduplication or None,
            fifo_throughput_scope="MessageGroup" if plan.high_throughput else None,
            archive_policy=archive_policy(plan.archive_days),
            sqs_failure_feedback_role_arn=delivery_log_role(context) if plan.log_failed_deliveries else None,
            kms_master_key_id=other_key if created_key is None else created_key,
            # A fifo topic delivers to queues only. Queues check no signature, and the topic refuses the attribute.
            signature_version=None if plan.fifo else SIGNATURE_VERSION,
            tags=context.tagged(name),
            opts=context.child,
        )
        known = pulumi.Output.all(topic.arn, known_senders(plan.publishers))
        policy = known.apply(lambda values: topic_policy(values[0], plan.admission, values[1]))
        admitting = sns.TopicPolicy(name, arn=topic.arn, policy=policy, opts=context.child)
        self.topic_arn = known_after(topic.arn, admitting)
        self.topic_name = topic.name
        self.kms_key_arn = pulumi.Output.from_input(None) if created_key is None else created_key
        self.register_outputs({"topicArn": self.topic_arn, "topicName": self.topic_name, "kmsKeyArn": self.kms_key_arn})


def topic_plan(arguments: Arguments, name: str) -> TopicPlan:
    """Check the arguments of a topic. Raises ArgumentError."""
    child_name(arguments.who, name, TOPIC_NAME_LENGTH, FIFO_SUFFIX)
    need_fifo(arguments, "content_based_deduplication", "high_throughput", "archive_days")
    days = arguments.optional_whole_number("archive_days", 0, MOST_ARCHIVE_DAYS)
    if arguments.flag("log_failed_deliveries"):
        check_log_role(arguments.who, name)
    for argument in ("publisher_account_ids", "subscriber_account_ids"):
        each(arguments.who, argument, arguments.texts(argument), account_id)
    arguments.not_both("kms_key_arn", "create_kms_key")
    check_publishing_accounts(arguments)
    check_publishers_key(arguments)
    key = arguments.arn("kms_key_arn", "kms", "a KMS key")
    publishers = topic_publishers(arguments)
    refuse_buckets(arguments, "publishers", publishers, fifo=arguments.flag("fifo"))
    fifo, own_key = arguments.flag("fifo"), key is not None or arguments.flag("create_kms_key")
    return TopicPlan(
        fifo=fifo,
        kms_key_arn=key,
        create_kms_key=arguments.flag("create_kms_key"),
        content_based_deduplication=arguments.flag("content_based_deduplication"),
        high_throughput=arguments.flag("high_throughput"),
        archive_days=days,
        admission=Admission(
            # An alarm gives no message group, and cannot use the key of AWS.
            alarms=own_key and not fifo,
            publisher_account_ids=arguments.texts("publisher_account_ids"),
            subscriber_account_ids=arguments.texts("subscriber_account_ids"),
        ),
        publishers=publishers,
        log_failed_deliveries=arguments.flag("log_failed_deliveries"),
    )


def check_publishing_accounts(arguments: Arguments) -> None:
    """Refuse other accounts that could not use the topic's key. Raises ArgumentError."""
    key = arguments.input("kms_key_arn")
    if arguments.texts("publisher_account_ids") and (key is None or (isinstance(key, str) and MANAGED_KEY in key)):
        got = "none" if key is None else repr(key)
        fix = "no other account can use the account's own key for SNS, give a key with a policy for them"
        raise arguments.error("publisher_account_ids", f"needs a kms_key_arn of your own, got {got}; {fix}")


def archive_policy(days: int | None) -> str | None:
    """Archive policy as JSON: kept for some days, ended with 0, none where the caller named none."""
    return None if days is None else json.dumps({"MessageRetentionPeriod": days} if days else {})
