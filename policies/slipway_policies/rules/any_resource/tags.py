"""Required tags, on every resource type with tags.

Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
"""

from slipway_policies.engine.registry import ADVISORY, LOW, Deferred, Finding, Outcomes, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.rules.elasticloadbalancing.load_balancers import LOAD_BALANCERS, TARGET_GROUPS

TAGGABLE = (
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:ec2/eip:Eip",
    "aws:ec2/instance:Instance",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:ecr/repository:Repository",
    "aws:ecs/cluster:Cluster",
    "aws:ecs/service:Service",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:eks/cluster:Cluster",
    "aws:iam/role:Role",
    "aws:kms/key:Key",
    "aws:lambda/function:Function",
    *LOAD_BALANCERS,
    *TARGET_GROUPS,
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:sns/topic:Topic",
    "aws:sqs/queue:Queue",
)


@rule(
    *TAGGABLE,
    level=ADVISORY,
    severity=LOW,
    controls=(
        "Security Hub ECR.4",
        "Security Hub ECS.13",
        "Security Hub ECS.14",
        "Security Hub ECS.15",
        "Security Hub EKS.6",
        "Security Hub SNS.3",
        "Security Hub SQS.2",
    ),
    link="https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html",
    fix=(
        "set it in tags, or for all resources in aws:defaultTags of the stack's configuration; slipway's components "
        "take tags"
    ),
    settings={
        "keys": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Required tag keys; none by default.",
        }
    },
)
def required_tags(resource: Resource) -> Outcomes:
    """Resources have the tags of the policy config.

    The provider's default tags count: it adds them to each resource before the rule looks.
    """
    tags, keys = resource["tags"], resource.config.texts("keys")
    if keys and tags.unknown:
        yield Deferred(tags.path)
        return
    present = set(tags.names())
    for key in keys:
        if key not in present:
            yield Finding(f"tags.{key}", "is missing")
