"""Policy of a queue: one statement for all topics, short enough for SQS with any number of them, and one per sender.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
"""

import json
import re
from collections.abc import Sequence
from os.path import commonprefix

from slipway.common import ArgumentError, Statement, deny_insecure_transport, document

from ._senders import Sender, allow_sender

LONGEST_POLICY_BYTES = 8192
# On in every account since before March 2019; AWS has made every later region one that is opted into.
DEFAULT_REGION = re.compile(
    "ap-northeast-[123]|ap-south-1|ap-southeast-[12]|ca-central-1|eu-central-1|eu-north-1|eu-west-[123]|sa-east-1|us-(ea|we)st-[12]"
)


def queue_policy(queue_arn: str, topic_arns: Sequence[str], senders: Sequence[Sender] = ()) -> str:
    """Policy as JSON: TLS for everybody, and sending for these topics and senders.

    Where the list is too long for SQS, a pattern per account and region takes its place: the shared start of the names.
    Raises ArgumentError when the patterns are too long as well.
    """
    allowed = [
        allow_sender(f"AllowSender{number}", sender, "sqs:SendMessage", queue_arn)
        for number, sender in enumerate(senders, start=1)
    ]
    exact = policy_json(queue_arn, topic_statements(queue_arn, topic_arns, "ArnEquals") + allowed)
    if len(exact.encode()) <= LONGEST_POLICY_BYTES:
        return exact
    patterns = shared_starts(topic_arns)
    shared = policy_json(queue_arn, topic_statements(queue_arn, patterns, "ArnLike") + allowed)
    if len(shared.encode()) <= LONGEST_POLICY_BYTES:
        return shared
    places = len(patterns)
    raise ArgumentError(
        f"Queue {queue_arn!r}: topic_arns and senders must fit a policy of {LONGEST_POLICY_BYTES} bytes, got topics of "
        f"{places} accounts and regions and {len(senders)} senders; put a topic of your own between"
    )


def policy_json(queue_arn: str, allowed: Sequence[Statement]) -> str:
    """Policy as JSON: TLS for everybody, and these statements."""
    return json.dumps(document([deny_insecure_transport("sqs:*", queue_arn), *allowed]))


def topic_statements(queue_arn: str, sources: Sequence[str], operator: str) -> list[Statement]:
    """Statements that let in these topic ARNs, or patterns of them."""
    statements: list[Statement] = []
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
    return statements


def principal(queue_arn: str, topic_arn: str) -> str:
    """Service that delivers: SNS, or for a topic in another, opt-in region the SNS of that region."""
    partition, _, region = topic_arn.split(":")[1:4]
    across = region != queue_arn.split(":")[3]
    if partition == "aws" and across and not DEFAULT_REGION.fullmatch(region):
        return f"sns.{region}.amazonaws.com"
    return "sns.amazonaws.com"


def shared_starts(topic_arns: Sequence[str]) -> list[str]:
    """Topic ARNs to one pattern for each account and region, never wider."""
    places: dict[str, list[str]] = {}
    for arn in topic_arns:
        place, _, topic = arn.rpartition(":")
        places.setdefault(place, []).append(topic)
    return [f"{place}:{commonprefix(topics)}*" for place, topics in sorted(places.items())]  # noqa: RUF071 - names, not paths
