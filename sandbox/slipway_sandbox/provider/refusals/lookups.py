"""Looks into the cloud that more than one refusal needs. What does not exist is left out: moto refuses that itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.scope import ACCOUNT, Scope


def filtered(scope: Scope, operation: str, name: str, values: Iterable[str]) -> dict[str, Any]:
    """EC2's answer for what passes a filter, such as subnet-id."""
    return scope.cloud.client.call("ec2", operation, scope.region, Filters=[{"Name": name, "Values": list(values)}])


def subnets(scope: Scope, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The subnets as EC2 describes them."""
    wanted = list(ids)
    return list(filtered(scope, "describe_subnets", "subnet-id", wanted)["Subnets"]) if wanted else []


def group_vpcs(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """Security group to its VPC."""
    wanted = list(ids)
    found = filtered(scope, "describe_security_groups", "group-id", wanted)["SecurityGroups"] if wanted else []
    return {each["GroupId"]: each["VpcId"] for each in found}


def foreign_group(scope: Scope, subnet_ids: Iterable[str], group_ids: Iterable[str]) -> str | None:
    """EC2's message when a security group is not of the VPC that the subnets are in."""
    groups = group_vpcs(scope, group_ids)
    for subnet in subnets(scope, subnet_ids) if groups else []:
        for group, vpc in groups.items():
            if vpc != subnet["VpcId"]:
                return f"Security group {group} and subnet {subnet['SubnetId']} belong to different networks."
    return None


def gateway_vpcs(scope: Scope, gateway_id: str) -> list[str]:
    """The VPC that an internet gateway is attached to; none when it is attached to none."""
    found = filtered(scope, "describe_internet_gateways", "internet-gateway-id", [gateway_id])["InternetGateways"]
    return [each["VpcId"] for gateway in found for each in gateway["Attachments"]]


def has_internet_gateway(scope: Scope, vpc_id: str) -> bool:
    """Whether an internet gateway is attached to the VPC; the default one has one on AWS, and none in moto."""
    vpcs = filtered(scope, "describe_vpcs", "vpc-id", [vpc_id])["Vpcs"]
    is_default = any(each["IsDefault"] for each in vpcs)
    attached = filtered(scope, "describe_internet_gateways", "attachment.vpc-id", [vpc_id])["InternetGateways"]
    return is_default or bool(attached)


def routes_of(scope: Scope, subnet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The routes of a subnet's own table, else of its VPC's main one."""
    own = filtered(scope, "describe_route_tables", "association.subnet-id", [subnet["SubnetId"]])["RouteTables"]
    every = own or filtered(scope, "describe_route_tables", "vpc-id", [subnet["VpcId"]])["RouteTables"]
    main = [each for each in every if own or any(tie.get("Main") for tie in each["Associations"])]
    return [route for table in main for route in table["Routes"]]


def may_assume(scope: Scope, role_arn: str, service: str) -> bool:
    """Whether a role exists and a service may assume it. A role of another account counts as one that may be."""
    if f"::{ACCOUNT}:" not in role_arn:
        return True
    role = found_by(scope, "iam", "get_role", "NoSuchEntity", RoleName=role_arn.rpartition("/")[2])
    document: Any = role["Role"]["AssumeRolePolicyDocument"] if role else {}
    return any(_trusts(statement, service) for statement in listed(document.get("Statement")))


def profile_exists(scope: Scope, name: str) -> bool:
    """Whether there is an instance profile of this name."""
    return found_by(scope, "iam", "get_instance_profile", "NoSuchEntity", InstanceProfileName=name) is not None


def found_by(scope: Scope, service: str, operation: str, missing: str, **params: Any) -> dict[str, Any] | None:
    """What a call answers; None when it answers with the error code that means "does not exist"."""
    try:
        return scope.cloud.client.call(service, operation, scope.region, **params)
    except AwsError as error:
        if error.code != missing:
            raise
        return None


def listed(value: Any) -> list[Any]:
    """A list as it is, anything else as a list of one, nothing as none: as policies are read."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _trusts(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    services = listed(principal.get("Service")) if isinstance(principal, Mapping) else [service]
    actions = {str(each).lower() for each in listed(statement.get("Action"))}
    return (
        statement.get("Effect") == "Allow" and service in services and bool(actions & {"sts:assumerole", "sts:*", "*"})
    )
