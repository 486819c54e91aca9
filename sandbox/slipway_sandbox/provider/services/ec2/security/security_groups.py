"""Security groups with the rules written in them, and key pairs."""

from collections.abc import Iterable, Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.services.ec2.common import TAGS, arn

SOURCES = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
Rule = tuple[str, int, int, str, str, str]
"""Protocol, first port, last port, member of SOURCES, source, description: the unit that EC2 adds and removes."""


def rules_asked(blocks: Iterable[Mapping[str, Any]], own_id: str) -> set[Rule]:
    """The rules that blocks of `ingress` or `egress` stand for."""
    rules: set[Rule] = set()
    for block in blocks:
        sources = [(name, source) for name in SOURCES for source in block.get(name) or []]
        sources += [("securityGroups", own_id)] if block.get("self") else []
        protocol = str(block["protocol"]).lower().replace("all", "-1")
        ports = (0, 0) if protocol == "-1" else (block["fromPort"], block["toPort"])
        rules |= {(protocol, *ports, name, source, block.get("description") or "") for name, source in sources}
    return rules


def rules_present(permissions: Iterable[Mapping[str, Any]]) -> set[Rule]:
    """The rules that EC2 answers."""
    rules: set[Rule] = set()
    for permission in permissions:
        protocol = permission["IpProtocol"]
        ports = (0, 0) if protocol == "-1" else (permission["FromPort"], permission["ToPort"])
        for name, (member, key) in SOURCES.items():
            for source in permission.get(member, []):
                rules.add((protocol, *ports, name, source[key], source.get("Description") or ""))
    return rules


def permission(rule: Rule) -> dict[str, Any]:
    """One rule as EC2's calls take it."""
    protocol, first, last, name, source, description = rule
    member, key = SOURCES[name]
    entry = {key: source, **({"Description": description} if description else {})}
    ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
    return {"IpProtocol": protocol, **ports, member: [entry]}


def blocks(rules: Iterable[Rule], own_id: str) -> list[dict[str, Any]]:
    """Rules as blocks of `ingress` or `egress`, one for each protocol, ports and description."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for protocol, first, last, name, source, description in sorted(rules):
        block = found.setdefault(
            (protocol, first, last, description),
            {"protocol": protocol, "fromPort": first, "toPort": last, "description": description},
        )
        if source == own_id:
            block["self"] = True
        else:
            block.setdefault(name, []).append(source)
    return list(found.values())


def sync(direction: str) -> Any:
    """An update that makes a group's rules in one direction those that are asked for."""
    member = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}[direction]

    def apply(scope: Scope) -> None:
        group = scope.call("describe_security_groups", GroupIds=[scope.id])["SecurityGroups"][0]
        present = rules_present(group[member])
        wanted = rules_asked(scope.inputs.get(direction) or [], scope.id)
        for operation, rules in (
            (f"revoke_security_group_{direction}", present - wanted),
            (f"authorize_security_group_{direction}", wanted - present),
        ):
            if rules:
                scope.call(operation, GroupId=scope.id, IpPermissions=[permission(rule) for rule in sorted(rules)])

    return apply


def create_group(scope: Scope) -> Mapping[str, Any]:
    """Creates a group without EC2's rule that lets everything out, as the real provider does."""
    given = {"VpcId": scope.get("vpcId")} if scope.get("vpcId") else {}
    reply = scope.call(
        "create_security_group", GroupName=scope.inputs["name"], Description=scope.inputs["description"], **given
    )
    scope.id = reply["GroupId"]
    sync("egress")(scope)
    sync("ingress")(scope)
    return reply


def adopt_default_group(scope: Scope) -> Mapping[str, Any]:
    """Takes over the default group of a VPC and makes its rules those that are asked for."""
    vpc_id = (
        scope.get("vpcId")
        or scope.call("describe_vpcs", Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    )
    filters = [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [vpc_id]}]
    group = scope.call("describe_security_groups", Filters=filters)["SecurityGroups"][0]
    scope.id = group["GroupId"]
    sync("egress")(scope)
    sync("ingress")(scope)
    return dict(group)


def read_group(scope: Scope) -> Mapping[str, Any] | None:
    """The group; rules that mean what is recorded are left as they are written there."""
    group = dict(scope.call("describe_security_groups", GroupIds=[scope.id])["SecurityGroups"][0])
    for direction, member in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        present = rules_present(group.pop(member))
        recorded = scope.get(direction)
        if recorded is None or rules_asked(recorded, scope.id) != present:
            group[direction] = blocks(present, scope.id)
    return group


def delete_group(scope: Scope) -> None:
    """Deletes the group; with revokeRulesOnDelete its rules first, so that two groups that name each other can go."""
    if scope.state.get("revokeRulesOnDelete"):
        sync("egress")(scope)
        sync("ingress")(scope)
    scope.call("delete_security_group", GroupId=scope.id)


RULES = (Update("ingress", sync("ingress")), Update("egress", sync("egress")))
GROUP = {"name": "GroupName"}
COMPUTED = {"arn": arn("security-group"), "ownerId": "{account}"}

RESOURCES = (
    Resource(
        "aws:ec2/securityGroup:SecurityGroup",
        "ec2",
        create=create_group,
        id="GroupId",
        read=read_group,
        updates=RULES,
        delete=delete_group,
        tags=TAGS,
        autoname=Autoname(),
        names=GROUP,
        computed=COMPUTED,
        defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
        echoed="revokeRulesOnDelete",
        immutable={"EC2 cannot rename a group or move it": "name description vpcId"},
    ),
    Resource(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "ec2",
        create=adopt_default_group,
        id="GroupId",
        read=read_group,
        updates=RULES,
        delete=None,
        tags=TAGS,
        names=GROUP,
        computed=COMPUTED,
        echoed="revokeRulesOnDelete",
        immutable={"every VPC has its own default group": "vpcId"},
    ),
    Resource(
        "aws:ec2/keyPair:KeyPair",
        "ec2",
        create=Call("import_key_pair"),
        id="{keyName}",
        read=(Call("describe_key_pairs", {"KeyNames": ["{id}"], "IncludePublicKey": True}, reply="KeyPairs[0]"),),
        delete=Call("delete_key_pair", {"KeyName": "{id}"}),
        tags=type(TAGS)(
            add=Call("create_tags", {"Resources": ["{keyPairId}"]}),
            remove=Call("delete_tags", {"Resources": ["{keyPairId}"]}),
            on_create=False,
        ),
        autoname=Autoname("keyName"),
        names={"publicKey": "PublicKeyMaterial", "fingerprint": "KeyFingerprint"},
        reads={"publicKey": "PublicKey"},
        compare={"publicKey": lambda text: str(text).split()[:2]},  # without its comment
        computed={"arn": arn("key-pair")},
        immutable={"EC2 never changes a key": "keyName publicKey"},
    ),
)
