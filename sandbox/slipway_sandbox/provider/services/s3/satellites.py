"""Settings of a bucket as resources of their own: versioning, encryption, policy, access, lifecycle, website…"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.wire import Properties

BUCKET = {"Bucket": "{bucket}"}
FILTER = "Filter.Key.FilterRules"
NOTIFICATIONS = {
    "queues": "QueueConfigurations",
    "topics": "TopicConfigurations",
    "lambdaFunctions": "LambdaFunctionConfigurations",
}
CONFIGURATIONS = ", ".join((*NOTIFICATIONS.values(), "EventBridgeConfiguration"))


EXPECTED_OWNER = "expectedBucketOwner"


@dataclass(frozen=True)
class Setting:
    """The calls for one setting of a bucket."""

    properties: str
    put: Call
    read: Call
    delete: Call | None


def satellite(
    name: str,
    setting: Setting,
    *,
    owner: str = EXPECTED_OWNER,
    echoed: str = "",
    immutable: Mapping[str, str] | None = None,
) -> Resource:
    """The resource type of one setting. `owner` is the property beside the bucket to keep in the state."""
    put = Call(setting.put.operation, {**BUCKET, **setting.put.params})
    delete = setting.delete
    return Resource(
        f"aws:s3/bucket{name}:Bucket{name}",
        "s3",
        create=put,
        id="{bucket}",
        read=(Call(setting.read.operation, BUCKET, reply=setting.read.reply),),
        updates=(Update(setting.properties, put),),
        delete=delete and Call(delete.operation, {**BUCKET, **delete.params}),
        echoed=f"{echoed} {owner}".strip(),
        immutable={"it belongs to one bucket": f"bucket {owner if owner == EXPECTED_OWNER else ''}"}
        | dict(immutable or {}),
    )


def eventbridge(scope: Scope) -> Properties:
    """The block to send a bucket's events to EventBridge: its presence turns them on."""
    return {"EventBridgeConfiguration": {}} if scope.inputs.get("eventbridge") else {}


RESOURCES = (
    replace(
        satellite(
            "Versioning",
            Setting(
                "versioningConfiguration",
                put=Call("put_bucket_versioning"),
                read=Call("get_bucket_versioning", reply="Status && {VersioningConfiguration: @}"),
                delete=Call("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Suspended"}}),
            ),
            echoed="mfa",
        ),
        accepted={"versioningConfiguration.status": "Disabled"},
    ),
    replace(
        satellite(
            "ServerSideEncryptionConfiguration",
            Setting(
                "rules",
                put=Call("put_bucket_encryption"),
                read=Call("get_bucket_encryption"),
                delete=Call("delete_bucket_encryption"),
            ),
        ),
        names={"rules": "ServerSideEncryptionConfiguration.Rules"},
    ),
    replace(
        satellite(
            "PublicAccessBlock",
            Setting(
                "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets",
                put=Call("put_public_access_block"),
                read=Call("get_public_access_block"),
                delete=Call("delete_public_access_block"),
            ),
            owner="skipDestroy",
        ),
        attributes="PublicAccessBlockConfiguration",
        defaults=dict.fromkeys(
            ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), False
        ),
    ),
    replace(
        satellite(
            "OwnershipControls",
            Setting(
                "rule",
                put=Call("put_bucket_ownership_controls"),
                read=Call("get_bucket_ownership_controls"),
                delete=Call("delete_bucket_ownership_controls"),
            ),
            owner="",
        ),
        names={"rule": "OwnershipControls.Rules"},
    ),
    replace(
        satellite(
            "Policy",
            Setting(
                "policy",
                put=Call("put_bucket_policy"),
                read=Call("get_bucket_policy"),
                delete=Call("delete_bucket_policy"),
            ),
            owner="",
        ),
        policies="policy",
    ),
    replace(
        satellite(
            "CorsConfiguration",
            Setting(
                "corsRules",
                put=Call("put_bucket_cors"),
                read=Call("get_bucket_cors", reply="{CORSConfiguration: @}"),
                delete=Call("delete_bucket_cors"),
            ),
        ),
        names={"corsRules": "CORSConfiguration.CORSRules"},
    ),
    replace(
        satellite(
            "LifecycleConfiguration",
            Setting(
                "rules",
                put=Call("put_bucket_lifecycle_configuration"),
                read=Call("get_bucket_lifecycle_configuration", reply="{LifecycleConfiguration: @}"),
                delete=Call("delete_bucket_lifecycle"),
            ),
            echoed="timeouts transitionDefaultMinimumObjectSize",
        ),
        names={"rules": "LifecycleConfiguration.Rules"},
    ),
    replace(
        satellite(
            "Logging",
            Setting(
                "targetBucket targetGrants targetObjectKeyFormat targetPrefix",
                put=Call("put_bucket_logging"),
                read=Call("get_bucket_logging", reply="LoggingEnabled && {BucketLoggingStatus: @}"),
                delete=Call("put_bucket_logging", {"BucketLoggingStatus": lambda _: {}}),
            ),
        ),
        names={
            name: f"BucketLoggingStatus.LoggingEnabled.{name[0].upper()}{name[1:]}"
            for name in ("targetBucket", "targetGrants", "targetObjectKeyFormat", "targetPrefix")
        },
    ),
    replace(
        satellite(
            "WebsiteConfiguration",
            Setting(
                "errorDocument indexDocument redirectAllRequestsTo routingRules",
                put=Call("put_bucket_website"),
                read=Call("get_bucket_website", reply="{WebsiteConfiguration: @}"),
                delete=Call("delete_bucket_website"),
            ),
            echoed="routingRuleDetails",
        ),
        attributes="WebsiteConfiguration",
        documents="routingRuleDetails",
        computed={
            "websiteDomain": "s3-website-{region}.amazonaws.com",
            "websiteEndpoint": "{id}.s3-website-{region}.amazonaws.com",
        },
    ),
    replace(
        satellite(
            "ObjectLockConfiguration",
            Setting(
                "rule objectLockEnabled",
                put=Call("put_object_lock_configuration"),
                read=Call("get_object_lock_configuration"),
                delete=None,
            ),
            echoed="token",
            immutable={"a lock is never taken away": "objectLockEnabled"},
        ),
        attributes="ObjectLockConfiguration",
        defaults={"objectLockEnabled": "Enabled"},
    ),
    replace(
        satellite(
            "Notification",
            Setting(
                "eventbridge lambdaFunctions queues topics",
                put=Call("put_bucket_notification_configuration", {"NotificationConfiguration": eventbridge}),
                read=Call(
                    "get_bucket_notification_configuration",
                    reply=f"(not_null({CONFIGURATIONS}) != null && {{NotificationConfiguration: @}}) || null",
                ),
                delete=Call("put_bucket_notification_configuration", {"NotificationConfiguration": lambda _: {}}),
            ),
            owner="",
        ),
        names={
            **{name: f"NotificationConfiguration.{member}" for name, member in NOTIFICATIONS.items()},
            **{f"{name}.filterPrefix": f"{FILTER}.prefix" for name in NOTIFICATIONS},
            **{f"{name}.filterSuffix": f"{FILTER}.suffix" for name in NOTIFICATIONS},
        },
        handled="eventbridge",
        reads={"eventbridge": "`null`"},
    ),
)
