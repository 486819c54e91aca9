"""EC2's refusals: parts of two networks in one resource, missing gateways.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks, text, texts
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal


def group_of_another_vpc(scope: Scope) -> str | None:
    """A security group outside of the VPC of the instance's subnet."""
    return lookups.foreign_group(scope, _subnet_ids(scope), texts(scope.inputs, "vpcSecurityGroupIds"))


def _subnet_ids(scope: Scope) -> list[str]:
    return [text(scope, "subnetId")] if scope.get("subnetId") else []


def unknown_profile(scope: Scope) -> str | None:
    """A missing instance profile."""
    name = text(scope.inputs, "iamInstanceProfile", "")
    if not name or lookups.profile_exists(scope, name):
        return None
    return f"Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"


def volume_in_use(scope: Scope) -> str | None:
    """A volume at another instance, such as after a replacement of its attachment in the wrong order."""
    volume_id = text(scope.inputs, "volumeId")
    volumes = blocks(lookups.filtered(scope, "describe_volumes", "volume-id", [volume_id]), "Volumes")
    attachments = [attachment for volume in volumes for attachment in blocks(volume, "Attachments")]
    is_taken = any(attachment["InstanceId"] != scope.inputs["instanceId"] for attachment in attachments)
    return f"{volume_id} is already attached to an instance" if is_taken else None


def volume_in_another_zone(scope: Scope) -> str | None:
    """A volume at an instance in another zone."""
    volume_id, instance_id = text(scope.inputs, "volumeId"), text(scope.inputs, "instanceId")
    volumes = blocks(lookups.filtered(scope, "describe_volumes", "volume-id", [volume_id]), "Volumes")
    reply = lookups.filtered(scope, "describe_instances", "instance-id", [instance_id])
    instances = [item for reservation in blocks(reply, "Reservations") for item in blocks(reservation, "Instances")]
    zones = {text(block(instance, "Placement"), "AvailabilityZone") for instance in instances}
    if not volumes or not zones or volumes[0]["AvailabilityZone"] in zones:
        return None
    return f"The volume '{volume_id}' is not in the same availability zone as instance '{instance_id}'"


def subnet_of_another_vpc(scope: Scope) -> str | None:
    """A route table with a subnet of another VPC."""
    table = text(scope.inputs, "routeTableId")
    for subnet in lookups.subnets(scope, _subnet_ids(scope)):
        if _table_vpc(scope, table) not in (None, subnet["VpcId"]):
            return f"route table {table} and subnet {subnet['SubnetId']} belong to different networks"
    return None


def gateway_of_another_vpc(scope: Scope) -> str | None:
    """A route to an internet gateway of another VPC, or of none."""
    table = text(scope, "routeTableId")
    return _foreign_gateway(scope, table, _table_vpc(scope, table), text(scope.inputs, "gatewayId", ""))


def inline_gateway_of_another_vpc(scope: Scope) -> str | None:
    """A route table with a route to an internet gateway of another VPC, or of none."""
    for route in blocks(scope.inputs, "routes"):
        table, vpc = scope.id or "(new)", text(scope.inputs, "vpcId")
        if message := _foreign_gateway(scope, table, vpc, text(route, "gatewayId", "")):
            return message
    return None


def _foreign_gateway(scope: Scope, table: str, vpc: str | None, gateway: str) -> str | None:
    if not gateway.startswith("igw-") or vpc is None or vpc in lookups.gateway_vpcs(scope, gateway):
        return None
    return f"route table {table} and network gateway {gateway} belong to different networks"


def _table_vpc(scope: Scope, table_id: str) -> str | None:
    reply = lookups.filtered(scope, "describe_route_tables", "route-table-id", [table_id])
    tables = blocks(reply, "RouteTables")
    return text(tables[0], "VpcId") if tables else None


def no_internet_gateway(scope: Scope) -> str | None:
    """A public NAT gateway in a VPC without an internet gateway."""
    if scope.inputs.get("connectivityType") == "private":
        return None
    for subnet in lookups.subnets(scope, _subnet_ids(scope)):
        if not lookups.has_internet_gateway(scope, subnet["VpcId"]):
            return f"Network {subnet['VpcId']} has no Internet gateway attached"
    return None


def endpoint_twice_in_a_zone(scope: Scope) -> str | None:
    """An interface endpoint in two subnets of one zone."""
    zones: set[str] = set()
    for subnet in lookups.subnets(scope, texts(scope.inputs, "subnetIds")):
        zone = text(subnet, "AvailabilityZone")
        if zone in zones:
            return f"Found another VPC endpoint subnet in the availability zone of {subnet['SubnetId']}"
        zones.add(zone)
    return None


def inline_rule_across_vpcs(scope: Scope) -> str | None:
    """A security group with a rule for a group of another VPC."""
    rules = [*blocks(scope.inputs, "ingress"), *blocks(scope.inputs, "egress")]
    groups = [group for rule in rules for group in texts(rule, "securityGroups")]
    return _across(scope, text(scope, "vpcId", ""), groups)


def rule_across_vpcs(scope: Scope) -> str | None:
    """A rule for a group of another VPC."""
    names = ("sourceSecurityGroupId", "referencedSecurityGroupId")
    groups = [text(scope.inputs, name) for name in names if scope.inputs.get(name)]
    own = text(scope.inputs, "securityGroupId")
    return _across(scope, lookups.group_vpcs(scope, [own]).get(own, "") if groups else "", groups)


def _across(scope: Scope, vpc: str, groups: list[str]) -> str | None:
    vpcs = lookups.group_vpcs(scope, groups) if vpc else {}
    return "You have specified two resources that belong to different networks." if set(vpcs.values()) - {vpc} else None


SAME_VPC = "take both from one VPC"
RULE_CODE = "InvalidGroup.NotFound"
REFUSALS = (
    Refusal(
        "aws:ec2/instance:Instance",
        "RunInstances",
        "InvalidParameter",
        "vpcSecurityGroupIds subnetId",
        group_of_another_vpc,
        SAME_VPC,
    ),
    Refusal(
        "aws:ec2/instance:Instance",
        "RunInstances",
        "InvalidParameterValue",
        "iamInstanceProfile",
        unknown_profile,
        "it takes the name of an InstanceProfile, not of a Role",
    ),
    Refusal(
        "aws:ec2/volumeAttachment:VolumeAttachment",
        "AttachVolume",
        "VolumeInUse",
        "volumeId instanceId",
        volume_in_use,
        "set deleteBeforeReplace on the VolumeAttachment",
    ),
    Refusal(
        "aws:ec2/volumeAttachment:VolumeAttachment",
        "AttachVolume",
        "InvalidVolume.ZoneMismatch",
        "volumeId instanceId",
        volume_in_another_zone,
        "take the volume's availabilityZone from the instance",
    ),
    Refusal(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "AssociateRouteTable",
        "InvalidParameterValue",
        "subnetId routeTableId",
        subnet_of_another_vpc,
        SAME_VPC,
    ),
    Refusal(
        "aws:ec2/route:Route",
        "CreateRoute",
        "InvalidParameterValue",
        "gatewayId routeTableId",
        gateway_of_another_vpc,
        "attach the gateway to the route table's VPC",
        patient=True,
    ),
    Refusal(
        "aws:ec2/routeTable:RouteTable",
        "CreateRoute",
        "InvalidParameterValue",
        "routes",
        inline_gateway_of_another_vpc,
        "attach the gateway to the route table's VPC",
        patient=True,
    ),
    Refusal(
        "aws:ec2/natGateway:NatGateway",
        "CreateNatGateway",
        "Gateway.NotAttached",
        "subnetId connectivityType",
        no_internet_gateway,
        "let it depend on the VPC's InternetGateway",
        patient=True,
    ),
    Refusal(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "CreateVpcEndpoint",
        "DuplicateSubnetsInSameZone",
        "subnetIds",
        endpoint_twice_in_a_zone,
        "name one subnet a zone",
    ),
    Refusal(
        "aws:ec2/securityGroup:SecurityGroup",
        "AuthorizeSecurityGroupIngress",
        RULE_CODE,
        "ingress egress",
        inline_rule_across_vpcs,
        SAME_VPC,
    ),
    *(
        Refusal(
            f"aws:{token}",
            operation,
            RULE_CODE,
            f"{source} securityGroupId",
            rule_across_vpcs,
            SAME_VPC,
        )
        for token, operation, source in (
            (
                "ec2/securityGroupRule:SecurityGroupRule",
                "AuthorizeSecurityGroupIngress",
                "sourceSecurityGroupId",
            ),
            (
                "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "AuthorizeSecurityGroupIngress",
                "referencedSecurityGroupId",
            ),
            (
                "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
                "AuthorizeSecurityGroupEgress",
                "referencedSecurityGroupId",
            ),
        )
    ),
)
