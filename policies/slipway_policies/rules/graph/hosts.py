"""Graph rules for paths from the internet to the permissions of a role.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/infrastructure-security.html
"""

from collections.abc import Iterator

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import (
    ADVISORY,
    CRITICAL,
    HIGH,
    MANDATORY,
    MEDIUM,
    Deferred,
    Finding,
    Outcomes,
    stack_rule,
)
from slipway_policies.rules.ec2.instances import INSTANCE
from slipway_policies.rules.ecs.containers import TASK_DEFINITION
from slipway_policies.rules.ecs.services import SERVICE
from slipway_policies.rules.graph.network_paths import SUBNET
from slipway_policies.rules.graph.role_grants import grants
from slipway_policies.rules.graph.security_group_parts import opened
from slipway_policies.rules.graph.service_paths import balancers
from slipway_policies.rules.iam.policies import ROLE
from slipway_policies.rules.vpc.security_groups import GROUP

EIP, EIP_ASSOCIATION = "aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation"
PROFILE, KEY_PAIR = "aws:iam/instanceProfile:InstanceProfile", "aws:ec2/keyPair:KeyPair"
LINK = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"


@stack_rule(
    level=MANDATORY,
    severity=CRITICAL,
    controls=("NIST SC-7", "NIST AC-6"),
    link=LINK,
    fix=(
        "name the addresses that may connect, or remove the permissions from its role (allowed_cidr_blocks of "
        "slipway's Bastion; its role allows Session Manager only)"
    ),
    stands_for=("internet-path-to-data",),
)
def bastion_reachability(stack: Graph) -> Outcomes:
    """No instance open to the whole internet has a role with administrative permissions.

    Finds the combination of three settings: a public address, a security group open to the world, and a role with
    rights to change permissions or with every action of a service.
    """
    for instance in stack.of(INSTANCE):
        group = _open_group(stack, instance) if _public(stack, instance) else None
        for role in _roles(stack, instance) if group else ():
            held = grants(stack, role)
            if held.powerful:
                problem = (
                    f"leads from the internet through {group!r} to role {role.resource.name!r} "
                    "with administrative permissions"
                )
                yield Finding("iamInstanceProfile", problem, instance.urn)
            elif held.unknown:
                yield Deferred("policy", role.urn)


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST IA-5",),
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html",
    fix="create the KeyPair in the stack, as slipway's Bastion does (key_file or public_key), or add its name to "
    "allowedKeyNames in the policy config",
    settings={
        "allowedKeyNames": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Names of allowed key pairs outside of the stack.",
        }
    },
)
def bastion_key_pair(stack: Graph) -> Outcomes:
    """Whoever holds the key of an instance is known: its key pair is of the stack, or on the list."""
    for instance in stack.of(INSTANCE):
        name = instance.output("keyName")
        ours = stack.behind(instance, "keyName", KEY_PAIR, "keyName", "id")
        if name and not ours and name not in stack.config.texts("allowedKeyNames"):
            yield Finding("keyName", "is no KeyPair of the stack and not in allowedKeyNames", instance.urn)


@stack_rule(
    level=ADVISORY,
    severity=HIGH,
    controls=("NIST SC-7", "NIST AC-6"),
    link=LINK,
    fix="close one step of the path: name the addresses that may connect, put a load balancer in front, or name the "
    "data in the role's policy (`permissions` of slipway's services)",
)
def internet_path_to_data(stack: Graph) -> Outcomes:
    """No path leads from the whole internet to data.

    One finding per path: directly to an instance or task with read access to data, or through a load balancer to one
    with read access to all data.
    """
    for instance in stack.of(INSTANCE):
        group = _open_group(stack, instance) if _public(stack, instance) else None
        for role in _roles(stack, instance) if group else ():
            if grants(stack, role).read_data(of_everything=False):
                yield _path(instance, "iamInstanceProfile", group, role)
    for service in stack.of(SERVICE):
        direct = (
            _open_group(stack, service) if service.resource["networkConfiguration"]["assignPublicIp"].true else None
        )
        through = [
            f"{group}, {balancer.resource.name}"
            for balancer in balancers(stack, service)
            if not balancer.resource["internal"].true and (group := _open_group(stack, balancer))
        ]
        for task in stack.behind(service, "taskDefinition", TASK_DEFINITION, "arn", "id", "family"):
            for role in stack.behind(task, "taskRoleArn", ROLE, "arn"):
                held = grants(stack, role)
                if direct and held.read_data(of_everything=False):
                    yield _path(service, "taskDefinition", direct, role)
                elif through and held.read_data(of_everything=True):
                    yield _path(service, "taskDefinition", through[0], role)


def _path(reached: Node, prop: str, way: str | None, role: Node) -> Finding:
    steps = f"internet, {way}, {reached.resource.name}, role {role.resource.name}"
    return Finding(prop, f"ends the path {steps} with read access to data", reached.urn)


def _public(stack: Graph, instance: Node) -> bool:
    """Whether the instance has an address of the internet: its own, its subnet's choice, or an Elastic IP."""
    if instance.resource["associatePublicIpAddress"].true:
        return True
    subnets = stack.behind(instance, "subnetId", SUBNET, "id")
    return any(subnet.resource["mapPublicIpOnLaunch"].true for subnet in subnets) or has_elastic_ip(stack, instance)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP EC2.9", "NIST SC-7"),
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-9",
    fix=(
        "attach an Elastic IP, as slipway's Bastion does, or remove associatePublicIpAddress from ignoreChanges and set it "
        "to false, which replaces the instance"
    ),
)
def ec2_ignored_public_ip(stack: Graph) -> Outcomes:
    """An instance that ignores changes of its public address has an Elastic IP.

    AWS reports associatePublicIpAddress true for an Elastic IP, and a refresh writes that into the state. Ignored changes
    keep it there, so `ec2-no-public-ip` leaves these instances to this rule.
    """
    for instance in stack.of(INSTANCE):
        public = instance.resource["associatePublicIpAddress"]
        if not instance.resource.ignores("associatePublicIpAddress") or has_elastic_ip(stack, instance):
            continue
        if public.unknown:
            yield Deferred(public.path, instance.urn)
        elif public.true:
            yield Finding(public.path, "is true without an Elastic IP, and its changes are ignored", instance.urn)


def has_elastic_ip(stack: Graph, instance: Node) -> bool:
    """Whether the stack gives the instance an Elastic IP."""
    return bool(
        stack.pointing_at(instance, EIP, "instance", "id")
        or stack.pointing_at(instance, EIP_ASSOCIATION, "instanceId", "id")
    )


def _open_group(stack: Graph, owner: Node) -> str | None:
    """The name of the owner's security group open to the internet."""
    for prop in ("vpcSecurityGroupIds", "securityGroups", "networkConfiguration"):
        for group in stack.behind(owner, prop, GROUP, "id", "name"):
            if any(isinstance(one, Finding) for one in opened(stack, group)):
                return group.resource.name
    return None


def _roles(stack: Graph, instance: Node) -> Iterator[Node]:
    for profile in stack.behind(instance, "iamInstanceProfile", PROFILE, "name", "id", "arn"):
        yield from stack.behind(profile, "role", ROLE, "name", "id", "arn")
