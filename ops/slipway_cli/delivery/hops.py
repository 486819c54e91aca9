"""Finds the hop between a topic and a queue where a probe was lost, and the fix: queue policy, key or filter.

It knows the policy statements of AWS's documents and of Slipway; it ignores conditions other than the source.
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
"""

import fnmatch
from collections.abc import Mapping
from typing import Final, Protocol, TypedDict

from slipway_cli.documents import Json, as_list, as_object, as_text, parse, texts

SERVICE: Final = "sns.amazonaws.com"
KEY_ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
READ: Final = ("Policy", "QueueArn", "KmsMasterKeyId")


class QueueAttributes(TypedDict):
    """Answer of GetQueueAttributes."""

    Attributes: Mapping[str, str]


class Queues(Protocol):
    """boto3's SQS client."""

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> QueueAttributes:  # noqa: N803 - boto3's spelling
        """Settings and counts of a queue."""


class KeyMetadata(TypedDict):
    """A key of KMS."""

    KeyId: str
    KeyState: str


class KeyDescription(TypedDict):
    """Answer of DescribeKey."""

    KeyMetadata: KeyMetadata


class KeyPolicy(TypedDict):
    """Answer of GetKeyPolicy."""

    Policy: str


class KeyExceptions(Protocol):
    """Error classes of the KMS client."""

    NotFoundException: type[Exception]


class Keys(Protocol):
    """boto3's KMS client."""

    @property
    def exceptions(self) -> KeyExceptions:
        """Its error classes."""

    def describe_key(self, *, KeyId: str) -> KeyDescription:  # noqa: N803 - boto3's spelling
        """State of a key."""

    def get_key_policy(self, *, KeyId: str, PolicyName: str) -> KeyPolicy:  # noqa: N803 - boto3's spelling
        """Policy of a key, as JSON."""


class LogEvent(TypedDict):
    """A line of a log."""

    message: str


class LogEvents(TypedDict):
    """Answer of FilterLogEvents."""

    events: list[LogEvent]


class LogExceptions(Protocol):
    """Error classes of the CloudWatch Logs client."""

    ResourceNotFoundException: type[Exception]


class DeliveryLogs(Protocol):
    """boto3's CloudWatch Logs client."""

    @property
    def exceptions(self) -> LogExceptions:
        """Its error classes."""

    def filter_log_events(self, *, logGroupName: str, filterPattern: str) -> LogEvents:  # noqa: N803 - boto3's spelling
        """Lines of a log group that match a pattern."""


def diagnosis(queues: Queues, keys: Keys, topic_arn: str, queue_url: str, *, filtered: bool) -> str:
    """One sentence: the hop that failed and the fix, as far as the settings show."""
    attributes = queues.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[*READ])["Attributes"]
    if not lets_in(attributes.get("Policy"), "sqs:SendMessage", topic_arn):
        return (
            f"policy: the queue's policy does not let {topic_arn} send; set it as FanOut does, or run `pulumi refresh`"
        )
    key = attributes.get("KmsMasterKeyId")
    if key and (reason := _key_refusal(keys, key, topic_arn)):
        return f"KMS: {reason}"
    if filtered:
        return (
            "filter: policy and key let the topic in, so the filter may have kept the probe out; a changed filter takes "
            "effect within 15 minutes, and the probe was made for the present one"
        )
    return "consumer: policy and key let the topic in, so the probe should lie in the queue; look at the consumer's log"


def logged_failure(logs: DeliveryLogs, topic_arn: str, queue_url: str, message_id: str) -> str | None:
    """SNS's log entry for this message and queue; None where the topic keeps no such log."""
    region, account, name = topic_arn.split(":")[3:6]
    group = f"sns/{region}/{account}/{name}/Failure"
    try:
        events = logs.filter_log_events(logGroupName=group, filterPattern=f'"{message_id}"')["events"]
    except logs.exceptions.ResourceNotFoundException:
        return None
    for event in events:
        delivery = as_object(as_object(parse(event["message"]))["delivery"])
        if as_text(delivery["destination"]).rpartition(":")[2] == queue_url.rpartition("/")[2]:
            response = as_object(parse(as_text(delivery["providerResponse"])))
            return f"{response['ErrorCode']}: {response['ErrorMessage']}"
    return None


def _key_refusal(keys: Keys, key: str, topic_arn: str) -> str | None:
    if "alias/aws/" in key:
        return f"the queue's key {key} is AWS's own, which never lets SNS in; use SSE-SQS or a key of your own"
    try:
        metadata = keys.describe_key(KeyId=key)["KeyMetadata"]
        policy = keys.get_key_policy(KeyId=metadata["KeyId"], PolicyName="default")["Policy"]
    except keys.exceptions.NotFoundException:
        return f"the queue's key {key} does not exist; give the queue another"
    if metadata["KeyState"] != "Enabled":
        return f"the queue's key {key} is {metadata['KeyState']}; enable it"
    missing = [action for action in KEY_ACTIONS if not lets_in(policy, action, topic_arn)]
    if missing:
        return (
            f"the policy of the queue's key {key} does not let SNS do {' and '.join(missing)}; create_kms_key writes it"
        )
    return None


def lets_in(policy: str | None, action: str, topic_arn: str) -> bool:
    """True when a statement allows SNS the action on behalf of the topic."""
    statements = as_list(as_object(parse(policy or "{}")).get("Statement"))
    return any(_allows(as_object(statement), action, topic_arn) for statement in statements)


def _allows(statement: Mapping[str, Json], action: str, topic_arn: str) -> bool:
    principal = statement.get("Principal")
    services = texts(as_object(principal).get("Service"))
    regional = f"sns.{topic_arn.split(':')[3]}.amazonaws.com"
    names_sns = principal == "*" or not {SERVICE, regional}.isdisjoint(services)
    grants = any(fnmatch.fnmatch(action.lower(), pattern.lower()) for pattern in texts(statement.get("Action")))
    sources = {"aws:sourcearn": topic_arn, "aws:sourceaccount": topic_arn.split(":")[4]}
    holds = all(
        any(fnmatch.fnmatchcase(sources[key.lower()], pattern) for pattern in texts(patterns))
        for operator in as_object(statement.get("Condition")).values()
        for key, patterns in as_object(operator).items()
        if key.lower() in sources
    )
    return statement.get("Effect") == "Allow" and names_sns and grants and holds
