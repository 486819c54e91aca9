"""AWS services that send to a queue or publish to a topic: the argument, checked, and the statements that let them in.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import Arguments, Json, JsonObject, Statement, account_id

ALARMS, EVENTS, S3, SNS = (f"{service}.amazonaws.com" for service in ("cloudwatch", "events", "s3", "sns"))
SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")
SOURCE_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")


class SenderArgs(TypedDict):
    """An AWS service that sends to a queue or publishes to a topic."""

    service: str
    """Its service principal, such as s3.amazonaws.com or events.amazonaws.com."""
    source_arn: NotRequired[pulumi.Input[str]]
    """ARN of the bucket, the rule or the other resource that sends; * and ? are wildcards. EventBridge names no source to
    a topic. Default: every resource of source_account_id."""
    source_account_id: NotRequired[str]
    """Account of the resource that sends. Default: the one in source_arn, or this account where that has none, as the ARN
    of a bucket."""


@dataclass(frozen=True)
class Sender:
    """A service, and the resource it sends for."""

    service: str
    source_arn: pulumi.Input[str] | None = None
    """None for every resource of the account."""
    source_account_id: str | None = None
    """None for the account in the ARN, or the own account."""


def queue_senders(arguments: Arguments) -> Sequence[Sender]:
    """The argument `senders` of a queue. Raises ArgumentError."""
    senders = []
    for _, entry in arguments.each("senders"):
        sender = checked_sender(entry)
        if sender.service == SNS:
            raise entry.error("service", f"must be another than {SNS}, got it; name the topic in topic_arns")
        senders.append(sender)
    return senders


def topic_publishers(arguments: Arguments) -> Sequence[Sender]:
    """The argument `publishers` of a topic. Raises ArgumentError."""
    publishers = []
    for _, entry in arguments.each("publishers"):
        sender = checked_sender(entry)
        for key in ("source_arn", "source_account_id") if sender.service == EVENTS else ():
            if entry.has(key):
                fix = "EventBridge names no source to a topic, leave it out"
                raise entry.error(key, f"must be left out for {EVENTS}, got {entry.input(key)!r}; {fix}")
        publishers.append(sender)
    return publishers


def checked_sender(entry: Arguments) -> Sender:
    """Check one sender. Raises ArgumentError."""
    service, arn, account = entry.text("service"), entry.input("source_arn"), entry.optional_text("source_account_id")
    if not SERVICE.fullmatch(service):
        raise entry.error("service", f"must be a service principal, got {service!r}; write it like {S3}")
    if isinstance(arn, str) and not SOURCE_ARN.fullmatch(arn):
        example = "arn:aws:s3:::uploads"
        raise entry.error("source_arn", f"must be the ARN of what sends, got {arn!r}; write it like {example}")
    if account is not None:
        account_id(entry.who, entry.label("source_account_id"), account)
    return Sender(service, arn, account)


def refuse_buckets(arguments: Arguments, key: str, senders: Sequence[Sender], *, fifo: bool) -> None:
    """Refuse S3 on a fifo queue or topic. Raises ArgumentError."""
    if fifo and any(sender.service == S3 for sender in senders):
        fix = "S3 notifies standard queues and topics only, leave fifo out or send by EventBridge"
        raise arguments.error(key, f"must not name {S3} with fifo, got it; {fix}")


def known_senders(senders: Sequence[Sender]) -> pulumi.Output[Sequence[Sender]]:
    """The senders, once all their ARNs are known."""
    arns = pulumi.Output.all(*[sender.source_arn for sender in senders])
    return arns.apply(
        lambda known: [replace(sender, source_arn=arn) for sender, arn in zip(senders, known, strict=True)]
    )


def allow_sender(sid: str, sender: Sender, action: str, arn: str) -> Statement:
    """Statement in the policy of a queue or topic with this ARN."""
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": sender.service},
        "Action": action,
        "Resource": arn,
    }
    # "You can't use of Condition blocks in Amazon SNS topic policies for EventBridge": it names no source there.
    if sender.service == EVENTS and action == "sns:Publish":
        return statement
    return statement | {"Condition": source_condition(sender, account_of(arn))}


def source_condition(sender: Sender, own_account: str) -> JsonObject:
    """Condition that ties a statement to the sender's source; an account only where the ARN fixes none."""
    arn = str(sender.source_arn or "")
    account = sender.source_account_id or ("" if account_of(arn).isdigit() else own_account)
    condition: dict[str, Json] = {}
    if arn:
        condition["ArnLike"] = {"aws:SourceArn": arn}
    if account:
        condition["StringEquals"] = {"aws:SourceAccount": account}
    return condition


def account_of(arn: str) -> str:
    """Account in an ARN; empty where it has none, as the ARN of a bucket.

    >>> account_of("arn:aws:events:eu-west-1:123456789012:rule/nightly")
    '123456789012'
    """
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""
