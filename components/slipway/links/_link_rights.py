"""Rights of the code behind a link: on one resource, and on its KMS key through the resource's service only.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from slipway.common import Statement, allow

DECRYPT, SEND_ENCRYPTED = ["kms:Decrypt"], ["kms:Decrypt", "kms:GenerateDataKey"]
SNS, SQS, SECRETS_MANAGER, SSM = "sns", "sqs", "secretsmanager", "ssm"
READ = {SECRETS_MANAGER: ["secretsmanager:GetSecretValue"], SSM: ["ssm:GetParameter"]}
SECRET_PARTS = 7  # of arn:partition:secretsmanager:region:account:secret:name; a JSON key may follow


@dataclass(frozen=True)
class Right:
    """A right on one resource, and on the key that encrypts it."""

    resource: pulumi.Input[str]
    """ARN of the resource."""
    actions: pulumi.Input[Sequence[str]]
    """Actions on it, in order."""
    service: pulumi.Input[str]
    """Service through which the key is used, as in ARNs."""
    key_arn: pulumi.Input[str] | None
    key_actions: Sequence[str]

    def statements(self) -> list[pulumi.Input[Sequence[Statement]]]:
        """Statements of the policy, in lists; a key that turns out to be none gives an empty list."""
        on_resource = pulumi.Output.all(self.resource, self.actions).apply(
            lambda known: [allow(known[1], [known[0]])],
        )
        if self.key_arn is None:
            return [on_resource]
        on_key = pulumi.Output.all(self.key_arn, self.service).apply(
            lambda known: [] if known[0] is None else [use_key(known[0], known[1], self.key_actions)]
        )
        return [on_resource, on_key]


def use_key(key_arn: str, service: str, actions: Sequence[str]) -> Statement:
    """Statement: the actions with a key, through this service in the key's region only.

    >>> use_key("arn:aws:kms:eu-west-1:123456789012:key/abc", "sqs", ["kms:Decrypt"])["Condition"]
    {'StringLike': {'kms:ViaService': 'sqs.eu-west-1.*'}}
    """
    # The end of a service's name is the partition's, such as amazonaws.com.cn.
    through = f"{service}.{key_arn.split(':')[3]}.*"
    return allow(actions, [key_arn]) | {"Condition": {"StringLike": {"kms:ViaService": through}}}


def publish_right(topic_arn: pulumi.Input[str], key_arn: pulumi.Input[str] | None) -> Right:
    """The right to publish to a topic."""
    return Right(topic_arn, ["sns:Publish"], SNS, key_arn, SEND_ENCRYPTED)


def queue_right(
    queue_arn: pulumi.Input[str], actions: Sequence[str], key_arn: pulumi.Input[str] | None, *, sends: bool
) -> Right:
    """The right to send to a queue, or to consume its messages."""
    return Right(queue_arn, actions, SQS, key_arn, SEND_ENCRYPTED if sends else DECRYPT)


def secret_right(arn: pulumi.Input[str], key_arn: pulumi.Input[str] | None) -> Right:
    """The right to read a secret or a parameter; a JSON key at the end of the ARN is ECS's, and is cut off."""
    whole = pulumi.Output.from_input(arn)
    service = whole.apply(lambda known: known.split(":")[2])
    resource = whole.apply(lambda known: ":".join(known.split(":")[:SECRET_PARTS]))
    return Right(resource, service.apply(lambda known: READ[known]), service, key_arn, DECRYPT)
