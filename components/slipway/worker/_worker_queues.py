"""Queues and topics of a worker: checks, permissions and variables.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi

from slipway.common import ArgumentError, Arguments, different_names, key_arn, not_empty, shown
from slipway.links import CONSUME
from slipway.messaging import (
    LONGEST_VISIBILITY_TIMEOUT_SECONDS,
    MOST_RECEIVES,
    USE,
    check_queue_arn,
    check_topic_arn,
)
from slipway.task import PermissionArgs

QUEUE_URL, DEAD_LETTER_QUEUE_URL, TOPIC_ARN = "QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "TOPIC_ARN"
STOP_TIMEOUT = "STOP_TIMEOUT_SECONDS"
SOURCES = {
    QUEUE_URL: "queues",
    DEAD_LETTER_QUEUE_URL: "queues",
    TOPIC_ARN: "topics",
    STOP_TIMEOUT: "stop_timeout_seconds",
}
"""Variable of the worker, to the argument with its value."""
MOST_QUEUES = 4  # an alarm reads ten metrics: two of each queue, and the running tasks
FEWEST_RECEIVES_ON_SPOT = 3  # one for the work, and two for interruptions


@dataclass(frozen=True)
class ConsumedQueue:
    """A queue that the worker empties."""

    key: str
    arn: pulumi.Input[str]
    url: pulumi.Input[str]
    dead_letter_queue_url: pulumi.Input[str] | None
    kms_key_arn: pulumi.Input[str] | None
    visibility_timeout_seconds: int | None
    """None where the caller gave none to check."""


@dataclass(frozen=True)
class PublishedTopic:
    """A topic that the worker's code publishes to."""

    key: str
    arn: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str] | None


def consumed_queues(arguments: Arguments, spot_percent: int) -> list[ConsumedQueue]:
    """Check the argument `queues`. Raises ArgumentError."""
    queues = cast("Mapping[str, object]", arguments.values["queues"])
    not_empty(arguments.who, "queues", queues, '{"billing": {"queue_arn": ..., "queue_url": ...}}')
    if len(queues) > MOST_QUEUES:
        fix = f"the scaling alarm supports at most {MOST_QUEUES} queues, make another worker"
        raise arguments.error("queues", f"must have at most {MOST_QUEUES} entries, got {len(queues)}; {fix}")
    check_keyed(arguments, "queues", QUEUE_URL)
    consumed = []
    for key, queue in arguments.each("queues"):
        consumed.append(consumed_queue(key, queue, spot_percent))
        check_region(queue, arguments.required_input("cluster_arn"))
    return consumed


def check_region(queue: Arguments, cluster_arn: pulumi.Input[str]) -> None:
    """Refuse a queue of another region than the cluster's. Outputs pass unread. Raises ArgumentError."""
    arn = queue.required_input("queue_arn")
    if isinstance(arn, str) and isinstance(cluster_arn, str) and cluster_arn.startswith("arn:"):
        region, own = arn.split(":")[3], cluster_arn.split(":")[3]
        if region != own:
            fix = "alarms read metrics of their own region only, make the worker there"
            raise queue.error("queue_arn", f"must be a queue of {own} as cluster_arn is there, got {arn!r}; {fix}")


def consumed_queue(key: str, queue: Arguments, spot_percent: int) -> ConsumedQueue:
    """Check one queue. Raises ArgumentError."""
    arn, url = queue.required_input("queue_arn"), queue.required_input("queue_url")
    check_queue_arn(queue.who, queue.label("queue_arn"), arn)
    if isinstance(arn, str) and isinstance(url, str) and url.rpartition("/")[2] != arn.rpartition(":")[2]:
        raise queue.error("queue_url", f"must end with the name in queue_arn, got {shown(url)}; it is of another queue")
    receives = queue.optional_whole_number("max_receives", 1, MOST_RECEIVES)
    if receives is not None and spot_percent and receives < FEWEST_RECEIVES_ON_SPOT:
        rule = f"must be at least {FEWEST_RECEIVES_ON_SPOT} with spot_percent, got {receives}"
        fix = "each interrupted task costs its messages a delivery; raise it on the queue"
        raise queue.error("max_receives", f"{rule}; {fix}")
    key_arn(queue.who, queue.label("kms_key_arn"), queue.input("kms_key_arn"))
    return ConsumedQueue(
        key=key,
        arn=queue.written_input("queue_arn"),
        url=queue.written_input("queue_url"),
        dead_letter_queue_url=queue.input("dead_letter_queue_url"),
        kms_key_arn=queue.input("kms_key_arn"),
        visibility_timeout_seconds=queue.optional_whole_number(
            "visibility_timeout_seconds", 0, LONGEST_VISIBILITY_TIMEOUT_SECONDS
        ),
    )


def published_topics(arguments: Arguments) -> list[PublishedTopic]:
    """Check the argument `topics`. Raises ArgumentError."""
    topics = []
    for key, topic in arguments.each("topics"):
        arn = topic.required_input("topic_arn")
        check_topic_arn(topic.who, topic.label("topic_arn"), arn)
        key_arn(topic.who, topic.label("kms_key_arn"), topic.input("kms_key_arn"))
        topics.append(PublishedTopic(key, topic.written_input("topic_arn"), topic.input("kms_key_arn")))
    check_keyed(arguments, "topics", TOPIC_ARN)
    return topics


def check_keyed(arguments: Arguments, argument: str, variable: str) -> None:
    """Refuse two keys that would name the same variable, such as `a` and `A`. Raises ArgumentError."""
    keys = arguments.child_keys(argument)
    different_names(arguments.who, argument, [(key, keyed(variable, key, keys)) for key in keys])


def check_variables(arguments: Arguments) -> None:
    """Refuse the worker's own variables in `environment`, `secrets` and `links`. Raises ArgumentError."""
    for argument in ("environment", "secrets", "links"):
        for variable in arguments.input_map(argument):
            for own, source in SOURCES.items():
                if variable == own or (own != STOP_TIMEOUT and variable.startswith(f"{own}_")):
                    sentence = f"{argument} must not set {variable}; it comes from {source}, remove it"
                    raise ArgumentError(f"{arguments.who}: {sentence}")


def queue_permissions(queues: Sequence[ConsumedQueue], topics: Sequence[PublishedTopic]) -> list[PermissionArgs]:
    """Permissions to consume each queue, to publish to each topic, and to use their keys; nothing else."""
    permissions: list[tuple[list[str], list[pulumi.Input[str]]]] = [
        (CONSUME, [queue.arn for queue in queues]),
        (["kms:Decrypt"], [queue.kms_key_arn for queue in queues if queue.kms_key_arn is not None]),
        (["sns:Publish"], [topic.arn for topic in topics]),
        (USE, [topic.kms_key_arn for topic in topics if topic.kms_key_arn is not None]),
    ]
    return [{"actions": actions, "resources": resources} for actions, resources in permissions if resources]


def queue_variables(queues: Sequence[ConsumedQueue], topics: Sequence[PublishedTopic]) -> dict[str, pulumi.Input[str]]:
    """Variables with URLs and ARNs; names have a key where there is more than one queue or topic."""
    variables: dict[str, pulumi.Input[str]] = {}
    for queue in queues:
        variables[keyed(QUEUE_URL, queue.key, queues)] = queue.url
    for queue in queues:
        if queue.dead_letter_queue_url is not None:
            variables[keyed(DEAD_LETTER_QUEUE_URL, queue.key, queues)] = queue.dead_letter_queue_url
    for topic in topics:
        variables[keyed(TOPIC_ARN, topic.key, topics)] = topic.arn
    return variables


def keyed(variable: str, key: str, siblings: Sequence[object]) -> str:
    """Name of a variable, with the key as suffix beside siblings: QUEUE_URL_BILLING."""
    return variable + ("_" + key.upper().replace("-", "_") if len(siblings) > 1 else "")
