"""Rules for resource options and regions: protection, ignored changes, providers, parents, and ARNs of another region.

Source: https://www.pulumi.com/docs/iac/concepts/options/
"""

import re
from typing import Final

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import ADVISORY, MANDATORY, MEDIUM, OFF, Finding, Outcomes, stack_rule
from slipway_policies.engine.resources import camel_case
from slipway_policies.engine.values import UnreadableError, texts
from slipway_policies.rules.cloudwatch.logs import ALARM_ACTIONS, ALARMS, LOG_GROUP
from slipway_policies.rules.ecr.repositories import REPOSITORY
from slipway_policies.rules.ecs.services import EVENT_TARGET
from slipway_policies.rules.graph.fan_out import NOTIFICATION
from slipway_policies.rules.graph.hosts import has_elastic_ip
from slipway_policies.rules.iam.trust import REGION_NAME
from slipway_policies.rules.kms.keys import KEY
from slipway_policies.rules.sns.topics import SUBSCRIPTION, TOPIC
from slipway_policies.rules.sqs.queues import QUEUE

REGION: Final = re.compile(REGION_NAME)
STATEFUL: Final = (
    KEY,
    REPOSITORY,
    QUEUE,
    "aws:dynamodb/table:Table",
    "aws:ebs/volume:Volume",
    "aws:efs/fileSystem:FileSystem",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:secretsmanager/secret:Secret",
)
OPTIONS = "https://docs.aws.amazon.com/prescriptive-guidance/latest/choose-iac-tool/pulumi.html"
SECURITY_PROPERTY: Final = re.compile(
    r"\*|policy|.*Policy|.*Policies|.*PolicyArns|ingress|egress|.*[sS]ecurityGroup.*|.*[kK]ms.*|.*[eE]ncrypt.*|"
    r"metadataOptions|sslPolicy|protocol|publicly.*|associatePublicIp.*|imageTagMutability|.*[lL]ogging.*|accessLogs"
)
GLOBAL: Final = ("aws:iam/", "aws:route53/", "aws:cloudfront/", "aws:organizations/", "aws:globalaccelerator/")
# Type, to its properties with ARNs of the same region. An event bus as a target may be anywhere.
PLACED: Final = {
    **dict.fromkeys(ALARMS, ALARM_ACTIONS),
    EVENT_TARGET: ("arn", "deadLetterConfig"),
    LOG_GROUP: ("kmsKeyId",),
    QUEUE: ("kmsMasterKeyId",),
    SUBSCRIPTION: ("topic", "redrivePolicy"),
    TOPIC: ("kmsMasterKeyId",),
    REPOSITORY: ("encryptionConfigurations",),
    "aws:lb/listener:Listener": ("certificateArn",),
    "aws:lb/listenerCertificate:ListenerCertificate": ("certificateArn", "listenerArn"),
    "aws:wafv2/webAclAssociation:WebAclAssociation": ("resourceArn", "webAclArn"),
    NOTIFICATION: ("queues", "topics"),
}
ANYWHERE: Final = "events"
HARMLESS: Final = {"redrivePolicy", "redriveAllowPolicy", "filterPolicy", "deliveryPolicy", "lifecyclePolicy"}


@stack_rule(
    level=OFF,
    severity=MEDIUM,
    link=OPTIONS,
    fix="set protect in the resource's options, or in the options of slipway's component: its children inherit it",
)
def protect_stateful(stack: Graph) -> Outcomes:
    """Resources with data are protected: Pulumi refuses to delete them.

    Off unless configured, because a protected resource cannot be replaced either.
    """
    for node in stack.of(*STATEFUL):
        if not node.resource.options.protect:
            yield Finding("options.protect", "is not true, so destroying the stack deletes its data", node.urn)


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST CM-2",),
    link=OPTIONS,
    fix="remove it from ignoreChanges, so the program stays in control; slipway's components ignore no such property",
)
def no_ignore_security_props(stack: Graph) -> Outcomes:
    """No program ignores changes to policies, security rules, keys or encryption.

    An instance with an Elastic IP may ignore associatePublicIpAddress: AWS sets it to true there.
    """
    for node in stack.nodes.values():
        for path in node.resource.options.ignore_changes:
            name = camel_case(re.split(r"[.\[]", path)[0])
            own_address = name == "associatePublicIpAddress" and has_elastic_ip(stack, node)
            if name not in HARMLESS and SECURITY_PROPERTY.fullmatch(name) and not own_address:
                yield Finding("options.ignoreChanges", f"names {name}", node.urn)


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST CM-7",),
    link="https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",
    fix=(
        "set aws:region of the stack, or region of the provider or resource, to an allowed region; slipway's "
        "components use the region of their provider"
    ),
    settings={
        "regions": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Allowed regions, such as eu-west-1; an empty list allows all.",
        }
    },
)
def allowed_regions(stack: Graph) -> Outcomes:
    """Resources are in regions where data may be kept, by their own region or their provider's.

    Those of global services, such as IAM and Route 53, are in none.
    """
    allowed = stack.config.texts("regions")
    elsewhere: dict[str, list[Node]] = {}
    for node in stack.nodes.values() if allowed else ():
        region = node.output("region") or node.resource.options.provider.get("region")
        if (
            node.resource.type.startswith("aws:")
            and not node.resource.type.startswith(GLOBAL)
            and isinstance(region, str)
            and region not in allowed
        ):
            elsewhere.setdefault(region, []).append(node)
    for region, nodes in elsewhere.items():
        more = f", and {len(nodes) - 1} more with it" if len(nodes) > 1 else ""
        yield Finding("region", f"is {region}, not one of regions in the policy config{more}", nodes[0].urn)


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=OPTIONS,
    fix=(
        "add the resource inside the component, or stop the transform from removing it; slipway's components create "
        "their own"
    ),
    settings={
        "children": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "default": {},
            "description": "Component type, such as shop:index:Service, to the resource types required below it.",
        }
    },
)
def component_contract(stack: Graph) -> Outcomes:
    """Components contain the required resources, such as an alarm in each service."""
    for component, kinds in stack.config.lists("children").items():
        for node in stack.of(component):
            present = {child.resource.type for child in stack.below(node)}
            for kind in kinds:
                if kind not in present:
                    yield Finding("children", f"lack a {kind}", node.urn)


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html",
    fix="name one of the resource's region, or set region of the resource; across regions only a topic delivers, to a queue "
    "subscribed in the topic's region, as slipway's FanOut does (additional_topic_arns)",
)
def arns_of_the_same_region(stack: Graph) -> Outcomes:
    """Resources name keys, topics, queues and certificates of their own region where AWS takes no other.

    AWS refuses the resource otherwise, or the key of another region stops its messages.
    """
    for kind, properties in PLACED.items():
        for node in stack.of(kind):
            region = node.output("region")
            for prop in properties if REGION.fullmatch(str(region)) else ():
                far = [
                    named for arn in _arns(node, prop) if REGION.fullmatch(named := _region(arn)) and named != region
                ]
                if far:
                    yield Finding(prop, f"names an ARN of {far[0]}, and the resource is in {region}", node.urn)


def _arns(node: Node, prop: str) -> list[str]:
    try:
        written = node.resource.document(prop).raw if prop == "redrivePolicy" else node.resource[prop].raw
    except UnreadableError:
        return []
    return [text for text in texts(written) if text.startswith("arn:")]


def _region(arn: str) -> str:
    """Region of an ARN; empty where it has none, or may have another."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 4 and parts[2] != ANYWHERE else ""
