"""Condition keys of a call.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from slipway_sandbox.authorization.actions.table import Action
from slipway_sandbox.authorization.model import Call, Principal

PRINCIPAL_TYPES = {"root": "Account", "user": "User", "role": "AssumedRole"}
TAG_MEMBERS = ("Tags", "tags", "TagSpecifications", "TagList", "TagSet")
TAG_KEY_MEMBERS = ("TagKeys", "tagKeys", "TagKeyList")

UNKNOWN = frozenset({
    "aws:ec2instancesourceprivateipv4", "aws:ec2instancesourcevpc", "aws:principalorgid", "aws:principalorgpaths",
    "aws:referer", "aws:resourceorgid", "aws:resourceorgpaths", "aws:resourcetag/", "aws:sourceidentity",
    "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce",
    "aws:tokenissuetime", "aws:useragent", "aws:vpcsourceip",
})  # fmt: skip
"""Global keys that AWS knows of any call and the sandbox does not. Tags of resources are looked up when they matter."""

MEMBERS: Mapping[str, str] = {
    "cloudwatch:namespace": "Namespace",
    "ec2:instancetype": "InstanceType",
    "ecs:enable-execute-command": "enableExecuteCommand",
    "iam:awsservicename": "AWSServiceName",
    "iam:policyarn": "PolicyArn",
    "s3:delimiter": "Delimiter",
    "s3:max-keys": "MaxKeys",
    "s3:prefix": "Prefix",
    "s3:versionid": "VersionId",
    "s3:x-amz-acl": "ACL",
    "s3:x-amz-server-side-encryption": "ServerSideEncryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "s3:x-amz-storage-class": "StorageClass",
    "secretsmanager:name": "Name",
    "secretsmanager:versionid": "VersionId",
    "secretsmanager:versionstage": "VersionStage",
    "sns:endpoint": "Endpoint",
    "sns:protocol": "Protocol",
    "ssm:overwrite": "Overwrite",
    "ssm:recursive": "Recursive",
    "sts:externalid": "ExternalId",
    "sts:rolesessionname": "RoleSessionName",
    "sts:sourceidentity": "SourceIdentity",
}
"""Keys that are a member of the call; without the member the key is absent."""

COMPUTED = frozenset({
    "aws:requesttag/", "aws:tagkeys", "ec2:createaction", "ec2:region", "ecs:cluster", "ecs:createaction", "events:targetarn",
    "iam:passedtoservice", "kms:calleraccount", "kms:encryptioncontext:", "kms:encryptioncontextkeys",
    "kms:grantisforawsresource", "kms:viaservice", "s3:authtype", "s3:resourceaccount", "s3:signatureversion",
    "sts:transitivetagkeys",
})  # fmt: skip
KNOWN = COMPUTED | frozenset(MEMBERS)
Context = dict[str, tuple[str, ...]]


def context_of(call: Call, principal: Principal, resource_account_id: str) -> Context:
    """The condition keys of a call that do not depend on the action."""
    context: Context = {
        **_of_time(int(time.time())),
        "aws:securetransport": (str(call.is_secure).lower(),),
        "aws:requestedregion": (call.region,),
        "aws:resourceaccount": (resource_account_id,),
        **_of_principal(principal),
        **_of_service(call, resource_account_id),
    }
    tags = dict(_tags(call.parameters))
    context.update({f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()})
    keys = tuple(tags) or tuple(_tag_keys(call.parameters))
    if keys:
        context["aws:tagkeys"] = keys
    return {**context, **call.context}


@lru_cache(maxsize=4096)
def unknown_keys(action: Action) -> frozenset[str]:
    """Keys of an action that AWS knows and the sandbox does not."""
    return (action.keys | UNKNOWN) - KNOWN


@lru_cache(maxsize=1)
def _of_time(second: int) -> Context:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
    return {"aws:currenttime": (now,), "aws:epochtime": (str(second),)}


def _of_principal(principal: Principal) -> Context:
    if principal.kind == "service":
        return {"aws:principalisawsservice": ("true",), "aws:principalservicename": (principal.arn,)}
    if principal.kind == "federated":
        return {"aws:principalisawsservice": ("false",), "aws:federatedprovider": (principal.arn,)}
    context: Context = {
        "aws:principalisawsservice": ("false",),
        "aws:principalarn": (principal.role_arn or principal.arn,),
        "aws:principalaccount": (principal.account_id,),
        "aws:principaltype": ("FederatedUser" if principal.user_arn else PRINCIPAL_TYPES[principal.kind],),
        "aws:viaawsservice": (str(bool(principal.via)).lower(),),
        **{f"aws:principaltag/{key.lower()}": (value,) for key, value in principal.tags.items()},
    }
    if principal.user_id:
        context["aws:userid"] = (principal.user_id,)
    if principal.kind == "user" and not principal.user_arn:
        context["aws:username"] = (principal.arn.rpartition("/")[2],)
    if principal.kind == "role":
        context["aws:multifactorauthpresent"] = ("false",)
    if principal.via:
        first, last = principal.via[0], principal.via[-1]
        context |= {"aws:calledvia": principal.via, "aws:calledviafirst": (first,), "aws:calledvialast": (last,)}
    return context


def _of_service(call: Call, resource_account_id: str) -> Context:
    context = {key: tuple(_texts(call.parameters[member])) for key, member in _members(call)}
    special = SPECIAL.get(call.service)
    return {**context, **(special(call, resource_account_id) if special else {})}


def _members(call: Call) -> Iterator[tuple[str, str]]:
    for key, member in _keys(call.service):
        if call.parameters.get(member) is not None:
            yield key, member


@lru_cache
def _keys(service: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, member) for key, member in MEMBERS.items() if key.startswith(f"{service}:"))


def _ec2(call: Call, _: str) -> Context:
    return {"ec2:region": (call.region,)}


def _ecs(call: Call, _: str) -> Context:
    cluster = call.parameters.get("cluster") or "default"
    arn = str(cluster)
    return {
        "ecs:cluster": (
            arn if arn.startswith("arn:") else f"arn:aws:ecs:{call.region}:{call.account_id}:cluster/{arn}",
        )
    }


def _events(call: Call, _: str) -> Context:
    targets = call.parameters.get("Targets")
    arns = [str(target["Arn"]) for target in targets if "Arn" in target] if isinstance(targets, Sequence) else []
    return {"events:targetarn": tuple(arns)} if arns else {}


def _kms(call: Call, _: str) -> Context:
    context: Context = {"kms:grantisforawsresource": ("false",)} if call.operation == "CreateGrant" else {}
    encryption = call.parameters.get("EncryptionContext")
    return {**context, **encryption_context(encryption if isinstance(encryption, Mapping) else {})}


def encryption_context(pairs: Mapping[str, str]) -> Context:
    """The keys of an encryption context."""
    context: Context = {f"kms:encryptioncontext:{key.lower()}": (str(value),) for key, value in pairs.items()}
    return {**context, "kms:encryptioncontextkeys": tuple(pairs)} if pairs else {}


def _s3(_: Call, resource_account_id: str) -> Context:
    return {
        "s3:resourceaccount": (resource_account_id,),
        "s3:authtype": ("REST-HEADER",),
        "s3:signatureversion": ("AWS4-HMAC-SHA256",),
    }


def _secretsmanager(call: Call, _: str) -> Context:
    is_default = call.operation == "GetSecretValue" and not {"VersionId", "VersionStage"} & set(call.parameters)
    return {"secretsmanager:versionstage": ("AWSCURRENT",)} if is_default else {}


def _sts(call: Call, _: str) -> Context:
    keys = tuple(_texts(call.parameters.get("TransitiveTagKeys")))
    return {"sts:transitivetagkeys": keys} if keys else {}


SPECIAL = {
    "ec2": _ec2,
    "ecs": _ecs,
    "events": _events,
    "kms": _kms,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "sts": _sts,
}


def _texts(value: object) -> list[str]:
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [str(entry) for entry in value]
    return [] if value is None else [str(value)]


def _tags(parameters: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Tags of a request, in each of AWS's shapes: a map, a list of pairs, or such lists by type of resource."""
    for member in TAG_MEMBERS:
        value = parameters.get(member)
        if isinstance(value, Mapping):
            yield from ((str(key), str(text)) for key, text in value.items())
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from (pair for entry in value if isinstance(entry, Mapping) for pair in _pairs(entry))


def _pairs(entry: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if "Tags" in entry:
        yield from _tags(entry)
        return
    key = entry.get("Key", entry.get("key", entry.get("TagKey")))
    if key is not None:
        yield str(key), str(entry.get("Value", entry.get("value", entry.get("TagValue", ""))))


def _tag_keys(parameters: Mapping[str, object]) -> Iterator[str]:
    for member in TAG_KEY_MEMBERS:
        yield from _texts(parameters.get(member))
