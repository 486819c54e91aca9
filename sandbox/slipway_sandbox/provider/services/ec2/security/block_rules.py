"""aws.ec2.SecurityGroupRule: one block of rules, for one source or for several, as a resource of its own."""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.services.ec2.security.security_groups import (
    SOURCES,
    Rule,
    permission,
    rules_asked,
    rules_present,
)

MEMBERS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
KEY = "cidrBlocks fromPort ipv6CidrBlocks prefixListIds protocol securityGroupId self sourceSecurityGroupId toPort type"
EXCLUSIVE = ("self", "sourceSecurityGroupId")


def wanted(scope: Scope) -> set[Rule]:
    """The rules that the resource stands for."""
    block = {name: scope.get(name) for name in ("protocol", "fromPort", "toPort", "self", "description", *SOURCES)}
    if source := scope.get("sourceSecurityGroupId"):
        block["securityGroups"] = [source]
    return rules_asked([block], scope.get("securityGroupId"))


def change(scope: Scope, verb: str, rules: set[Rule]) -> None:
    """Adds rules to the group or takes them out."""
    permissions = [permission(rule) for rule in sorted(rules)]
    scope.call(
        f"{verb}_security_group_{scope.get('type')}", GroupId=scope.get("securityGroupId"), IpPermissions=permissions
    )


def create_rule(scope: Scope) -> Mapping[str, Any]:
    """Adds the rules; the id is what the resource is imported by."""
    change(scope, "authorize", wanted(scope))
    sources = [source for name in SOURCES for source in scope.get(name) or []]
    sources += ["self"] if scope.get("self") else []
    sources += [scope.get("sourceSecurityGroupId")] if scope.get("sourceSecurityGroupId") else []
    protocol = "all" if str(scope.get("protocol")) == "-1" else scope.get("protocol")
    parts = (
        scope.get("securityGroupId"),
        scope.get("type"),
        protocol,
        scope.get("fromPort"),
        scope.get("toPort"),
        *sources,
    )
    return {"id": "_".join(map(str, parts))}


def read_rule(scope: Scope) -> Mapping[str, Any] | None:
    """The rules as they are recorded, with the description that EC2 has; None when one of them is gone."""
    if scope.get("sources"):
        scope.state = {**scope.state, **sources_of(scope.get("sources").split("_"))}
    group = scope.call("describe_security_groups", GroupIds=[scope.get("securityGroupId")])["SecurityGroups"][0]
    present = {rule[:-1]: rule[-1] for rule in rules_present(group[MEMBERS[scope.get("type")]])}
    own = {rule[:-1] for rule in wanted(scope)}
    if not own <= present.keys():
        return None
    names = [name for name in KEY.split() if scope.get(name) is not None]
    description = next((present[rule] for rule in sorted(own)), "")
    found = scope.call(
        "describe_security_group_rules", Filters=[{"Name": "group-id", "Values": [scope.get("securityGroupId")]}]
    )["SecurityGroupRules"]
    only = [each["SecurityGroupRuleId"] for each in found if is_own(each, next(iter(own)))] if len(own) == 1 else []
    return {
        **{name: scope.get(name) for name in names},
        "id": scope.id,
        "description": description,
        "securityGroupRuleId": only[0] if only else "",
    }


def is_own(found: Mapping[str, Any], rule: tuple[Any, ...]) -> bool:
    """Whether a rule that EC2 lists is this one."""
    protocol, first, last, _, source = rule
    sources = (found.get("CidrIpv4"), found.get("CidrIpv6"), found.get("PrefixListId"), group_of(found))
    ports = (0, 0) if protocol == "-1" else (found.get("FromPort"), found.get("ToPort"))
    return found["IpProtocol"] == protocol and ports == (first, last) and source in sources


def group_of(found: Mapping[str, Any]) -> Any:
    """The group that a rule refers to."""
    return found.get("ReferencedGroupInfo", {}).get("GroupId")


def sources_of(parts: list[str]) -> dict[str, Any]:
    """The sources at the end of an import id, as properties."""
    properties: dict[str, Any] = {}
    for part in parts:
        if part == "self":
            properties["self"] = True
        elif part.startswith("sg-"):
            properties["sourceSecurityGroupId"] = part
        else:
            name = "prefixListIds" if part.startswith("pl-") else "ipv6CidrBlocks" if ":" in part else "cidrBlocks"
            properties.setdefault(name, []).append(part)
    return properties


def describe(scope: Scope) -> None:
    """Changes the description of the rules."""
    permissions = [permission(rule) for rule in sorted(wanted(scope))]
    operation = f"update_security_group_rule_descriptions_{scope.get('type')}"
    scope.call(operation, GroupId=scope.get("securityGroupId"), IpPermissions=permissions)


def validate_rule(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A rule is about what comes in or goes out, from or to something."""
    if inputs.get("type") not in MEMBERS:
        return [("type", f"must be one of {', '.join(MEMBERS)}, got {inputs.get('type')}")]
    if not any(inputs.get(name) for name in (*SOURCES, *EXCLUSIVE)):
        return [
            ("cidrBlocks", f"one of {', '.join((*SOURCES, *EXCLUSIVE))} is required".replace("securityGroups, ", ""))
        ]
    return []


RESOURCES = (
    Resource(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "ec2",
        create=create_rule,
        id="id",
        import_pattern=r"(?P<securityGroupId>sg-[^_]+)_(?P<type>ingress|egress)_(?P<protocol>[^_]+)_(?P<fromPort>-?\d+)_"
        r"(?P<toPort>-?\d+)_(?P<sources>.+)",
        read=read_rule,
        updates=(Update("description", describe),),
        delete=lambda scope: change(scope, "revoke", wanted(scope)),
        compare={"protocol": lambda value: str(value).lower().replace("all", "-1")},
        immutable={"EC2 knows a rule by these": KEY},
        exclusive=True,  # two equal rules cannot be
        missing="InvalidPermission.NotFound",
        validate=validate_rule,
    ),
)
