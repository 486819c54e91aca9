"""Topics and queues in two regions, with providers of their own, default tags, transforms, aliases and secrets."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
token = config.require_secret("token")
regions = config.get_object("regions") or ["eu-west-1", "us-east-1"]


def add_owner(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Every queue has an owner, whoever wrote it."""
    if args.type_ != "aws:sqs/queue:Queue":
        return None
    return pulumi.ResourceTransformResult({**args.props, "tags": {"owner": "events"}}, args.opts)


class Events(pulumi.ComponentResource):
    """A FIFO topic that feeds a FIFO queue, with a dead-letter queue behind it."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None):
        super().__init__("wild:index:Events", name, {}, opts)
        own = pulumi.ResourceOptions(parent=self)
        dead = aws.sqs.Queue(f"{name}-dead", fifo_queue=True, opts=own)
        self.queue = aws.sqs.Queue(
            name,
            fifo_queue=True,
            content_based_deduplication=True,
            redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5}),
            opts=own,
        )
        aws.sqs.RedriveAllowPolicy(
            name,
            queue_url=dead.id,
            redrive_allow_policy=self.queue.arn.apply(
                lambda arn: json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [arn]})
            ),
            opts=own,
        )
        self.topic = aws.sns.Topic(
            name,
            fifo_topic=True,
            content_based_deduplication=True,
            opts=pulumi.ResourceOptions(parent=self, aliases=[pulumi.Alias(name=f"{name}-topic")]),
        )
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self.queue.arn,
            "Condition": {"ArnLike": {"aws:SourceArn": self.topic.arn}},
        }
        policy = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})
        aws.sqs.QueuePolicy(name, queue_url=self.queue.id, policy=policy, opts=own)
        self.subscription = aws.sns.TopicSubscription(
            name, topic=self.topic, protocol="sqs", endpoint=self.queue.arn, opts=own
        )
        self.register_outputs({})


made = {}
for region in regions:
    provider = aws.Provider(
        region,
        region=region,
        default_tags=aws.ProviderDefaultTagsArgs(tags={"team": "shop", "region": region}),
        skip_credentials_validation=True,
    )
    made[region] = Events(
        f"orders-{region}",
        pulumi.ResourceOptions(providers={"aws": provider}, transforms=[add_owner]),
    )
by_property = aws.sqs.Queue("by-property", region="ap-southeast-2", kms_master_key_id="alias/aws/sqs")
parameter = aws.ssm.Parameter("token", type="SecureString", value=token, opts=pulumi.ResourceOptions(protect=False))

pulumi.export("tags", {region: events.queue.tags_all for region, events in made.items()})
pulumi.export("arns", pulumi.Output.all(**{region: events.topic.arn for region, events in made.items()}))
pulumi.export("far", by_property.arn)
pulumi.export("token", parameter.value)
