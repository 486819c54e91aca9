"""Network ACLs with the rules written in them, and rules as resources of their own."""

from collections.abc import Iterable, Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.services.ec2.common import TAGS, arn

LAST_RULE = 32767  # the one that EC2 keeps for itself: everything else is denied
PROTOCOLS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
ENTRY = Names(
    "",
    {
        "ruleNo": "RuleNumber",
        "action": "RuleAction",
        "fromPort": "PortRange.From",
        "toPort": "PortRange.To",
        "icmpType": "IcmpTypeCode.Type",
        "icmpCode": "IcmpTypeCode.Code",
    },
)
Key = tuple[int, bool]
"""Number of a rule and whether it is about what leaves: what EC2 knows it by."""


def protocol(name: Any) -> str:
    """A protocol as EC2 answers it: its number."""
    return PROTOCOLS.get(str(name).lower(), str(name))


def entry(scope: Scope, rule: Mapping[str, Any], *, egress: bool) -> dict[str, Any]:
    """A rule as EC2's calls take it; ports and ICMP types only where the protocol has them."""
    number = protocol(rule["protocol"])
    ports = {"fromPort", "toPort"} if number in ("-1", "1", "58") else {"icmpType", "icmpCode"}
    given = {name: value for name, value in rule.items() if value not in (None, "") and name not in ports}
    return scope.members("create_network_acl_entry", {**given, "protocol": number, "egress": egress}, ENTRY)


def keyed(entries: Iterable[Mapping[str, Any]]) -> dict[Key, Mapping[str, Any]]:
    """Entries by what EC2 knows them by, without its own last ones."""
    found = {(each["RuleNumber"], each["Egress"]): each for each in entries}
    return {key: each for key, each in found.items() if key[0] < LAST_RULE}


def acl(scope: Scope, acl_id: str) -> dict[str, Any]:
    """What EC2 answers about an ACL."""
    return dict(scope.call("describe_network_acls", NetworkAclIds=[acl_id])["NetworkAcls"][0])


def sync_rules(scope: Scope) -> None:
    """Makes the ACL's rules those that are asked for."""
    asked = [
        (rule, direction == "egress") for direction in ("ingress", "egress") for rule in scope.get(direction) or []
    ]
    wanted = keyed(entry(scope, rule, egress=egress) for rule, egress in asked)
    present = keyed(acl(scope, scope.id)["Entries"])
    for number, egress in present.keys() - wanted.keys():
        scope.call("delete_network_acl_entry", NetworkAclId=scope.id, RuleNumber=number, Egress=egress)
    for key, request in wanted.items():
        operation = "replace_network_acl_entry" if key in present else "create_network_acl_entry"
        scope.call(operation, NetworkAclId=scope.id, **request)


def move(scope: Scope, subnet_ids: Iterable[str], to: str) -> None:
    """Ties subnets to another ACL."""
    wanted = set(subnet_ids)
    for each in scope.call("describe_network_acls")["NetworkAcls"]:
        for association in each["Associations"]:
            if association["SubnetId"] in wanted and each["NetworkAclId"] != to:
                association_id = association["NetworkAclAssociationId"]
                scope.call("replace_network_acl_association", AssociationId=association_id, NetworkAclId=to)


def default_acl(scope: Scope) -> str:
    """The ACL that subnets without one of their own have."""
    filters = [{"Name": "vpc-id", "Values": [scope.get("vpcId")]}, {"Name": "default", "Values": ["true"]}]
    return str(scope.call("describe_network_acls", Filters=filters)["NetworkAcls"][0]["NetworkAclId"])


def sync_subnets(scope: Scope) -> None:
    """Ties the subnets that are asked for to the ACL, and those that were taken out to the default one."""
    wanted, before = set(scope.inputs.get("subnetIds") or []), set(scope.state.get("subnetIds") or [])
    move(scope, wanted, scope.id)
    if before - wanted:
        move(scope, before - wanted, default_acl(scope))


def read_acl(scope: Scope) -> Mapping[str, Any] | None:
    """The ACL, its rules as blocks."""
    found = acl(scope, scope.id)
    rules = keyed(found.pop("Entries"))
    return {
        **found,
        "ingress": [block(each) for (_, egress), each in rules.items() if not egress],
        "egress": [block(each) for (_, egress), each in rules.items() if egress],
        "subnetIds": [each["SubnetId"] for each in found["Associations"]],
    }


def block(found: Mapping[str, Any]) -> dict[str, Any]:
    """A rule that EC2 answers as a block of `ingress` or `egress`."""
    ports, icmp = found.get("PortRange", {}), found.get("IcmpTypeCode", {})
    return {
        **{
            name: found.get(member) for name, member in (("cidrBlock", "CidrBlock"), ("ipv6CidrBlock", "Ipv6CidrBlock"))
        },
        "ruleNo": found["RuleNumber"],
        "action": found["RuleAction"],
        "protocol": found["Protocol"],
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
        "icmpType": icmp.get("Type", 0),
        "icmpCode": icmp.get("Code", 0),
    }


def comparable(rules: Any) -> Any:
    """Rules by number, as EC2 would answer them."""
    return {
        rule.get("ruleNo"): {name: value for name, value in rule.items() if value not in (None, "", 0)}
        | {"protocol": protocol(rule.get("protocol")), "action": str(rule.get("action")).lower()}
        for rule in rules or []
    }


def delete_acl(scope: Scope) -> None:
    """Deletes the ACL; its subnets get the default one."""
    move(scope, [each["SubnetId"] for each in acl(scope, scope.id)["Associations"]], default_acl(scope))
    scope.call("delete_network_acl", NetworkAclId=scope.id)


def rule_id(scope: Scope, number: Any, protocol_name: Any, *, egress: bool) -> str:
    """The id that a rule is imported by, its protocol as a number."""
    return f"{scope.get('networkAclId')}:{number}:{protocol(protocol_name)}:{str(egress).lower()}"


def create_rule(scope: Scope) -> Mapping[str, Any]:
    """Adds a rule to an ACL."""
    egress = bool(scope.get("egress"))
    scope.call("create_network_acl_entry", **entry(scope, scope.inputs, egress=egress))
    return {"id": rule_id(scope, scope.get("ruleNumber"), scope.get("protocol"), egress=egress)}


def read_rule(scope: Scope) -> Mapping[str, Any] | None:
    """The rule in its ACL; None when it is not there."""
    egress = str(scope.get("egress") or False).lower() == "true"
    number = int(scope.get("ruleNumber"))
    found = keyed(acl(scope, scope.get("networkAclId"))["Entries"]).get((number, egress))
    return found and {**found, "id": rule_id(scope, number, found["Protocol"], egress=egress)}


def delete_rule(scope: Scope) -> None:
    """Takes the rule out of its ACL; moto fails on one that is not there."""
    if read_rule(scope) is None:
        return
    key = {"RuleNumber": int(scope.get("ruleNumber")), "Egress": bool(scope.get("egress"))}
    scope.call("delete_network_acl_entry", NetworkAclId=scope.get("networkAclId"), **key)


RULE = "cidrBlock egress fromPort icmpCode icmpType ipv6CidrBlock networkAclId protocol ruleAction ruleNumber toPort"

RESOURCES = (
    Resource(
        "aws:ec2/networkAcl:NetworkAcl",
        "ec2",
        create=Call("create_network_acl", reply="NetworkAcl"),
        id="NetworkAclId",
        read=read_acl,
        updates=(Update("ingress egress", sync_rules), Update("subnetIds", sync_subnets)),
        delete=delete_acl,
        tags=TAGS,
        computed={"arn": arn("network-acl"), "ownerId": "{account}"},
        compare={"ingress": comparable, "egress": comparable},
        immutable={"an ACL belongs to one VPC": "vpcId"},
        missing="InvalidRouteTableID.NotFound",
    ),
    Resource(
        "aws:ec2/networkAclRule:NetworkAclRule",
        "ec2",
        create=create_rule,
        id="id",
        import_pattern=r"(?P<networkAclId>acl-[^:]+):(?P<ruleNumber>\d+):(?P<protocol>[^:]+):(?P<egress>true|false)",
        read=read_rule,
        delete=delete_rule,
        names={name: member for name, member in ENTRY.exceptions.items() if "." in member},
        defaults={"egress": False},
        compare={"protocol": protocol},
        immutable={"the real provider has no update for it": RULE},
        exclusive=True,  # two rules of one number cannot be
        missing="InvalidRouteTableID.NotFound",
    ),
)
