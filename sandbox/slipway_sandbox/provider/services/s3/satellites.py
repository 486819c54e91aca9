"""What is set on a bucket by a resource of its own: versioning, encryption, policy, access, lifecycle, website…"""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names

BUCKET = {"Bucket": "{bucket}"}
FILTER = "Filter.Key.FilterRules"
NOTIFICATIONS = {
    "queues": "QueueConfigurations",
    "topics": "TopicConfigurations",
    "lambdaFunctions": "LambdaFunctionConfigurations",
}
CONFIGURATIONS = ", ".join((*NOTIFICATIONS.values(), "EventBridgeConfiguration"))


def satellite(name: str, put: Call, properties: str, read: Call, delete: Call | None, **more: Any) -> Resource:
    """A resource that is one side of a bucket which another resource made."""
    owner = more.pop("owner", "expectedBucketOwner")
    echoed = f"{more.pop('echoed', '')} {owner}".strip()
    immutable = {"it belongs to one bucket": f"bucket {owner if owner == 'expectedBucketOwner' else ''}"}
    call = Call(put.operation, {**BUCKET, **put.params})
    return Resource(
        f"aws:s3/bucket{name}:Bucket{name}",
        "s3",
        create=call,
        id="{bucket}",
        read=(Call(read.operation, BUCKET, reply=read.reply),),
        updates=(Update(properties, call),),
        delete=delete and Call(delete.operation, {**BUCKET, **delete.params}),
        echoed=echoed,
        immutable=immutable | more.pop("immutable", {}),
        **more,
    )


def refuse_acl(scope: Scope) -> None:
    """S3 takes an ACL only where the bucket's ownership controls allow them, which a new bucket's do not."""
    try:
        rules = scope.call("get_bucket_ownership_controls", Bucket=scope.get("bucket"))["OwnershipControls"]["Rules"]
    except AwsError as error:
        if "NotFound" not in error.code:
            raise
        rules = []
    if not rules or rules[0]["ObjectOwnership"] == "BucketOwnerEnforced":
        raise AwsError("PutBucketAcl", "AccessControlListNotSupported", "The bucket does not allow ACLs")


def put_acl(scope: Scope) -> Mapping[str, Any]:
    """Sets the bucket's ACL."""
    refuse_acl(scope)
    names = (
        {"acl": scope.inputs["acl"]}
        if scope.inputs.get("acl")
        else {"accessControlPolicy": scope.inputs["accessControlPolicy"]}
    )
    request = scope.members("put_bucket_acl", names, Names("", {"acl": "ACL", "accessControlPolicy.owner.id": "ID"}))
    scope.call("put_bucket_acl", Bucket=scope.get("bucket"), **request)
    return {}


def eventbridge(scope: Scope) -> dict[str, Any]:
    """The block whose being there sends a bucket's events to EventBridge."""
    return {"EventBridgeConfiguration": {}} if scope.inputs.get("eventbridge") else {}


RESOURCES = (
    satellite(
        "Versioning",
        Call("put_bucket_versioning"),
        "versioningConfiguration",
        Call("get_bucket_versioning", reply="Status && {VersioningConfiguration: @}"),
        Call("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Suspended"}}),  # S3 cannot forget it
        echoed="mfa",
        accepted={"versioningConfiguration.status": "Disabled"},
    ),
    satellite(
        "ServerSideEncryptionConfiguration",
        Call("put_bucket_encryption"),
        "rules",
        Call("get_bucket_encryption"),
        Call("delete_bucket_encryption"),
        names={"rules": "ServerSideEncryptionConfiguration.Rules"},
    ),
    satellite(
        "PublicAccessBlock",
        Call("put_public_access_block"),
        "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets",
        Call("get_public_access_block"),
        Call("delete_public_access_block"),
        attributes="PublicAccessBlockConfiguration",
        defaults=dict.fromkeys(
            ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), False
        ),
        owner="skipDestroy",
    ),
    satellite(
        "OwnershipControls",
        Call("put_bucket_ownership_controls"),
        "rule",
        Call("get_bucket_ownership_controls"),
        Call("delete_bucket_ownership_controls"),
        names={"rule": "OwnershipControls.Rules"},
        owner="",
    ),
    satellite(
        "Policy",
        Call("put_bucket_policy"),
        "policy",
        Call("get_bucket_policy"),
        Call("delete_bucket_policy"),
        documents="policy",
        owner="",
    ),
    satellite(
        "CorsConfiguration",
        Call("put_bucket_cors"),
        "corsRules",
        Call("get_bucket_cors", reply="{CORSConfiguration: @}"),
        Call("delete_bucket_cors"),
        names={"corsRules": "CORSConfiguration.CORSRules"},
    ),
    satellite(
        "LifecycleConfiguration",
        Call("put_bucket_lifecycle_configuration"),
        "rules",
        Call("get_bucket_lifecycle_configuration", reply="{LifecycleConfiguration: @}"),
        Call("delete_bucket_lifecycle"),
        names={"rules": "LifecycleConfiguration.Rules"},
        echoed="timeouts transitionDefaultMinimumObjectSize",
    ),
    satellite(
        "Logging",
        Call("put_bucket_logging"),
        "targetBucket targetGrants targetObjectKeyFormat targetPrefix",
        Call("get_bucket_logging", reply="LoggingEnabled && {BucketLoggingStatus: @}"),
        Call("put_bucket_logging", {"BucketLoggingStatus": lambda _: {}}),
        names={
            name: f"BucketLoggingStatus.LoggingEnabled.{name[0].upper()}{name[1:]}"
            for name in ("targetBucket", "targetGrants", "targetObjectKeyFormat", "targetPrefix")
        },
    ),
    satellite(
        "WebsiteConfiguration",
        Call("put_bucket_website"),
        "errorDocument indexDocument redirectAllRequestsTo routingRules",
        Call("get_bucket_website", reply="{WebsiteConfiguration: @}"),
        Call("delete_bucket_website"),
        attributes="WebsiteConfiguration",
        computed={
            "websiteDomain": "s3-website-{region}.amazonaws.com",
            "websiteEndpoint": "{id}.s3-website-{region}.amazonaws.com",
        },
        echoed="routingRuleDetails",
    ),
    satellite(
        "ObjectLockConfiguration",
        Call("put_object_lock_configuration"),
        "rule objectLockEnabled",
        Call("get_object_lock_configuration"),
        None,  # a lock is never taken away
        attributes="ObjectLockConfiguration",
        defaults={"objectLockEnabled": "Enabled"},
        echoed="token",
        immutable={"a lock is never taken away": "objectLockEnabled"},
    ),
    satellite(
        "Notification",
        Call("put_bucket_notification_configuration", {"NotificationConfiguration": eventbridge}),
        "eventbridge lambdaFunctions queues topics",
        Call(
            "get_bucket_notification_configuration",
            reply=f"(not_null({CONFIGURATIONS}) != null && {{NotificationConfiguration: @}}) || null",
        ),
        Call("put_bucket_notification_configuration", {"NotificationConfiguration": lambda _: {}}),
        names={
            **{name: f"NotificationConfiguration.{member}" for name, member in NOTIFICATIONS.items()},
            **{f"{name}.filterPrefix": f"{FILTER}.prefix" for name in NOTIFICATIONS},
            **{f"{name}.filterSuffix": f"{FILTER}.suffix" for name in NOTIFICATIONS},
        },
        handled="eventbridge",
        reads={"eventbridge": "`null`"},
        owner="",
    ),
    Resource(
        "aws:s3/bucketAcl:BucketAcl",
        "s3",
        create=put_acl,
        id="{bucket}",
        read=(Call("get_bucket_acl", BUCKET, reply="{AccessControlPolicy: @}"),),
        updates=(Update("accessControlPolicy acl", put_acl),),
        delete=None,
        reads={"acl": "`null`"},
        echoed="expectedBucketOwner",
        immutable={"it belongs to one bucket": "bucket expectedBucketOwner"},
    ),
)
