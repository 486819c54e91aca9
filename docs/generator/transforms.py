"""The escape hatch of each component: a program with a transform of one property of the main child."""

import json
from dataclasses import dataclass

from docs.generator.registrations import SAMPLE_NAME, Sample
from docs.generator.schema import Component

LINE_LENGTH = 100


@dataclass(frozen=True)
class Change:
    """A property without an argument of the component."""

    kind: str
    """Type of the main child."""
    key: str
    """Name of the property as the provider has it, in camelCase."""
    value: str | int | bool


MAIN_CHILD = {
    "Bastion": Change("aws:ec2/instance:Instance", "monitoring", True),
    "Cluster": Change("aws:ecs/cluster:Cluster", "name", "shop-production"),
    "ContainerImage": Change("aws:ecr/repository:Repository", "imageTagMutability", "MUTABLE"),
    "EksCluster": Change("aws:eks/cluster:Cluster", "forceUpdateVersion", True),
    "FanOut": Change("aws:sns/topic:Topic", "tracingConfig", "Active"),
    "FargateService": Change("aws:ecs/service:Service", "forceNewDeployment", True),
    "Host": Change("aws:ec2/instance:Instance", "monitoring", True),
    "Job": Change("aws:ecs/taskDefinition:TaskDefinition", "pidMode", "task"),
    "LoadBalancer": Change("aws:lb/loadBalancer:LoadBalancer", "preserveHostHeader", True),
    "Network": Change("aws:ec2/vpc:Vpc", "instanceTenancy", "dedicated"),
    "Queue": Change("aws:sqs/queue:Queue", "maxMessageSize", 65536),
    "QueueWorker": Change("aws:ecs/service:Service", "forceNewDeployment", True),
    "Topic": Change("aws:sns/topic:Topic", "displayName", "Alerts"),
}


def change_of(component: str) -> Change:
    """The change on a component's page."""
    if component not in MAIN_CHILD:
        raise LookupError(f"docs/generator/transforms.py has no MAIN_CHILD for {component}; add its main child there")
    return MAIN_CHILD[component]


def program(component: Component, fewest: Sample) -> str:
    """A whole program with the fewest arguments and a transform of the main child."""
    change = change_of(component.name)
    arguments = "".join(f"        {literal(key)}: {value},\n" for key, value in arguments_of(component, fewest).items())
    given = f"{{\n{arguments}    }}" if arguments else "{}"
    return f"""\
import pulumi
from slipway import {component.name}


def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    if args.type_ != "{change.kind}":
        return None  # this child stays as it is
    return pulumi.ResourceTransformResult({{**args.props, "{change.key}": {literal(change.value)}}}, args.opts)


{component.name}(
    "{SAMPLE_NAME}",
    {given},
    pulumi.ResourceOptions(transforms=[transform]),
)
"""


def arguments_of(component: Component, fewest: Sample) -> dict[str, str]:
    """Argument to its value as Python source."""
    texts = {it.name for it in component.arguments if it.type.startswith("string")}
    written = {key: value.replace("<context>", "app") for key, value in fewest.arguments.items()}
    return {key: literal(value if key in texts else json.loads(value)) for key, value in written.items()}


def literal(value: object, indent: int = 8) -> str:
    """A JSON value as Python source, with double quotes; a long dict takes one line for each item."""
    if isinstance(value, dict):
        items = [f"{literal(key)}: {literal(item, indent + 4)}" for key, item in value.items()]
        inline = "{" + ", ".join(items) + "}"
        if len(inline) + indent <= LINE_LENGTH:
            return inline
        return "{\n" + "".join(f"{' ' * (indent + 4)}{item},\n" for item in items) + f"{' ' * indent}}}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(item, indent) for item in value) + "]"
    return json.dumps(value) if isinstance(value, str) else repr(value)
