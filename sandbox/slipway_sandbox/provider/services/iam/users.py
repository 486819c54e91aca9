"""Users, their access keys, and groups."""

import base64
import hashlib
import hmac

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.services.iam.common import tags

IN_ARN = "the name and path are in the ARN"
GROUP = {"GroupName": "{group}"}
KEY = {"UserName": "{user}", "AccessKeyId": "{id}"}
SMTP_STEPS = ("11111111", "{region}", "ses", "aws4_request", "SendRawEmail")
SMTP_VERSION = b"\x04"


def set_user_boundary(scope: Scope) -> None:
    """Sets or removes the permissions boundary."""
    if boundary := scope.inputs.get("permissionsBoundary"):
        scope.call("put_user_permissions_boundary", UserName=scope.id, PermissionsBoundary=boundary)
    else:
        scope.call("delete_user_permissions_boundary", UserName=scope.id)


def delete_user(scope: Scope) -> None:
    """Deletes the user; with forceDestroy its access keys first."""
    if scope.state.get("forceDestroy"):
        for key in blocks(scope.call("list_access_keys", UserName=scope.id), "AccessKeyMetadata"):
            scope.call("delete_access_key", UserName=scope.id, AccessKeyId=key["AccessKeyId"])
    scope.call("delete_user", UserName=scope.id)


def smtp_password(scope: Scope) -> str | None:
    """The password for SES's SMTP interface, derived from the secret key.

    Source: https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html
    """
    if scope.reply.get("SecretAccessKey") is None:
        return None
    secret = text(scope.reply, "SecretAccessKey")
    signature = f"AWS4{secret}".encode()
    for step in SMTP_STEPS:
        signature = hmac.new(signature, step.format(region=scope.region).encode(), hashlib.sha256).digest()
    return base64.b64encode(SMTP_VERSION + signature).decode()


def read_key(scope: Scope) -> Properties | None:
    """The key without its secret: IAM answers with that only once. The user of an imported key is looked up."""
    user = scope.get("user")
    if user is None:
        user = scope.call("get_access_key_last_used", AccessKeyId=scope.id)["UserName"]
    keys = blocks(scope.call("list_access_keys", UserName=user), "AccessKeyMetadata")
    return next((key for key in keys if key["AccessKeyId"] == scope.id), None)


def validate_key(inputs: Properties) -> Failures:
    """The sandbox has no PGP."""
    return [("pgpKey", "the sandbox does not encrypt the secret; leave it out here")] if inputs.get("pgpKey") else []


def sync_members(scope: Scope) -> Properties:
    """Changes this resource's members of the group to the program's."""
    group = scope.inputs["group"]
    wanted, before = set(texts(scope.inputs, "users")), set(texts(scope.state, "users"))
    for user in sorted(before - wanted):
        scope.call("remove_user_from_group", GroupName=group, UserName=user)
    for user in sorted(wanted - before):
        scope.call("add_user_to_group", GroupName=group, UserName=user)
    return {}


def delete_members(scope: Scope) -> None:
    """Takes the members out of the group."""
    for user in texts(scope.state, "users"):
        scope.call("remove_user_from_group", GroupName=scope.state["group"], UserName=user)


RESOURCES = (
    Resource(
        "aws:iam/user:User",
        "iam",
        create=Call("create_user", reply="User"),
        id="UserName",
        read=(Call("get_user", {"UserName": "{id}"}, reply="User"),),
        updates=(Update("permissionsBoundary", set_user_boundary),),
        delete=delete_user,
        tags=tags("user", "UserName"),
        autoname=Autoname(length_limit=64),
        names={"uniqueId": "UserId"},
        reads={"permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn"},
        defaults={"forceDestroy": False, "path": "/"},
        echoed="forceDestroy",
        immutable={IN_ARN: "name path"},
    ),
    Resource(
        "aws:iam/accessKey:AccessKey",
        "iam",
        create=Call("create_access_key", reply="AccessKey"),
        id="AccessKeyId",
        read=read_key,
        updates=(Update("status", Call("update_access_key", KEY)),),
        delete=Call("delete_access_key", KEY),
        names={"user": "UserName", "secret": "SecretAccessKey"},
        computed={"sesSmtpPasswordV4": smtp_password},
        defaults={"status": "Active"},
        echoed="pgpKey",
        immutable={"a key belongs to one user": "user"},
        validate=validate_key,
    ),
    Resource(
        "aws:iam/group:Group",
        "iam",
        create=Call("create_group", reply="Group"),
        id="GroupName",
        read=(Call("get_group", {"GroupName": "{id}"}, reply="Group"),),
        delete=Call("delete_group", {"GroupName": "{id}"}),
        autoname=Autoname(length_limit=128),
        names={"uniqueId": "GroupId"},
        defaults={"path": "/"},
        immutable={IN_ARN: "name path"},
    ),
    Resource(
        "aws:iam/groupMembership:GroupMembership",
        "iam",
        create=sync_members,
        id="{name}",
        import_pattern=r"(?P<group>[^/]+)/(?P<name>.+)",
        read=(Call("get_group", GROUP, reply="(Users && {users: Users[].UserName, group: Group.GroupName}) || null"),),
        updates=(Update("users", sync_members),),
        delete=delete_members,
        autoname=Autoname(),
        immutable={"it belongs to one group": "group name"},
    ),
)
