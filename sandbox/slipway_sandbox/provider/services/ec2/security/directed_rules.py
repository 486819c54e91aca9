"""aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule: one rule as a resource of its own."""

from collections.abc import Callable

from slipway_sandbox.provider.aws.declaration import Failures, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import blocks
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, cidr_failures
from slipway_sandbox.provider.services.ec2.security.security_groups import protocol_name

SOURCES = {
    "cidrIpv4": ("IpRanges", "CidrIp"),
    "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}
RULE = "ipProtocol fromPort toPort description " + " ".join(SOURCES)


def create_rule(direction: str) -> Callable[[Scope], Properties]:
    """Creates one rule in a group."""

    def create(scope: Scope) -> Properties:
        source = next(name for name in SOURCES if scope.get(name))
        member, key = SOURCES[source]
        entry: dict[str, Value] = {key: scope.get(source)}
        if scope.get("description"):
            entry["Description"] = scope.get("description")
        entries: list[Value] = [entry]
        permission: dict[str, Value] = {"IpProtocol": protocol_name(scope.get("ipProtocol")), member: entries}
        for port, name in (("FromPort", "fromPort"), ("ToPort", "toPort")):
            if scope.get(name) is not None:
                permission[port] = scope.get(name)
        group = scope.get("securityGroupId")
        reply = scope.call(f"authorize_security_group_{direction}", GroupId=group, IpPermissions=[permission])
        return blocks(reply, "SecurityGroupRules")[0]

    return create


def modify_rule(scope: Scope) -> None:
    """Changes a rule in place."""
    rule = {name[0].upper() + name[1:]: scope.get(name) for name in RULE.split() if scope.get(name) is not None}
    rule = {"FromPort": -1, "ToPort": -1, **rule, "IpProtocol": protocol_name(scope.get("ipProtocol"))}
    if "ReferencedSecurityGroupId" in rule:
        rule["ReferencedGroupId"] = rule.pop("ReferencedSecurityGroupId")
    change: dict[str, Value] = {"SecurityGroupRuleId": scope.id, "SecurityGroupRule": rule}
    scope.call("modify_security_group_rules", GroupId=scope.get("securityGroupId"), SecurityGroupRules=[change])


def read_rule(scope: Scope) -> Properties | None:
    """The rule, without EC2's -1 for inapplicable ports."""
    reply = scope.call("describe_security_group_rules", SecurityGroupRuleIds=[scope.id])
    rules = blocks(reply, "SecurityGroupRules")
    return {name: value for name, value in rules[0].items() if value not in (-1, "")} if rules else None


def validate_rule(inputs: Properties) -> Failures:
    """One source or destination, and ports for TCP and UDP."""
    failures = []
    if sum(name in inputs for name in SOURCES) != 1:
        failures.append(("cidrIpv4", f"exactly one of {', '.join(SOURCES)} is required"))
    if protocol_name(inputs.get("ipProtocol")) in ("tcp", "udp") and "fromPort" not in inputs:
        failures.append(("fromPort", f"is required for protocol {inputs['ipProtocol']}"))
    for name in ("cidrIpv4", "cidrIpv6"):
        failures += [(name, reason) for _, reason in cidr_failures(name, [inputs.get(name)])]
    for name in ("fromPort", "toPort"):
        port = inputs.get(name)
        if isinstance(port, int) and not -1 <= port <= 65535:
            failures.append((name, f"must be in the range (-1 - 65535), got {port}"))
    return failures


def rule(direction: str, name: str) -> Resource:
    """The resource type for one direction."""
    return Resource(
        f"aws:vpc/securityGroup{name}:SecurityGroup{name}",
        "ec2",
        create=create_rule(direction),
        id="SecurityGroupRuleId",
        read=read_rule,
        updates=(Update(RULE, modify_rule),),
        delete=lambda scope: scope.call(
            f"revoke_security_group_{direction}", GroupId=scope.get("securityGroupId"), SecurityGroupRuleIds=[scope.id]
        ),
        tags=TAGS,
        names={"securityGroupId": "GroupId", "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId"},
        computed={"arn": arn("security-group-rule"), "securityGroupRuleId": "{id}"},
        compare={"ipProtocol": protocol_name},
        immutable={"a rule belongs to one group": "securityGroupId"},
        validate=validate_rule,
    )


RESOURCES = (rule("ingress", "IngressRule"), rule("egress", "EgressRule"))
