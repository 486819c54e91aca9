"""Roles, policies and what ties them together."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.provider import meaning
from sandbox.provider.declaration import Autoname, Call, Function, Resource, Tags, Update
from sandbox.provider.scope import Scope
from sandbox.provider.services import _policy_document

VERSIONS_LIMIT = 5  # versions of a managed policy that IAM keeps


def tags(kind: str, member: str) -> Tags:
    """The tag calls of one kind of IAM resource."""
    return Tags(add=Call(f"tag_{kind}", {member: "{id}"}), remove=Call(f"untag_{kind}", {member: "{id}"}))


def sync_inline_policies(scope: Scope) -> None:
    """Makes the role's inline policies those that are asked for."""
    wanted = {each["name"]: each["policy"] for each in scope.inputs.get("inlinePolicies") or [] if each.get("name")}
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
    """Inline policies by name, their documents as data."""
    return {each.get("name"): meaning.document(each.get("policy")) for each in value or []}


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


def new_version(scope: Scope) -> None:
    """Makes the document the policy's default version; the oldest one goes when IAM would refuse another."""
    versions = scope.call("list_policy_versions", PolicyArn=scope.id)["Versions"]
    if len(versions) >= VERSIONS_LIMIT:
        oldest = min(
            (each for each in versions if not each["IsDefaultVersion"]), key=lambda each: int(each["VersionId"][1:])
        )
        scope.call("delete_policy_version", PolicyArn=scope.id, VersionId=oldest["VersionId"])
    scope.call("create_policy_version", PolicyArn=scope.id, PolicyDocument=scope.inputs["policy"], SetAsDefault=True)


def delete_policy(scope: Scope) -> None:
    """Deletes the policy with all its versions."""
    for version in scope.call("list_policy_versions", PolicyArn=scope.id)["Versions"]:
        if not version["IsDefaultVersion"]:
            scope.call("delete_policy_version", PolicyArn=scope.id, VersionId=version["VersionId"])
    scope.call("delete_policy", PolicyArn=scope.id)


def read_attachment(scope: Scope) -> Mapping[str, Any] | None:
    """The attachment; None when the role has no such policy."""
    listed = scope.call("list_attached_role_policies", RoleName=scope.get("role"))["AttachedPolicies"]
    return next((each for each in listed if each["PolicyArn"] == scope.get("policyArn")), None)


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
        names={"assumeRolePolicy": "AssumeRolePolicyDocument", "uniqueId": "RoleId"},
        reads={"permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn"},
        defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
        documents="assumeRolePolicy",
        compare={"inlinePolicies": inline_policies},
        echoed="forceDetachPolicies",
        immutable={"the name and path are in the ARN": "name path"},
    ),
    Resource(
        "aws:iam/policy:Policy",
        "iam",
        create=Call("create_policy", reply="Policy"),
        id="Arn",
        read=(
            Call("get_policy", {"PolicyArn": "{id}"}, reply="Policy"),
            Call(
                "get_policy_version",
                {"PolicyArn": "{id}", "VersionId": "{DefaultVersionId}"},
                reply="{PolicyDocument: PolicyVersion.Document}",
            ),
        ),
        updates=(Update("policy", new_version),),
        delete=delete_policy,
        tags=tags("policy", "PolicyArn"),
        autoname=Autoname(length_limit=128),
        names={"policy": "PolicyDocument"},
        defaults={"path": "/"},
        documents="policy",
        echoed="delayAfterPolicyCreationInMs",
        immutable={"IAM only ever changes a policy's document": "name path description"},
    ),
    Resource(
        "aws:iam/rolePolicy:RolePolicy",
        "iam",
        create=Call("put_role_policy"),
        id="{role}:{name}",
        read=(Call("get_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"}),),
        updates=(Update("policy", Call("put_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"})),),
        delete=Call("delete_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"}),
        autoname=Autoname(length_limit=128),
        names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        documents="policy",
        immutable={"its name within the role is its key": "role name"},
    ),
    Resource(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "iam",
        create=Call("attach_role_policy"),
        id="{role}/{policyArn}",
        read=read_attachment,
        delete=Call("detach_role_policy", {"RoleName": "{role}", "PolicyArn": "{policyArn}"}),
        names={"role": "RoleName"},
        immutable={"the pair is all there is": "role policyArn"},
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
FUNCTIONS = (
    Function("aws:iam/getPolicyDocument:getPolicyDocument", "iam", _policy_document.get_policy_document),
    Function("aws:iam/getRole:getRole", "iam", get_role),
)
