"""What a worker may do with its queues and topics, and what its container is told of them. Maps values; creates nothing.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from slipway.common import CHILD_NAME, ArgumentError, given, not_empty, whole_number
from slipway.messaging import MOST_RECEIVES, USE, check_queue_arn, check_topic_arn
from slipway.task import PermissionArgs

QUEUE_URL, DEAD_LETTER_QUEUE_URL, TOPIC_ARN = "QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "TOPIC_ARN"
STOP_TIMEOUT = "STOP_TIMEOUT_SECONDS"
SET_BY = {
    QUEUE_URL: "queues",
    DEAD_LETTER_QUEUE_URL: "queues",
    TOPIC_ARN: "topics",
    STOP_TIMEOUT: "stop_timeout_seconds",
}
MOST_QUEUES = 4  # an alarm reads ten metrics: two of each queue, and the running tasks
FEWEST_RECEIVES_ON_SPOT = 3  # one for the work, and two that interruptions may cost
CONSUME = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"]


def check_queues(who: str, args: Mapping[str, Any], spot_percent: int) -> None:
    """Refuse queues and topics that cannot be told apart, counted or, on Spot, trusted to keep a message."""
    queues = args["queues"]
    not_empty(who, "queues", queues, '{"billing": {"queue_arn": ..., "queue_url": ...}}')
    if len(queues) > MOST_QUEUES:
        fix = "scaling reads no more; make another worker"
        raise ArgumentError(f"{who}: queues must have at most {MOST_QUEUES} entries, got {len(queues)}; {fix}")
    for argument in ("queues", "topics"):
        for key in given(args.get(argument), {}):
            if not CHILD_NAME.fullmatch(key):
                rule = "keys must be letters, digits and hyphens and start with a letter"
                raise ArgumentError(f"{who}: {argument} {rule}, got {key!r}")
    for key, topic in given(args.get("topics"), {}).items():
        check_topic_arn(who, f"topics.{key}.topic_arn", topic["topic_arn"])
    for key, queue in queues.items():
        arn, url = queue["queue_arn"], queue["queue_url"]
        check_queue_arn(who, f"queues.{key}.queue_arn", arn)
        if isinstance(arn, str) and isinstance(url, str) and url.rpartition("/")[2] != arn.rpartition(":")[2]:
            fix = "it is of another queue"
            raise ArgumentError(
                f"{who}: queues.{key}.queue_url must end with the name in queue_arn, got {url!r}; {fix}"
            )
        if queue.get("max_receives") is not None:
            argument = f"queues.{key}.max_receives"
            receives = whole_number(who, argument, queue["max_receives"], 1, MOST_RECEIVES)
            if spot_percent and receives < FEWEST_RECEIVES_ON_SPOT:
                rule = f"must be at least {FEWEST_RECEIVES_ON_SPOT} with spot_percent"
                fix = "each task that AWS takes back costs its messages a delivery; raise it on the queue"
                raise ArgumentError(f"{who}: {argument} {rule}, got {receives}; {fix}")


def check_variables(who: str, args: Mapping[str, Any]) -> None:
    """Refuse variables that the worker sets itself."""
    for argument in ("environment", "secrets"):
        for variable in given(args.get(argument), {}):
            for own, source in SET_BY.items():
                if variable == own or (own != STOP_TIMEOUT and variable.startswith(f"{own}_")):
                    raise ArgumentError(f"{who}: {argument} must not set {variable}; it comes from {source}, remove it")


def queue_permissions(args: Mapping[str, Any]) -> list[PermissionArgs]:
    """Consuming each queue, publishing to each topic, and the keys of both; nothing else."""
    queues, topics = args["queues"].values(), given(args.get("topics"), {}).values()
    keys = [queue["kms_key_arn"] for queue in queues if queue.get("kms_key_arn") is not None]
    topic_keys = [topic["kms_key_arn"] for topic in topics if topic.get("kms_key_arn") is not None]
    wanted: list[tuple[list[str], list[pulumi.Input[str]]]] = [
        ([f"sqs:{action}" for action in CONSUME], [queue["queue_arn"] for queue in queues]),
        (["kms:Decrypt"], keys),
        (["sns:Publish"], [topic["topic_arn"] for topic in topics]),
        (USE, topic_keys),
    ]
    return [{"actions": actions, "resources": resources} for actions, resources in wanted if resources]


def queue_variables(args: Mapping[str, Any]) -> dict[str, pulumi.Input[str]]:
    """Variable to value: without a key in its name where there is one of a kind."""
    queues, topics = args["queues"], given(args.get("topics"), {})
    found: dict[str, pulumi.Input[str]] = {}
    for variable, parts, part in (
        (QUEUE_URL, queues, "queue_url"),
        (DEAD_LETTER_QUEUE_URL, queues, "dead_letter_queue_url"),
        (TOPIC_ARN, topics, "topic_arn"),
    ):
        for key, given_part in parts.items():
            if given_part.get(part) is not None:
                suffix = "_" + key.upper().replace("-", "_") if len(parts) > 1 else ""
                found[variable + suffix] = given_part[part]
    return found
