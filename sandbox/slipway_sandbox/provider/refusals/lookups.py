"""Look-ups in the cloud for several refusals. A missing resource is left out: moto refuses it itself."""

from collections.abc import Iterable

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value


def filtered(scope: Scope, operation: str, name: str, values: Iterable[Value]) -> dict[str, Value]:
    """EC2's answer with a filter, such as subnet-id."""
    filters: list[Value] = [{"Name": name, "Values": list(values)}]
    return scope.cloud.client.call("ec2", operation, scope.region, Filters=filters)


def subnets(scope: Scope, ids: Iterable[str]) -> list[dict[str, Value]]:
    """EC2's description of these subnets."""
    wanted = list(ids)
    return blocks(filtered(scope, "describe_subnets", "subnet-id", wanted), "Subnets") if wanted else []


def group_vpcs(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """Security group to its VPC."""
    wanted = list(ids)
    reply = filtered(scope, "describe_security_groups", "group-id", wanted) if wanted else {}
    return {text(group, "GroupId"): text(group, "VpcId") for group in blocks(reply, "SecurityGroups")}


def foreign_group(scope: Scope, subnet_ids: Iterable[str], group_ids: Iterable[str]) -> str | None:
    """EC2's message for a security group outside of the subnets' VPC."""
    groups = group_vpcs(scope, group_ids)
    for subnet in subnets(scope, subnet_ids) if groups else []:
        for group, vpc in groups.items():
            if vpc != subnet["VpcId"]:
                return f"Security group {group} and subnet {subnet['SubnetId']} belong to different networks."
    return None


def gateway_vpcs(scope: Scope, gateway_id: str) -> list[str]:
    """The VPC of an internet gateway; none without an attachment."""
    reply = filtered(scope, "describe_internet_gateways", "internet-gateway-id", [gateway_id])
    gateways = blocks(reply, "InternetGateways")
    return [text(attachment, "VpcId") for gateway in gateways for attachment in blocks(gateway, "Attachments")]


def has_internet_gateway(scope: Scope, vpc_id: Value) -> bool:
    """Whether the VPC has an internet gateway. On AWS the default VPC has one, in moto it has none."""
    is_default = any(vpc["IsDefault"] for vpc in blocks(filtered(scope, "describe_vpcs", "vpc-id", [vpc_id]), "Vpcs"))
    reply = filtered(scope, "describe_internet_gateways", "attachment.vpc-id", [vpc_id])
    return is_default or bool(blocks(reply, "InternetGateways"))


def routes_of(scope: Scope, subnet: Properties) -> list[dict[str, Value]]:
    """The routes of a subnet's own table, else of its VPC's main one."""
    reply = filtered(scope, "describe_route_tables", "association.subnet-id", [subnet["SubnetId"]])
    tables = blocks(reply, "RouteTables")
    if not tables:
        reply = filtered(scope, "describe_route_tables", "vpc-id", [subnet["VpcId"]])
        tables = [
            table
            for table in blocks(reply, "RouteTables")
            if any(association.get("Main") for association in blocks(table, "Associations"))
        ]
    return [route for table in tables for route in blocks(table, "Routes")]


def may_assume(scope: Scope, role_arn: str, service: str) -> bool:
    """Whether a service may assume an existing role. A role of another account passes."""
    if f"::{scope.account}:" not in role_arn:
        return True
    reply = optional(scope, "iam", "get_role", "NoSuchEntity", RoleName=role_arn.rpartition("/")[2])
    document = block(block(reply, "Role"), "AssumeRolePolicyDocument") if reply else {}
    return any(_trusts(statement, service) for statement in statements(document))


def profile_exists(scope: Scope, name: str) -> bool:
    """Whether there is an instance profile of this name."""
    return optional(scope, "iam", "get_instance_profile", "NoSuchEntity", InstanceProfileName=name) is not None


def optional(scope: Scope, service: str, operation: str, missing: str, **params: Value) -> dict[str, Value] | None:
    """The call's answer; None after the error code `missing`."""
    try:
        return scope.cloud.client.call(service, operation, scope.region, **params)
    except AwsError as error:
        if error.code != missing:
            raise
        return None


def statements(document: Value) -> list[Properties]:
    """The statements of a policy; one alone may stand without a list."""
    listed_statements = listed(document.get("Statement")) if isinstance(document, dict) else []
    return [statement for statement in listed_statements if isinstance(statement, dict)]


def listed(value: Value) -> list[Value]:
    """A list as it is, any other value as a list of one, None as none: policies allow all three."""
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def allows(statement: Properties, actions: Iterable[str]) -> bool:
    """Whether a statement allows one of the actions, in lower case."""
    granted = {str(action).lower() for action in listed(statement.get("Action"))}
    return statement.get("Effect") == "Allow" and bool(granted & set(actions))


def _trusts(statement: Properties, service: str) -> bool:
    principal = statement.get("Principal")
    services = listed(principal.get("Service")) if isinstance(principal, dict) else [service]
    return service in services and allows(statement, ("sts:assumerole", "sts:*", "*"))
