"""CloudFormation: the policies of queues and topics.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html
"""

import json
from abc import abstractmethod
from typing import ClassVar, Self

from moto.core.common_models import CloudFormationModel
from moto.sns import models as sns
from moto.sqs import models as sqs

from slipway_sandbox.corrections._decorator import sets
from slipway_sandbox.documents import Document, texts


class _Policy:
    """A policy in a stack, with its receivers."""

    named_by: ClassVar[str]
    """Property that names the receivers."""

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name
        self.receivers: list[str] = []

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Document],
        account_id: str,
        region_name: str,
        **_: object,
    ) -> Self:
        """Gives the policy to the receivers that the template names."""
        policy = cls(resource_name)
        policy._give(cloudformation_json, account_id, region_name)
        return policy

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Self,
        new_resource_name: str,  # noqa: ARG003 - the signature is moto's; the resource keeps its name
        cloudformation_json: dict[str, Document],
        account_id: str,
        region_name: str,
    ) -> Self:
        """Gives the new policy, and takes it from receivers that are no longer named."""
        original_resource.delete(account_id, region_name)
        original_resource._give(cloudformation_json, account_id, region_name)
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        """Takes the policy from the receivers that are still there."""
        for receiver in self.receivers:
            self._set(receiver, None, account_id, region_name)

    def is_created(self) -> bool:
        """A policy is there at once."""
        return True

    @staticmethod
    def has_cfn_attr(_: str) -> bool:
        """A policy has no attributes for templates."""
        return False

    def _give(self, resource: dict[str, Document], account_id: str, region_name: str) -> None:
        properties = resource["Properties"]
        self.receivers = texts(properties.get(self.named_by))
        policy = json.dumps(properties["PolicyDocument"], default=str)  # the version of a policy is a date in YAML
        for receiver in self.receivers:
            self._set(receiver, policy, account_id, region_name)

    @staticmethod
    @abstractmethod
    def _set(receiver: str, policy: str | None, account_id: str, region_name: str) -> None:
        """Sets a receiver's policy; None: as it was before any."""


class QueuePolicy(_Policy, CloudFormationModel):
    """AWS::SQS::QueuePolicy."""

    named_by = "Queues"

    @staticmethod
    def cloudformation_type() -> str:
        """Its type in a template."""
        return "AWS::SQS::QueuePolicy"

    @staticmethod
    def _set(receiver: str, policy: str | None, account_id: str, region_name: str) -> None:
        queue = sqs.sqs_backends[account_id][region_name].queues.get(receiver.rpartition("/")[2])
        if queue is not None:
            queue.policy = policy


class TopicPolicy(_Policy, CloudFormationModel):
    """AWS::SNS::TopicPolicy.

    A topic always has a policy: who takes one away sets the default one.
    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sns/topic_policy.go
    """

    named_by = "Topics"

    @staticmethod
    def cloudformation_type() -> str:
        """Its type in a template."""
        return "AWS::SNS::TopicPolicy"

    @staticmethod
    def _set(receiver: str, policy: str | None, account_id: str, region_name: str) -> None:
        topic = sns.sns_backends[account_id][region_name].topics.get(receiver)
        if topic is not None:
            default = topic._create_default_topic_policy(region_name, account_id, topic.name)  # noqa: SLF001
            topic.policy = policy or json.dumps(default)


# CloudFormation finds its types among the subclasses of the model when it is first used; its own module, which brings twenty
# services, is not imported before.
sets(
    sqs,
    "QueuePolicy",
    QueuePolicy,
    why="moto leaves AWS::SQS::QueuePolicy out of a stack, so that no service reaches its queues; CloudFormation sets the policy.",
)
sets(
    sns,
    "TopicPolicy",
    TopicPolicy,
    why="moto leaves AWS::SNS::TopicPolicy out of a stack, so that no service reaches its topics; CloudFormation sets the policy.",
)
