"""Security groups with inline rules, and key pairs."""

from collections.abc import Iterable, Mapping

from slipway_sandbox.provider.aws.declaration import Action, Autoname, Call, Failures, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import blocks, number, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, cidr_failures, filter_list

SOURCES = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
Key = tuple[str, int, int, str, str]
"""Protocol, first port, last port, member of SOURCES, source."""
PROTOCOLS = {"all": "-1", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
Rule = tuple[str, int, int, str, str, str]
"""A key and a description: EC2 adds and removes one such rule at a time."""


def protocol_name(text: Value) -> str:
    """A protocol as EC2 answers it.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group.go,
    protocolForValue

    >>> protocol_name("TCP"), protocol_name("17"), protocol_name("all")
    ('tcp', 'udp', '-1')
    """
    name = str(text).lower()
    return PROTOCOLS.get(name, name)


def rules_of(blocks: Iterable[Properties], own_id: str) -> set[Rule]:
    """The rules in blocks of `ingress` or `egress`."""
    rules: set[Rule] = set()
    for block in blocks:
        sources = [(name, source) for name in SOURCES for source in texts(block, name)]
        sources += [("securityGroups", own_id)] if block.get("self") else []
        protocol = protocol_name(block["protocol"])
        first, last = (0, 0) if protocol == "-1" else (number(block, "fromPort"), number(block, "toPort"))
        description = text(block, "description", "")
        rules |= {(protocol, first, last, name, source, description) for name, source in sources}
    return rules


def rules_present(permissions: Iterable[Properties]) -> set[Rule]:
    """The rules in EC2's answer."""
    rules: set[Rule] = set()
    for permission in permissions:
        protocol = text(permission, "IpProtocol")
        ports = (0, 0) if protocol == "-1" else (number(permission, "FromPort"), number(permission, "ToPort"))
        for name, (member, key) in SOURCES.items():
            for source in blocks(permission, member):
                rules.add((protocol, *ports, name, text(source, key), text(source, "Description", "")))
    return rules


def permission(rule: Rule) -> dict[str, Value]:
    """One rule for EC2's calls."""
    protocol, first, last, name, source, description = rule
    member, key = SOURCES[name]
    entry = {key: source, **({"Description": description} if description else {})}
    ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
    return {"IpProtocol": protocol, **ports, member: [entry]}


def inline_rules(rules: Iterable[Rule], own_id: str) -> list[dict[str, Value]]:
    """Rules as blocks of `ingress` or `egress`, one for each protocol, ports and description."""
    sources: dict[tuple[str, int, int, str], dict[str, list[str]]] = {}
    for protocol, first, last, name, source, description in sorted(rules):
        block = sources.setdefault((protocol, first, last, description), {})
        block.setdefault("self" if source == own_id else name, []).append(source)
    return [
        {
            "protocol": protocol,
            "fromPort": first,
            "toPort": last,
            "description": description,
            **{name: True if name == "self" else items for name, items in block.items()},
        }
        for (protocol, first, last, description), block in sources.items()
    ]


def describe(scope: Scope, group_id: Value) -> dict[str, Value]:
    """EC2's answer about a group."""
    return blocks(scope.call("describe_security_groups", GroupIds=[group_id]), "SecurityGroups")[0]


def sync(direction: str) -> Action:
    """An update of a group's rules in one direction, to the program's."""
    member = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}[direction]

    def apply(scope: Scope) -> None:
        present = rules_present(blocks(describe(scope, scope.id), member))
        wanted = rules_of(blocks(scope.inputs, direction), scope.id)
        for operation, rules in (
            (f"revoke_security_group_{direction}", present - wanted),
            (f"authorize_security_group_{direction}", wanted - present),
        ):
            if rules:
                scope.call(operation, GroupId=scope.id, IpPermissions=[permission(rule) for rule in sorted(rules)])

    return apply


def set_rules(scope: Scope) -> None:
    """Makes the group's rules the program's, in both directions."""
    sync("egress")(scope)
    sync("ingress")(scope)


def create_group(scope: Scope) -> Properties:
    """Creates a group without EC2's own egress rule to everywhere, as the real provider does."""
    vpc = {"VpcId": scope.get("vpcId")} if scope.get("vpcId") else {}
    name, description = scope.inputs["name"], scope.inputs["description"]
    reply = scope.call("create_security_group", GroupName=name, Description=description, **vpc)
    scope.id = text(reply, "GroupId")
    set_rules(scope)
    return reply


def adopt_default_group(scope: Scope) -> Properties:
    """Takes over the default group of a VPC and changes its rules to the program's."""
    vpc_id = scope.get("vpcId")
    if not vpc_id:
        default = filter_list({"is-default": "true"})
        vpc_id = blocks(scope.call("describe_vpcs", Filters=default), "Vpcs")[0]["VpcId"]
    filters = filter_list({"group-name": "default", "vpc-id": vpc_id})
    group = blocks(scope.call("describe_security_groups", Filters=filters), "SecurityGroups")[0]
    scope.id = text(group, "GroupId")
    set_rules(scope)
    return group


def read_group(scope: Scope) -> Properties | None:
    """The group. Rules with the recorded meaning are left out, so the state keeps the program's spelling."""
    group = describe(scope, scope.id)
    for direction, member in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        present = rules_present(blocks(group, member))
        group.pop(member)
        if scope.get(direction) is None or rules_of(blocks(scope, direction), scope.id) != present:
            group[direction] = inline_rules(present, scope.id)
    return group


def validate_group(inputs: Properties) -> Failures:
    """Networks of inline rules are without host bits."""
    failures: Failures = []
    for direction in ("ingress", "egress"):
        rules = inputs.get(direction)
        for index, rule in enumerate(rules if isinstance(rules, list) else []):
            for name in ("cidrBlocks", "ipv6CidrBlocks") if isinstance(rule, Mapping) else ():
                failures += cidr_failures(f"{direction}[{index}].{name}", rule.get(name))
    return failures


def delete_group(scope: Scope) -> None:
    """Deletes the group. With revokeRulesOnDelete its rules go first: two groups may name each other."""
    if scope.state.get("revokeRulesOnDelete"):
        set_rules(scope)
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
        finish=set_rules,
        updates=RULES,
        delete=delete_group,
        tags=TAGS,
        autoname=Autoname(),
        names=GROUP,
        computed=COMPUTED,
        defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
        echoed="revokeRulesOnDelete",
        immutable={"EC2 cannot rename a group or move it": "name description vpcId"},
        validate=validate_group,
    ),
    Resource(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "ec2",
        create=adopt_default_group,
        id="GroupId",
        read=read_group,
        finish=set_rules,
        updates=RULES,
        delete=None,
        tags=TAGS,
        names=GROUP,
        computed=COMPUTED,
        echoed="revokeRulesOnDelete",
        immutable={"every VPC has its own default group": "vpcId"},
        validate=validate_group,
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
