"""SNS topic, encrypted, that takes messages over TLS only.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import sns

from ._checks import check_keys, child_name, given
from ._iam import deny_insecure_transport, document
from ._messaging import FIFO_SUFFIX, TOPIC_NAME_LENGTH
from ._tags import named

KMS_KEY_ID = "alias/aws/sns"
SIGNATURE_VERSION = 2  # SHA256; version 1 is SHA1


class TopicArgs(TypedDict):
    """Arguments of Topic."""

    fifo: NotRequired[bool]
    """Keep order within a message group and drop repeats; its queues must be fifo too. Default: false."""
    kms_key_id: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts messages at rest. AWS services that publish, such as alarms, need a key of your own.
    Default: the account's own key for SNS, which lets every principal publish that IAM allows to."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the topic. Default: a Name, and the provider's own."""


class Topic(pulumi.ComponentResource):
    """A topic and the policy that refuses to publish without TLS.

    Raises ArgumentError on a name that no topic may have, or one too long.
    """

    topic_arn: pulumi.Output[str]
    """ARN to publish to and to subscribe to."""
    topic_name: pulumi.Output[str]
    """Name of the topic, as metrics know it."""

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Topic {name!r}"
        check_keys(who, args, TopicArgs)
        child_name(who, name, TOPIC_NAME_LENGTH, FIFO_SUFFIX)
        super().__init__("slipway:index:Topic", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        fifo = given(args.get("fifo"), False)
        key: pulumi.Input[str] = args["kms_key_id"] if args.get("kms_key_id") is not None else KMS_KEY_ID
        topic = sns.Topic(
            name,
            fifo_topic=fifo or None,
            kms_master_key_id=key,
            # A FIFO topic delivers to queues only, which check no signature, and refuses the attribute.
            signature_version=None if fifo else SIGNATURE_VERSION,
            tags=named(name, args.get("tags")),
            opts=child,
        )
        guard = document([deny_insecure_transport("sns:Publish", topic.arn)])
        sns.TopicPolicy(name, arn=topic.arn, policy=pulumi.Output.json_dumps(guard), opts=child)
        self.topic_arn = topic.arn
        self.topic_name = topic.name
        self.register_outputs({"topicArn": self.topic_arn, "topicName": self.topic_name})
