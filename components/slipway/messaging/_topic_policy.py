"""Policy of a topic: it takes the place of AWS's default, which let in the services that work for the topic's account.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from slipway.common import Statement, deny_insecure_transport, document

from ._senders import ALARMS, Sender, allow_sender


@dataclass(frozen=True)
class Admission:
    """Who may use a topic beside its own account."""

    alarms: bool
    """Alarms of the topic's account and region. Alarms of other regions never reach a topic."""
    publisher_account_ids: Sequence[str]
    subscriber_account_ids: Sequence[str]


def topic_policy(topic_arn: str, admission: Admission, publishers: Sequence[Sender]) -> str:
    """Policy as JSON: publishing over TLS only, and whom the topic admits."""
    statements = [deny_insecure_transport("sns:Publish", topic_arn)]
    if admission.alarms:
        statements.append(allow_sender("AllowAlarms", alarms(topic_arn), "sns:Publish", topic_arn))
    statements += account_statements(topic_arn, admission)
    for number, publisher in enumerate(publishers, start=1):
        statements.append(allow_sender(f"AllowPublisher{number}", publisher, "sns:Publish", topic_arn))
    return json.dumps(document(statements))


def alarms(topic_arn: str) -> Sender:
    """Every alarm of a topic's account and region."""
    _, partition, _, region, account, _ = topic_arn.split(":")
    return Sender(ALARMS, f"arn:{partition}:cloudwatch:{region}:{account}:alarm:*")


def account_statements(topic_arn: str, admission: Admission) -> list[Statement]:
    """Rights of other accounts; their own IAM has to allow the actions too."""
    statements: list[Statement] = []
    if admission.publisher_account_ids:
        statements.append(
            {
                "Sid": "AllowPublishers",
                "Effect": "Allow",
                "Principal": {"AWS": list(admission.publisher_account_ids)},
                "Action": "sns:Publish",
                "Resource": topic_arn,
            }
        )
    if admission.subscriber_account_ids:
        statements.append(
            {
                "Sid": "AllowSubscribers",
                "Effect": "Allow",
                "Principal": {"AWS": list(admission.subscriber_account_ids)},
                "Action": "sns:Subscribe",
                "Resource": topic_arn,
                # Queues only: any person can be behind an address.
                "Condition": {"StringEquals": {"sns:Protocol": "sqs"}},
            }
        )
    return statements
