"""Managed policies, inline policies of roles, users and groups, and attachments."""

import json

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.mapping import as_map
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.services.iam import policy_document
from slipway_sandbox.provider.services.iam.common import tags
from slipway_sandbox.provider.services.lookup import only

VERSIONS_LIMIT = 5  # versions of a managed policy


def new_version(scope: Scope) -> None:
    """Makes the document the policy's default version; at IAM's limit, the oldest version goes first."""
    versions = blocks(scope.call("list_policy_versions", PolicyArn=scope.id), "Versions")
    if len(versions) >= VERSIONS_LIMIT:
        others = [version for version in versions if not version["IsDefaultVersion"]]
        oldest = min(others, key=lambda version: int(text(version, "VersionId")[1:]))
        scope.call("delete_policy_version", PolicyArn=scope.id, VersionId=oldest["VersionId"])
    scope.call("create_policy_version", PolicyArn=scope.id, PolicyDocument=scope.inputs["policy"], SetAsDefault=True)


def delete_policy(scope: Scope) -> None:
    """Deletes the policy with all its versions."""
    for version in blocks(scope.call("list_policy_versions", PolicyArn=scope.id), "Versions"):
        if not version["IsDefaultVersion"]:
            scope.call("delete_policy_version", PolicyArn=scope.id, VersionId=version["VersionId"])
    scope.call("delete_policy", PolicyArn=scope.id)


def inline(kind: str) -> Resource:
    """The resource type of an inline policy of a role, a user or a group."""
    member = f"{kind.capitalize()}Name"
    key = {member: f"{{{kind}}}", "PolicyName": "{name}"}
    return Resource(
        f"aws:iam/{kind}Policy:{kind.capitalize()}Policy",
        "iam",
        create=Call(f"put_{kind}_policy"),
        id=f"{{{kind}}}:{{name}}",
        read=(Call(f"get_{kind}_policy", key),),
        updates=(Update("policy", Call(f"put_{kind}_policy", key)),),
        delete=Call(f"delete_{kind}_policy", key),
        autoname=Autoname(length_limit=128),
        names={kind: member, "name": "PolicyName", "policy": "PolicyDocument"},
        policies="policy",
        immutable={f"its name within the {kind} is its key": f"{kind} name"},
    )


def attachment(kind: str) -> Resource:
    """The resource type for a managed policy's attachment to a role, a user or a group."""
    member = f"{kind.capitalize()}Name"
    return Resource(
        f"aws:iam/{kind}PolicyAttachment:{kind.capitalize()}PolicyAttachment",
        "iam",
        create=Call(f"attach_{kind}_policy"),
        id=f"{{{kind}}}/{{policyArn}}",
        read=(
            Call(
                f"list_attached_{kind}_policies",
                {member: f"{{{kind}}}"},
                reply="AttachedPolicies[?PolicyArn=='{policyArn}'] | [0]",
            ),
        ),
        delete=Call(f"detach_{kind}_policy", {member: f"{{{kind}}}", "PolicyArn": "{policyArn}"}),
        names={kind: member},
        immutable={"the pair is all there is": f"{kind} policyArn"},
        exclusive=True,  # the real provider cannot tell two of one pair apart
    )


def get_policy(scope: Scope) -> Properties:
    """The managed policy by ARN, or by name under a path."""
    arn, name, path = (scope.inputs.get(key) for key in ("arn", "name", "pathPrefix"))
    if not arn:
        found = scope.cloud.client.pages("iam", "list_policies", scope.region, **({"PathPrefix": path} if path else {}))
        listed = [policy["Arn"] for policy in blocks(found, "Policies") if policy["PolicyName"] == name]
        arn = only(listed, f"policies named {name!r}")
    policy = block(scope.call("get_policy", PolicyArn=arn), "Policy")
    reply = scope.call("get_policy_version", PolicyArn=arn, VersionId=policy["DefaultVersionId"])
    document = block(reply, "PolicyVersion")["Document"]
    return {
        **scope.inputs,
        "id": arn,
        "arn": arn,
        "attachmentCount": policy.get("AttachmentCount", 0),
        "description": policy.get("Description", ""),
        "name": policy["PolicyName"],
        "path": policy["Path"],
        "policy": json.dumps(document),
        "policyId": policy["PolicyId"],
        "tags": as_map(policy.get("Tags", [])),
    }


RESOURCES = (
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
        policies="policy",
        echoed="delayAfterPolicyCreationInMs",
        immutable={"IAM only ever changes a policy's document": "name path description"},
    ),
    *(inline(kind) for kind in ("role", "user", "group")),
    *(attachment(kind) for kind in ("role", "user", "group")),
)
FUNCTIONS = (
    Function("aws:iam/getPolicyDocument:getPolicyDocument", "iam", policy_document.get_policy_document),
    Function("aws:iam/getPolicy:getPolicy", "iam", get_policy),
)
