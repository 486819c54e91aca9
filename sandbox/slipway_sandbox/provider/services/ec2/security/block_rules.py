"""aws.ec2.SecurityGroupRule: one block of rules, for one or several sources, as a resource of its own."""

from slipway_sandbox.provider.aws.declaration import Failures, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import cidr_failures, filter_list
from slipway_sandbox.provider.services.ec2.security.security_groups import (
    SOURCES,
    Key,
    Rule,
    describe,
    permission,
    protocol_name,
    rules_of,
    rules_present,
)

MEMBERS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
KEY = "cidrBlocks fromPort ipv6CidrBlocks prefixListIds protocol securityGroupId self sourceSecurityGroupId toPort type"
EXCLUSIVE = ("self", "sourceSecurityGroupId")


def wanted(scope: Scope) -> set[Rule]:
    """The resource's rules."""
    inline = {name: scope.get(name) for name in ("protocol", "fromPort", "toPort", "self", "description", *SOURCES)}
    if source := scope.get("sourceSecurityGroupId"):
        inline["securityGroups"] = [source]
    return rules_of([inline], text(scope, "securityGroupId"))


def change(scope: Scope, verb: str, rules: set[Rule]) -> None:
    """Adds rules to the group or takes them out."""
    permissions = [permission(rule) for rule in sorted(rules)]
    operation = f"{verb}_security_group_{scope.get('type')}"
    scope.call(operation, GroupId=scope.get("securityGroupId"), IpPermissions=permissions)


def create_rule(scope: Scope) -> Properties:
    """Adds the rules; the id is the import id."""
    change(scope, "authorize", wanted(scope))
    sources: list[Value] = [source for name in SOURCES for source in texts(scope, name)]
    sources += ["self"] if scope.get("self") else []
    sources += [scope.get("sourceSecurityGroupId")] if scope.get("sourceSecurityGroupId") else []
    protocol = "all" if str(scope.get("protocol")) == "-1" else scope.get("protocol")
    group, direction = scope.get("securityGroupId"), scope.get("type")
    parts = (group, direction, protocol, scope.get("fromPort"), scope.get("toPort"), *sources)
    return {"id": "_".join(map(str, parts))}


def read_rule(scope: Scope) -> Properties | None:
    """The recorded rules with EC2's description; None when one of them is gone."""
    if scope.get("sources"):
        scope.state = {**scope.state, **sources_of(text(scope, "sources").split("_"))}
    group_id = text(scope, "securityGroupId")
    permissions = blocks(describe(scope, group_id), MEMBERS[text(scope, "type")])
    present: dict[Key, str] = {rule[:-1]: rule[-1] for rule in rules_present(permissions)}
    own = sorted(rule[:-1] for rule in wanted(scope))
    if not set(own) <= present.keys():
        return None
    names = [name for name in KEY.split() if scope.get(name) is not None]
    filters = filter_list({"group-id": group_id})
    listed = blocks(scope.call("describe_security_group_rules", Filters=filters), "SecurityGroupRules")
    only = [rule["SecurityGroupRuleId"] for rule in listed if is_own(rule, own[0])] if len(own) == 1 else []
    return {
        **{name: scope.get(name) for name in names},
        "id": scope.id,
        "description": present[own[0]] if own else "",
        "securityGroupRuleId": only[0] if only else "",
    }


def is_own(listed: Properties, rule: Key) -> bool:
    """Whether EC2's listed rule is this one."""
    protocol, first, last, _, source = rule
    group = block(listed, "ReferencedGroupInfo").get("GroupId")
    sources = (listed.get("CidrIpv4"), listed.get("CidrIpv6"), listed.get("PrefixListId"), group)
    ports = (0, 0) if protocol == "-1" else (listed.get("FromPort"), listed.get("ToPort"))
    return listed["IpProtocol"] == protocol and ports == (first, last) and source in sources


def sources_of(parts: list[str]) -> dict[str, Value]:
    """The sources at the end of an import id, as properties."""
    lists: dict[str, list[str]] = {}
    single: dict[str, Value] = {}
    for part in parts:
        if part == "self":
            single["self"] = True
        elif part.startswith("sg-"):
            single["sourceSecurityGroupId"] = part
        else:
            name = "prefixListIds" if part.startswith("pl-") else "ipv6CidrBlocks" if ":" in part else "cidrBlocks"
            lists.setdefault(name, []).append(part)
    return {**single, **lists}


def change_description(scope: Scope) -> None:
    """Changes the description of the rules."""
    permissions = [permission(rule) for rule in sorted(wanted(scope))]
    operation = f"update_security_group_rule_descriptions_{scope.get('type')}"
    scope.call(operation, GroupId=scope.get("securityGroupId"), IpPermissions=permissions)


def validate_rule(inputs: Properties) -> Failures:
    """A rule has a direction, at least one source or destination, and networks without host bits."""
    if inputs.get("type") not in MEMBERS:
        return [("type", f"must be one of {', '.join(MEMBERS)}, got {inputs.get('type')}")]
    if not any(inputs.get(name) for name in (*SOURCES, *EXCLUSIVE)):
        return [
            ("cidrBlocks", f"one of {', '.join((*SOURCES, *EXCLUSIVE))} is required".replace("securityGroups, ", ""))
        ]
    return [
        *cidr_failures("cidrBlocks", inputs.get("cidrBlocks")),
        *cidr_failures("ipv6CidrBlocks", inputs.get("ipv6CidrBlocks")),
    ]


RESOURCES = (
    Resource(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "ec2",
        create=create_rule,
        id="id",
        import_pattern=r"(?P<securityGroupId>sg-[^_]+)_(?P<type>ingress|egress)_(?P<protocol>[^_]+)_(?P<fromPort>-?\d+)_"
        r"(?P<toPort>-?\d+)_(?P<sources>.+)",
        read=read_rule,
        updates=(Update("description", change_description),),
        delete=lambda scope: change(scope, "revoke", wanted(scope)),
        compare={"protocol": protocol_name},
        immutable={"EC2 knows a rule by these": KEY},
        exclusive=True,  # two equal rules cannot be
        missing="InvalidPermission.NotFound",
        validate=validate_rule,
    ),
)
