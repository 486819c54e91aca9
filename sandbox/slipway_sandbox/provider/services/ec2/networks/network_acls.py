"""Network ACLs with inline rules, and rules as resources of their own."""

from collections.abc import Iterable

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block, blocks, number, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, filter_list

LAST_RULE = 32767  # EC2's own one: it denies everything else
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
"""A rule's key on EC2: its number, and whether it is for egress."""


def protocol(name: Value) -> str:
    """A protocol as EC2 answers it: its number."""
    return PROTOCOLS.get(str(name).lower(), str(name))


def entry(scope: Scope, rule: Properties, *, egress: bool) -> dict[str, Value]:
    """A rule for EC2's calls; with ports or ICMP types, depending on the protocol."""
    protocol_number = protocol(rule["protocol"])
    ports = {"fromPort", "toPort"} if protocol_number in ("-1", "1", "58") else {"icmpType", "icmpCode"}
    values = {name: value for name, value in rule.items() if value not in (None, "") and name not in ports}
    return scope.members("create_network_acl_entry", {**values, "protocol": protocol_number, "egress": egress}, ENTRY)


def keyed(entries: Iterable[dict[str, Value]]) -> dict[Key, dict[str, Value]]:
    """Entries by key, without EC2's own last ones."""
    by_key = {(number(entry, "RuleNumber"), bool(entry["Egress"])): entry for entry in entries}
    return {key: entry for key, entry in by_key.items() if key[0] < LAST_RULE}


def acl(scope: Scope, acl_id: str) -> dict[str, Value]:
    """EC2's answer about an ACL."""
    return blocks(scope.call("describe_network_acls", NetworkAclIds=[acl_id]), "NetworkAcls")[0]


def sync_rules(scope: Scope) -> None:
    """Changes the ACL's rules to the program's."""
    rules = [(rule, direction == "egress") for direction in ("ingress", "egress") for rule in blocks(scope, direction)]
    wanted = keyed(entry(scope, rule, egress=egress) for rule, egress in rules)
    present = keyed(blocks(acl(scope, scope.id), "Entries"))
    for rule_number, egress in present.keys() - wanted.keys():
        scope.call("delete_network_acl_entry", NetworkAclId=scope.id, RuleNumber=rule_number, Egress=egress)
    for key, request in wanted.items():
        operation = "replace_network_acl_entry" if key in present else "create_network_acl_entry"
        scope.call(operation, NetworkAclId=scope.id, **request)


def move(scope: Scope, subnet_ids: Iterable[str], to: str) -> None:
    """Associates subnets with another ACL."""
    wanted = set(subnet_ids)
    for present in blocks(scope.call("describe_network_acls"), "NetworkAcls"):
        for association in blocks(present, "Associations"):
            if association["SubnetId"] in wanted and present["NetworkAclId"] != to:
                association_id = association["NetworkAclAssociationId"]
                scope.call("replace_network_acl_association", AssociationId=association_id, NetworkAclId=to)


def default_acl(scope: Scope) -> str:
    """The VPC's ACL for subnets without one of their own."""
    filters = filter_list({"vpc-id": scope.get("vpcId"), "default": "true"})
    return text(blocks(scope.call("describe_network_acls", Filters=filters), "NetworkAcls")[0], "NetworkAclId")


def sync_subnets(scope: Scope) -> None:
    """Associates the program's subnets with the ACL, and its former ones with the default ACL."""
    wanted, before = set(texts(scope.inputs, "subnetIds")), set(texts(scope.state, "subnetIds"))
    move(scope, wanted, scope.id)
    if before - wanted:
        move(scope, before - wanted, default_acl(scope))


def read_acl(scope: Scope) -> Properties | None:
    """The ACL, its rules as blocks."""
    present = acl(scope, scope.id)
    rules = keyed(blocks(present, "Entries"))
    return {
        **{name: value for name, value in present.items() if name != "Entries"},
        "ingress": [inline_rule(rule) for (_, egress), rule in rules.items() if not egress],
        "egress": [inline_rule(rule) for (_, egress), rule in rules.items() if egress],
        "subnetIds": [association["SubnetId"] for association in blocks(present, "Associations")],
    }


def inline_rule(rule: Properties) -> dict[str, Value]:
    """EC2's rule as a block of `ingress` or `egress`."""
    ports, icmp = block(rule, "PortRange"), block(rule, "IcmpTypeCode")
    return {
        "cidrBlock": rule.get("CidrBlock"),
        "ipv6CidrBlock": rule.get("Ipv6CidrBlock"),
        "ruleNo": rule["RuleNumber"],
        "action": rule["RuleAction"],
        "protocol": rule["Protocol"],
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
        "icmpType": icmp.get("Type", 0),
        "icmpCode": icmp.get("Code", 0),
    }


def comparable(rules: Value) -> dict[str, dict[str, Value]]:
    """Rules by number, in EC2's spelling."""
    return {
        str(rule.get("ruleNo")): {
            **{name: value for name, value in rule.items() if value not in (None, "", 0)},
            "protocol": protocol(rule.get("protocol")),
            "action": str(rule.get("action")).lower(),
        }
        for rule in blocks({"rules": rules}, "rules")
    }


def delete_acl(scope: Scope) -> None:
    """Deletes the ACL; its subnets get the default one."""
    subnets = [text(association, "SubnetId") for association in blocks(acl(scope, scope.id), "Associations")]
    move(scope, subnets, default_acl(scope))
    scope.call("delete_network_acl", NetworkAclId=scope.id)


def rule_id(scope: Scope, rule_number: Value, protocol_name: Value, *, egress: bool) -> str:
    """The rule's import id, with its protocol as a number."""
    return f"{scope.get('networkAclId')}:{rule_number}:{protocol(protocol_name)}:{str(egress).lower()}"


def create_rule(scope: Scope) -> Properties:
    """Adds a rule to an ACL."""
    egress = bool(scope.get("egress"))
    scope.call("create_network_acl_entry", **entry(scope, scope.inputs, egress=egress))
    return {"id": rule_id(scope, scope.get("ruleNumber"), scope.get("protocol"), egress=egress)}


def read_rule(scope: Scope) -> Properties | None:
    """The rule in its ACL; None without it."""
    egress = str(scope.get("egress") or False).lower() == "true"
    rule_number = int(str(scope.get("ruleNumber")))
    rule = keyed(blocks(acl(scope, text(scope, "networkAclId")), "Entries")).get((rule_number, egress))
    return rule and {**rule, "id": rule_id(scope, rule_number, rule["Protocol"], egress=egress)}


def delete_rule(scope: Scope) -> None:
    """Takes the rule out of its ACL; moto fails on a missing one."""
    if read_rule(scope) is None:
        return
    rule_number, egress = int(str(scope.get("ruleNumber"))), bool(scope.get("egress"))
    acl_id = scope.get("networkAclId")
    scope.call("delete_network_acl_entry", NetworkAclId=acl_id, RuleNumber=rule_number, Egress=egress)


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
