"""Roles and instance profiles."""

import json

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import json_text
from slipway_sandbox.provider.properties.mapping import as_map, restore_scalar
from slipway_sandbox.provider.protocol.readers import block, blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.iam.common import tags


def sync_inline_policies(scope: Scope) -> None:
    """Changes the role's inline policies to the program's."""
    inline = blocks(scope.inputs, "inlinePolicies")
    wanted = {text(policy, "name"): policy["policy"] for policy in inline if policy.get("policy")}
    for name in texts(scope.call("list_role_policies", RoleName=scope.id), "PolicyNames"):
        if name not in wanted:
            scope.call("delete_role_policy", RoleName=scope.id, PolicyName=name)
    for name, policy in wanted.items():
        scope.call("put_role_policy", RoleName=scope.id, PolicyName=name, PolicyDocument=policy)


def sync_managed_policies(scope: Scope) -> None:
    """Changes the role's attached policies to the program's."""
    wanted = set(texts(scope.inputs, "managedPolicyArns"))
    attached = blocks(scope.call("list_attached_role_policies", RoleName=scope.id), "AttachedPolicies")
    present = {text(policy, "PolicyArn") for policy in attached}
    for arn in sorted(present - wanted):
        scope.call("detach_role_policy", RoleName=scope.id, PolicyArn=arn)
    for arn in sorted(wanted - present):
        scope.call("attach_role_policy", RoleName=scope.id, PolicyArn=arn)


def read_role(scope: Scope) -> Properties | None:
    """The role with its inline and attached policies."""
    role = block(scope.call("get_role", RoleName=scope.id), "Role")
    names = texts(scope.call("list_role_policies", RoleName=scope.id), "PolicyNames")
    inline = [scope.call("get_role_policy", RoleName=scope.id, PolicyName=name) for name in names]
    attached = blocks(scope.call("list_attached_role_policies", RoleName=scope.id), "AttachedPolicies")
    return {
        **role,
        "inlinePolicies": [
            {"name": policy["PolicyName"], "policy": json.dumps(policy["PolicyDocument"])} for policy in inline
        ],
        "managedPolicyArns": [policy["PolicyArn"] for policy in attached],
    }


def inline_policies(value: Value) -> dict[str, Value]:
    """Documents of inline policies by name, as data. An empty block means: no inline policies."""
    policies = blocks({"inlinePolicies": value}, "inlinePolicies")
    return {str(policy.get("name")): json_text.policy(policy["policy"]) for policy in policies if policy.get("policy")}


def set_boundary(scope: Scope) -> None:
    """Sets or removes the permissions boundary."""
    if boundary := scope.inputs.get("permissionsBoundary"):
        scope.call("put_role_permissions_boundary", RoleName=scope.id, PermissionsBoundary=boundary)
    else:
        scope.call("delete_role_permissions_boundary", RoleName=scope.id)


def delete_role(scope: Scope) -> None:
    """Deletes the role and the program's policies on it; with forceDetachPolicies all policies on it."""
    is_forced = scope.state.get("forceDetachPolicies")
    for profile in blocks(scope.call("list_instance_profiles_for_role", RoleName=scope.id), "InstanceProfiles"):
        name = profile["InstanceProfileName"]
        scope.call("remove_role_from_instance_profile", RoleName=scope.id, InstanceProfileName=name)
    if is_forced or scope.state.get("inlinePolicies"):
        sync_inline_policies(scope)
    if is_forced or scope.state.get("managedPolicyArns"):
        sync_managed_policies(scope)
    scope.call("delete_role", RoleName=scope.id)


def set_profile_role(scope: Scope) -> None:
    """Puts a role into an instance profile, in place of the earlier one."""
    profile = block(scope.call("get_instance_profile", InstanceProfileName=scope.id), "InstanceProfile")
    for role in blocks(profile, "Roles"):
        scope.call("remove_role_from_instance_profile", InstanceProfileName=scope.id, RoleName=role["RoleName"])
    if role_name := scope.inputs.get("role"):
        scope.call("add_role_to_instance_profile", InstanceProfileName=scope.id, RoleName=role_name)


def delete_profile(scope: Scope) -> None:
    """Takes the role out and deletes the instance profile."""
    set_profile_role(scope)
    scope.call("delete_instance_profile", InstanceProfileName=scope.id)


def get_role(scope: Scope) -> Properties:
    """The role by name."""
    role = block(scope.call("get_role", RoleName=scope.inputs["name"]), "Role")
    return {
        "id": role["RoleName"],
        "name": role["RoleName"],
        "arn": role["Arn"],
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "createDate": restore_scalar(str, role["CreateDate"]),
        "description": role.get("Description", ""),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "path": role["Path"],
        "permissionsBoundary": block(role, "PermissionsBoundary").get("PermissionsBoundaryArn", ""),
        "roleLastUseds": [],
        "tags": as_map(role.get("Tags", [])),
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
        policies="assumeRolePolicy",
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
