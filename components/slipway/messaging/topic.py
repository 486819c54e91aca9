"""SNS topic, encrypted, that takes messages over TLS only.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
Source: https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html
"""

import json
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import sns

from slipway.common import (
    ArgumentError,
    Statement,
    account_id,
    check_keys,
    child_name,
    deny_insecure_transport,
    document,
    each,
    given,
    named,
    whole_number,
)

from ._delivery_log import check_log_role, delivery_log_role
from ._limits import FIFO_SUFFIX, TOPIC_NAME_LENGTH, need_fifo

KMS_KEY_ID = "alias/aws/sns"
SIGNATURE_VERSION = 2  # SHA256; version 1 is SHA1
MOST_ARCHIVE_DAYS = 365


class TopicArgs(TypedDict):
    """Arguments of Topic."""

    fifo: NotRequired[bool]
    """Keep order within a message group and drop repeats; its queues must be fifo too. Default: false."""
    kms_key_id: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts messages at rest. AWS services that publish, such as alarms, need a key of your own.
    Default: the account's own key for SNS, which lets every principal publish that IAM allows to."""
    content_based_deduplication: NotRequired[bool]
    """A fifo topic tells repeats by the hash of their body, where the publisher gives no id. Default: false."""
    high_throughput: NotRequired[bool]
    """A fifo topic drops repeats and counts its limit of calls within each message group. Default: false."""
    archive_days: NotRequired[int]
    """Days that a fifo topic keeps its messages for replay, 1-365, which costs by the gigabyte; 0 ends an archive, which
    AWS wants before the topic can be deleted. Default: no archive."""
    publisher_account_ids: NotRequired[list[str]]
    """Other accounts that may publish, each by its own IAM permissions. They need a kms_key_id whose policy lets them
    use it. Default: this account only."""
    subscriber_account_ids: NotRequired[list[str]]
    """Other accounts that may subscribe queues of theirs. Default: this account only."""
    log_failed_deliveries: NotRequired[bool]
    """Write deliveries to queues that failed to CloudWatch Logs, to the group sns/<region>/<account>/<topic>/Failure
    that SNS makes. Default: false."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the topic. Default: a Name, and the provider's own."""


class Topic(pulumi.ComponentResource):
    """A topic and its policy, which refuses to publish without TLS and lets in the accounts named.

    Raises ArgumentError on a name that no topic may have, one too long, what only a fifo topic has, or an account that
    is none or could not publish.
    """

    topic_arn: pulumi.Output[str]
    """ARN to publish to and to subscribe to."""
    topic_name: pulumi.Output[str]
    """Name of the topic, as metrics know it."""

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Topic {name!r}"
        check_keys(who, args, TopicArgs)
        child_name(who, name, TOPIC_NAME_LENGTH, FIFO_SUFFIX)
        check_topic(who, name, args)
        super().__init__("slipway:index:Topic", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        fifo = given(args.get("fifo"), False)
        key: pulumi.Input[str] = args["kms_key_id"] if args.get("kms_key_id") is not None else KMS_KEY_ID
        days = args.get("archive_days")
        log_role = delivery_log_role(name, args.get("tags"), child) if args.get("log_failed_deliveries") else None
        topic = sns.Topic(
            name,
            fifo_topic=fifo or None,
            content_based_deduplication=given(args.get("content_based_deduplication"), False) or None,
            fifo_throughput_scope="MessageGroup" if args.get("high_throughput") else None,
            archive_policy=None if days is None else json.dumps({"MessageRetentionPeriod": int(days)} if days else {}),
            sqs_failure_feedback_role_arn=log_role,
            kms_master_key_id=key,
            # A FIFO topic delivers to queues only, which check no signature, and refuses the attribute.
            signature_version=None if fifo else SIGNATURE_VERSION,
            tags=named(name, args.get("tags")),
            opts=child,
        )
        guard = document([deny_insecure_transport("sns:Publish", topic.arn), *others(topic.arn, args)])
        sns.TopicPolicy(name, arn=topic.arn, policy=pulumi.Output.json_dumps(guard), opts=child)
        self.topic_arn = topic.arn
        self.topic_name = topic.name
        self.register_outputs({"topicArn": self.topic_arn, "topicName": self.topic_name})


def check_topic(who: str, name: str, args: TopicArgs) -> None:
    """Refuse what only a fifo topic has, and accounts that are none or that the key keeps out."""
    need_fifo(who, args, ("content_based_deduplication", "high_throughput", "archive_days"))
    whole_number(who, "archive_days", given(args.get("archive_days"), 0), 0, MOST_ARCHIVE_DAYS)
    if args.get("log_failed_deliveries"):
        check_log_role(who, name)
    for argument in ("publisher_account_ids", "subscriber_account_ids"):
        each(who, argument, args.get(argument) or [], account_id)  # type: ignore[arg-type]
    key = args.get("kms_key_id")
    if args.get("publisher_account_ids") and (key is None or key == KMS_KEY_ID):
        why = "no other account can use the account's own key for SNS"
        raise ArgumentError(
            f"{who}: publisher_account_ids needs kms_key_id, got none; {why}, give a key that lets them"
        )


def others(topic_arn: pulumi.Input[str], args: TopicArgs) -> list[Statement]:
    """What other accounts may do; their own IAM has to allow it too."""
    rights: tuple[tuple[str, list[str] | None, str, dict[str, Any]], ...] = (
        ("AllowPublishers", args.get("publisher_account_ids"), "sns:Publish", {}),
        # Queues only: an address of their own could be anybody's.
        (
            "AllowSubscribers",
            args.get("subscriber_account_ids"),
            "sns:Subscribe",
            {"Condition": {"StringEquals": {"sns:Protocol": "sqs"}}},
        ),
    )
    return [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"AWS": list(accounts)},
            "Action": action,
            "Resource": topic_arn,
            **condition,
        }
        for sid, accounts, action, condition in rights
        if accounts
    ]
