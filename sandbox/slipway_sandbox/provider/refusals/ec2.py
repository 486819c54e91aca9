"""What EC2 refuses: parts of two networks tied together, ways out that are not there.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal


def group_of_another_vpc(scope: Scope) -> str | None:
    """A security group that is not of the VPC of the instance's subnet."""
    subnet = scope.get("subnetId")
    return lookups.foreign_group(scope, [subnet], scope.inputs.get("vpcSecurityGroupIds") or []) if subnet else None


def unknown_profile(scope: Scope) -> str | None:
    """An instance profile that does not exist."""
    name = scope.inputs.get("iamInstanceProfile")
    if not name or lookups.profile_exists(scope, name):
        return None
    return f"Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"


def volume_in_use(scope: Scope) -> str | None:
    """A volume that is at another instance already, as when a replaced attachment is made before the old one is gone."""
    volume = scope.inputs["volumeId"]
    found = lookups.filtered(scope, "describe_volumes", "volume-id", [volume])["Volumes"]
    is_taken = any(tie["InstanceId"] != scope.inputs["instanceId"] for each in found for tie in each["Attachments"])
    return f"{volume} is already attached to an instance" if is_taken else None


def volume_in_another_zone(scope: Scope) -> str | None:
    """A volume at an instance in another zone."""
    volume, instance = scope.inputs["volumeId"], scope.inputs["instanceId"]
    volumes = lookups.filtered(scope, "describe_volumes", "volume-id", [volume])["Volumes"]
    reservations = lookups.filtered(scope, "describe_instances", "instance-id", [instance])["Reservations"]
    places = {each["Placement"]["AvailabilityZone"] for found in reservations for each in found["Instances"]}
    if not volumes or not places or volumes[0]["AvailabilityZone"] in places:
        return None
    return f"The volume '{volume}' is not in the same availability zone as instance '{instance}'"


def subnet_of_another_vpc(scope: Scope) -> str | None:
    """A route table tied to a subnet of another VPC."""
    table = scope.inputs["routeTableId"]
    for subnet in lookups.subnets(scope, [scope.inputs["subnetId"]] if scope.inputs.get("subnetId") else []):
        if _table_vpc(scope, table) not in (None, subnet["VpcId"]):
            return f"route table {table} and subnet {subnet['SubnetId']} belong to different networks"
    return None


def gateway_of_another_vpc(scope: Scope) -> str | None:
    """A route to an internet gateway of another VPC, or of none."""
    table, gateway = scope.get("routeTableId"), str(scope.inputs.get("gatewayId") or "")
    return _foreign_gateway(scope, table, _table_vpc(scope, table), gateway)


def inline_gateway_of_another_vpc(scope: Scope) -> str | None:
    """A route table with a route to an internet gateway of another VPC, or of none."""
    for route in scope.inputs.get("routes") or []:
        gateway = str(route.get("gatewayId") or "")
        if found := _foreign_gateway(scope, scope.id or "(new)", scope.inputs["vpcId"], gateway):
            return found
    return None


def _foreign_gateway(scope: Scope, table: str, vpc: str | None, gateway: str) -> str | None:
    if not gateway.startswith("igw-") or vpc is None or vpc in lookups.gateway_vpcs(scope, gateway):
        return None
    return f"route table {table} and network gateway {gateway} belong to different networks"


def _table_vpc(scope: Scope, table: str) -> str | None:
    found = lookups.filtered(scope, "describe_route_tables", "route-table-id", [table])["RouteTables"]
    return str(found[0]["VpcId"]) if found else None


def no_internet_gateway(scope: Scope) -> str | None:
    """A public NAT gateway in a VPC without an internet gateway."""
    if scope.inputs.get("connectivityType") == "private":
        return None
    for subnet in lookups.subnets(scope, [scope.inputs["subnetId"]] if scope.inputs.get("subnetId") else []):
        if not lookups.has_internet_gateway(scope, subnet["VpcId"]):
            return f"Network {subnet['VpcId']} has no Internet gateway attached"
    return None


def endpoint_twice_in_a_zone(scope: Scope) -> str | None:
    """An interface endpoint in two subnets of one zone."""
    zones: set[str] = set()
    for subnet in lookups.subnets(scope, scope.inputs.get("subnetIds") or []):
        if subnet["AvailabilityZone"] in zones:
            return f"Found another VPC endpoint subnet in the availability zone of {subnet['SubnetId']}"
        zones.add(subnet["AvailabilityZone"])
    return None


def inline_rule_across_vpcs(scope: Scope) -> str | None:
    """A security group with a rule that names a group of another VPC."""
    rules = [*(scope.inputs.get("ingress") or []), *(scope.inputs.get("egress") or [])]
    return _across(scope, scope.get("vpcId"), [group for rule in rules for group in rule.get("securityGroups") or []])


def rule_across_vpcs(scope: Scope) -> str | None:
    """A rule that lets in or out a group of another VPC."""
    names = ("sourceSecurityGroupId", "referencedSecurityGroupId")
    others = [scope.inputs[name] for name in names if scope.inputs.get(name)]
    own = lookups.group_vpcs(scope, [scope.inputs["securityGroupId"]]) if others else {}
    return _across(scope, own.get(scope.inputs["securityGroupId"]), others)


def _across(scope: Scope, vpc: str | None, groups: list[str]) -> str | None:
    found = lookups.group_vpcs(scope, groups) if vpc else {}
    return (
        "You have specified two resources that belong to different networks." if set(found.values()) - {vpc} else None
    )


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
