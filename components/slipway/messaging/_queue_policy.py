"""The policy of a queue that topics send to: one statement for all of them, short enough for SQS however many there are.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
"""

import json
import re
from collections.abc import Sequence
from os.path import commonprefix

from slipway.common import ArgumentError, Statement, deny_insecure_transport, document

LONGEST_POLICY_BYTES = 8192
TOPIC_ARN = re.compile(r"arn:(aws[a-z-]*):sns:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,256}(\.fifo)?)")
QUEUE_ARN = re.compile(r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?")
# On in every account since before March 2019; AWS has made every later region one that is opted into.
DEFAULT_REGION = re.compile(
    "ap-northeast-[123]|ap-south-1|ap-southeast-[12]|ca-central-1|eu-central-1|eu-north-1|eu-west-[123]|sa-east-1|us-(ea|we)st-[12]"
)


def check_topic_arn(who: str, argument: str, arn: object) -> None:
    """Refuse what is no ARN of a topic, such as a subscription's; an output is checked by AWS."""
    if isinstance(arn, str) and not TOPIC_ARN.fullmatch(arn):
        example = "arn:aws:sns:eu-west-1:123456789012:orders"
        raise ArgumentError(f"{who}: {argument} must be the ARN of a topic, got {arn!r}; write it like {example}")


def check_queue_arn(who: str, argument: str, arn: object) -> None:
    """Refuse what is no ARN of a queue, such as its URL; an output is checked by AWS."""
    if isinstance(arn, str) and not QUEUE_ARN.fullmatch(arn):
        example = "arn:aws:sqs:eu-west-1:123456789012:billing"
        raise ArgumentError(f"{who}: {argument} must be the ARN of a queue, got {arn!r}; write it like {example}")


def queue_policy(queue_arn: str, topic_arns: Sequence[str]) -> str:
    """TLS for everybody, and sending for these topics, as JSON.

    Beyond what SQS accepts, the topics of each account and region are named by the start that their names share.
    Raises ArgumentError when even that is too long.
    """
    exact = written(queue_arn, topic_arns, "ArnEquals")
    if len(exact.encode()) <= LONGEST_POLICY_BYTES:
        return exact
    shared = written(queue_arn, shared_starts(topic_arns), "ArnLike")
    if len(shared.encode()) <= LONGEST_POLICY_BYTES:
        return shared
    places = len(shared_starts(topic_arns))
    raise ArgumentError(
        f"Queue {queue_arn!r}: topic_arns must fit a policy of {LONGEST_POLICY_BYTES} bytes, got topics of {places} "
        "accounts and regions; put a topic of your own between"
    )


def written(queue_arn: str, sources: Sequence[str], operator: str) -> str:
    """The policy with these sources of messages."""
    statements: list[Statement] = [deny_insecure_transport("sqs:*", queue_arn)]
    by_principal: dict[str, list[str]] = {}
    for source in dict.fromkeys(sources):
        by_principal.setdefault(principal(queue_arn, source), []).append(source)
    for service, arns in by_principal.items():
        # A region's own principal is in the statement's name, which must be unique in the policy.
        region = "".join(part.title() for part in service.split(".")[1].split("-")) if service.count(".") == 3 else ""
        statements.append(
            {
                "Sid": f"AllowTopics{region}",
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {operator: {"aws:SourceArn": arns}},
            }
        )
    return json.dumps(document(statements))


def principal(queue_arn: str, topic_arn: str) -> str:
    """Who delivers: SNS, or across regions from one that is opted into, the SNS of that region."""
    partition, _, region = topic_arn.split(":")[1:4]
    across = region != queue_arn.split(":")[3]
    if partition == "aws" and across and not DEFAULT_REGION.fullmatch(region):
        return f"sns.{region}.amazonaws.com"
    return "sns.amazonaws.com"


def shared_starts(topic_arns: Sequence[str]) -> list[str]:
    """Topic ARNs to one pattern for each account and region, never for more than those."""
    places: dict[str, list[str]] = {}
    for arn in topic_arns:
        place, _, topic = arn.rpartition(":")
        places.setdefault(place, []).append(topic)
    return [f"{place}:{commonprefix(topics)}*" for place, topics in sorted(places.items())]  # noqa: RUF071 - names, not paths
