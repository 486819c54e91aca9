"""Attributes of queues."""

import json
from collections.abc import Callable, Mapping

from moto.sqs.exceptions import SQSException
from moto.sqs.models import Queue

from slipway_sandbox.corrections._decorator import corrects, sets

ALLOW = "RedriveAllowPolicy"
REUSE_PERIOD_SECONDS = 300  # SQS's default

sets(
    Queue,
    "redrive_allow_policy",
    None,
    why="moto takes RedriveAllowPolicy and never answers it; here each queue has it.",
)
sets(
    Queue,
    "BASE_ATTRIBUTES",
    [*Queue.BASE_ATTRIBUTES, ALLOW],
    why=f"moto refuses {ALLOW} as an unknown attribute in GetQueueAttributes; SQS answers it.",
)


@corrects(
    Queue._set_attributes,  # noqa: SLF001
    why="moto takes a queue's policy away when any other attribute is set, and has a queue encrypted by KMS and by SQS at once; "
    "SQS keeps the policy, and either encryption switches the other off.",
)
def set_attributes(
    original: Callable[..., None], self: Queue, attributes: Mapping[str, object], now: float | None = None
) -> None:
    policy = self.policy if hasattr(self, "_policy_json") else None
    kept = {"Policy": policy} if policy else {}
    original(self, {**kept, **attributes, **other_encryption(attributes)}, now)


def other_encryption(attributes: Mapping[str, object]) -> dict[str, object]:
    """The attributes of the encryption that these attributes switch off.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sqs/queue_test.go,
    TestAccSQSQueue_encryption

    >>> other_encryption({"KmsMasterKeyId": "alias/aws/sqs"})
    {'SqsManagedSseEnabled': 'false'}
    """
    if attributes.get("KmsMasterKeyId"):
        return {"SqsManagedSseEnabled": "false"}
    if str(attributes.get("SqsManagedSseEnabled")).lower() == "true":
        period = attributes.get("KmsDataKeyReusePeriodSeconds", REUSE_PERIOD_SECONDS)
        return {"KmsMasterKeyId": None, "KmsDataKeyReusePeriodSeconds": period}
    return {}


@corrects(Queue.attributes, why=f"moto would answer {ALLOW} of a queue without one as null; SQS leaves it out.")
def attributes(original: Callable[[Queue], dict[str, object]], self: Queue) -> dict[str, object]:
    return {name: value for name, value in original(self).items() if name != ALLOW or value}


@corrects(
    Queue._setup_dlq,  # noqa: SLF001
    why="moto lets every queue use any other as its dead-letter queue; SQS asks that queue's redrive-allow policy.",
)
def setup_dlq(original: Callable[[Queue, object], None], self: Queue, policy: object) -> None:
    original(self, policy)
    taking: str | None = getattr(self.dead_letter_queue, "redrive_allow_policy", None)
    rule = json.loads(taking) if taking else {}
    permission, sources = rule.get("redrivePermission", "allowAll"), rule.get("sourceQueueArns", [])
    if permission == "denyAll" or (permission == "byQueue" and self.queue_arn not in sources):
        dead = self.dead_letter_queue.queue_arn if self.dead_letter_queue else ""
        self.dead_letter_queue = self.redrive_policy = None
        raise SQSException(
            "InvalidParameterValue",
            f"Value for parameter RedrivePolicy is invalid. Reason: {dead} does not take messages of {self.queue_arn}.",
        )
