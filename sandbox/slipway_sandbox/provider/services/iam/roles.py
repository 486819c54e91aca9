"""Roles and instance profiles."""

import json
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws import meaning
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.services.iam.common import tags


def sync_inline_policies(scope: Scope) -> None:
    """Makes the role's inline policies those that are asked for."""
    wanted = {each["name"]: each["policy"] for each in scope.inputs.get("inlinePolicies") or [] if each.get("policy")}
    for name in scope.call("list_role_policies", RoleName=scope.id)["PolicyNames"]:
        if name not in wanted:
            scope.call("delete_role_policy", RoleName=scope.id, PolicyName=name)
    for name, policy in wanted.items():
        scope.call("put_role_policy", RoleName=scope.id, PolicyName=name, PolicyDocument=policy)


def sync_managed_policies(scope: Scope) -> None:
    """Makes the policies attached to the role those that are asked for."""
    wanted = set(scope.inputs.get("managedPolicyArns") or [])
    listed = scope.call("list_attached_role_policies", RoleName=scope.id)["AttachedPolicies"]
    present = {each["PolicyArn"] for each in listed}
    for arn in sorted(present - wanted):
        scope.call("detach_role_policy", RoleName=scope.id, PolicyArn=arn)
    for arn in sorted(wanted - present):
        scope.call("attach_role_policy", RoleName=scope.id, PolicyArn=arn)


def read_role(scope: Scope) -> Mapping[str, Any] | None:
    """The role with the policies in it and on it."""
    role = scope.call("get_role", RoleName=scope.id)["Role"]
    names = scope.call("list_role_policies", RoleName=scope.id)["PolicyNames"]
    inline = [scope.call("get_role_policy", RoleName=scope.id, PolicyName=name) for name in names]
    attached = scope.call("list_attached_role_policies", RoleName=scope.id)["AttachedPolicies"]
    return {
        **role,
        "inlinePolicies": [
            {"name": each["PolicyName"], "policy": json.dumps(each["PolicyDocument"])} for each in inline
        ],
        "managedPolicyArns": [each["PolicyArn"] for each in attached],
    }


def inline_policies(value: Any) -> Any:
    """Inline policies by name, their documents as data; an empty block, which asks for none, is none."""
    return {each.get("name"): meaning.document(each["policy"]) for each in value or [] if each.get("policy")}


def set_boundary(scope: Scope) -> None:
    """Sets or removes the permissions boundary."""
    if boundary := scope.inputs.get("permissionsBoundary"):
        scope.call("put_role_permissions_boundary", RoleName=scope.id, PermissionsBoundary=boundary)
    else:
        scope.call("delete_role_permissions_boundary", RoleName=scope.id)


def delete_role(scope: Scope) -> None:
    """Deletes the role and what this resource itself put on it; with forceDetachPolicies whatever is on it."""
    is_forced = scope.state.get("forceDetachPolicies")
    for profile in scope.call("list_instance_profiles_for_role", RoleName=scope.id)["InstanceProfiles"]:
        name = profile["InstanceProfileName"]
        scope.call("remove_role_from_instance_profile", RoleName=scope.id, InstanceProfileName=name)
    if is_forced or scope.state.get("inlinePolicies"):
        sync_inline_policies(scope)
    if is_forced or scope.state.get("managedPolicyArns"):
        sync_managed_policies(scope)
    scope.call("delete_role", RoleName=scope.id)


def set_profile_role(scope: Scope) -> None:
    """Puts a role into an instance profile, in place of the earlier one."""
    profile = scope.call("get_instance_profile", InstanceProfileName=scope.id)["InstanceProfile"]
    for role in profile["Roles"]:
        scope.call("remove_role_from_instance_profile", InstanceProfileName=scope.id, RoleName=role["RoleName"])
    if role_name := scope.inputs.get("role"):
        scope.call("add_role_to_instance_profile", InstanceProfileName=scope.id, RoleName=role_name)


def delete_profile(scope: Scope) -> None:
    """Takes the role out and deletes the instance profile."""
    set_profile_role(scope)
    scope.call("delete_instance_profile", InstanceProfileName=scope.id)


def get_role(scope: Scope) -> Mapping[str, Any]:
    """The role by name."""
    role = scope.call("get_role", RoleName=scope.inputs["name"])["Role"]
    return {
        "id": role["RoleName"],
        "name": role["RoleName"],
        "arn": role["Arn"],
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": role.get("Description", ""),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "path": role["Path"],
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "roleLastUseds": [],
        "tags": {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
        "uniqueId": role["RoleId"],
    }


RESOURCES = (
    Resource(
        "aws:iam/role:Role",
        "iam",
        create=Call("create_role", reply="Role"),
        id="RoleName",
        read=read_role,
        updates=(
            Update(
                "assumeRolePolicy",
                Call("update_assume_role_policy", {"RoleName": "{id}", "PolicyDocument": "{assumeRolePolicy}"}),
            ),
            Update("description maxSessionDuration", Call("update_role", {"RoleName": "{id}"})),
            Update("permissionsBoundary", set_boundary),
            Update("inlinePolicies", sync_inline_policies),
            Update("managedPolicyArns", sync_managed_policies),
        ),
        delete=delete_role,
        tags=tags("role", "RoleName"),
        autoname=Autoname(length_limit=64),
        autonamed="inlinePolicies.name",
        names={"assumeRolePolicy": "AssumeRolePolicyDocument", "uniqueId": "RoleId"},
        reads={"permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn"},
        defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
        documents="assumeRolePolicy",
        compare={"inlinePolicies": inline_policies},
        echoed="forceDetachPolicies",
        immutable={"the name and path are in the ARN": "name path"},
    ),
    Resource(
        "aws:iam/instanceProfile:InstanceProfile",
        "iam",
        create=Call("create_instance_profile", reply="InstanceProfile"),
        id="InstanceProfileName",
        read=(Call("get_instance_profile", {"InstanceProfileName": "{id}"}, reply="InstanceProfile"),),
        updates=(Update("role", set_profile_role),),
        delete=delete_profile,
        tags=tags("instance_profile", "InstanceProfileName"),
        autoname=Autoname(length_limit=128),
        names={"uniqueId": "InstanceProfileId"},
        reads={"role": "Roles[0].RoleName"},
        defaults={"path": "/"},
        immutable={"the name and path are in the ARN": "name path"},
    ),
)
FUNCTIONS = (Function("aws:iam/getRole:getRole", "iam", get_role),)
