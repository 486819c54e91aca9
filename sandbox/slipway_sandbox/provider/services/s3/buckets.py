"""Buckets with inline settings: versioning, encryption, policy, CORS, lifecycle, website, logs."""

import json

from slipway_sandbox.provider.aws.client import AwsError, StillUsedError
from slipway_sandbox.provider.aws.declaration import Action, Autoname, Failures, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value

BUCKET = {"Bucket": "{id}"}
ELSEWHERE = "accelerationStatus grants objectLockConfiguration replicationConfiguration requestPayer"
RULES = "LifecycleConfiguration.Rules"
SIDES = {
    "corsRules": ("put_bucket_cors", "delete_bucket_cors"),
    "lifecycleRules": ("put_bucket_lifecycle_configuration", "delete_bucket_lifecycle"),
    "website": ("put_bucket_website", "delete_bucket_website"),
    "logging": ("put_bucket_logging", ""),
}
NAMES = {
    "corsRules": "CORSConfiguration.CORSRules",
    "lifecycleRules": RULES,
    "lifecycleRules.abortIncompleteMultipartUploadDays": "AbortIncompleteMultipartUpload.DaysAfterInitiation",
    "lifecycleRules.enabled": "Status",
    "lifecycleRules.noncurrentVersionExpiration.days": "NoncurrentDays",
    "lifecycleRules.noncurrentVersionTransitions.days": "NoncurrentDays",
    "lifecycleRules.prefix": "Filter.Prefix",
    "logging": "BucketLoggingStatus.LoggingEnabled",
    "website": "WebsiteConfiguration",
    "website.errorDocument": "ErrorDocument.Key",
    "website.indexDocument": "IndexDocument.Suffix",
    "website.redirectAllRequestsTo": "RedirectAllRequestsTo.HostName",
    "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId": "KMSMasterKeyID",
}
NOT_SET = (
    "NoSuch",
    "ServerSideEncryptionConfigurationNotFound",
    "ObjectLockConfigurationNotFound",
)  # S3's codes for a setting without a value
FIRST_REGION = "us-east-1"  # it takes no LocationConstraint
# Hosted zones of the website endpoints. Source: https://docs.aws.amazon.com/general/latest/gr/s3.html
WEBSITE_ZONES = {
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-northeast-2": "Z3W03O7B5YMIYP",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "sa-east-1": "Z7KQH4QJS55SO",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
}


def create_bucket(scope: Scope) -> Properties:
    """Creates a bucket in the resource's region."""
    place: dict[str, Value] = (
        {} if scope.region == FIRST_REGION else {"CreateBucketConfiguration": {"LocationConstraint": scope.region}}
    )
    lock = {"ObjectLockEnabledForBucket": True} if scope.inputs.get("objectLockEnabled") else {}
    scope.call("create_bucket", Bucket=scope.inputs["bucket"], **place, **lock)
    scope.id = text(scope.inputs, "bucket")
    for name, put in (
        ("versioning", put_versioning),
        ("serverSideEncryptionConfiguration", put_encryption),
        ("policy", put_policy),
        *((name, put_side(name)) for name in SIDES),
    ):
        if scope.inputs.get(name):
            put(scope)
    return {"Bucket": scope.id}


def put_versioning(scope: Scope) -> None:
    """Turns versioning on; once on, S3 can only suspend it."""
    status = "Enabled" if block(scope.inputs, "versioning").get("enabled") else "Suspended"
    scope.call("put_bucket_versioning", Bucket=scope.id, VersioningConfiguration={"Status": status})


def put_encryption(scope: Scope) -> None:
    """Sets the encryption of objects. Default: S3's own."""
    rule = block(block(scope.inputs, "serverSideEncryptionConfiguration"), "rule")
    if not rule:
        scope.call("delete_bucket_encryption", Bucket=scope.id)
        return
    wanted = block(rule, "applyServerSideEncryptionByDefault")
    default = {"SSEAlgorithm": wanted["sseAlgorithm"]}
    if wanted.get("kmsMasterKeyId"):
        default["KMSMasterKeyID"] = wanted["kmsMasterKeyId"]
    rules: list[Value] = [
        {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled"))}
    ]
    scope.call("put_bucket_encryption", Bucket=scope.id, ServerSideEncryptionConfiguration={"Rules": rules})


def put_policy(scope: Scope) -> None:
    """Sets or removes the policy."""
    if policy := scope.inputs.get("policy"):
        scope.call("put_bucket_policy", Bucket=scope.id, Policy=policy)
    else:
        scope.call("delete_bucket_policy", Bucket=scope.id)


def put_side(name: str) -> Action:
    """The call to set one of the SIDES, or to remove it."""
    put, delete = SIDES[name]

    def apply(scope: Scope) -> None:
        if value := scope.inputs.get(name):
            scope.call(put, Bucket=scope.id, **scope.members(put, {name: value}, Names("", NAMES)))
        elif delete:
            scope.call(delete, Bucket=scope.id)
        else:
            scope.call(put, Bucket=scope.id, BucketLoggingStatus={})

    return apply


def answer_of(scope: Scope, operation: str) -> dict[str, Value]:
    """S3's answer about one setting of a bucket; empty without a value."""
    try:
        return scope.call(operation, Bucket=scope.id)
    except AwsError as error:
        if error.code.startswith(NOT_SET) and error.code != "NoSuchBucket":
            return {}
        raise


def read_bucket(scope: Scope) -> Properties | None:
    """The bucket with its tags, versioning, encryption and policy."""
    scope.call("head_bucket", Bucket=scope.id)
    status = answer_of(scope, "get_bucket_versioning").get("Status")
    encryption = block(answer_of(scope, "get_bucket_encryption"), "ServerSideEncryptionConfiguration")
    rules = blocks(encryption, "Rules")
    policy = text(answer_of(scope, "get_bucket_policy"), "Policy", "")
    place = scope.call("get_bucket_location", Bucket=scope.id).get("LocationConstraint") or FIRST_REGION
    return {
        "Bucket": scope.id,
        "BucketRegion": place,
        "ObjectLockEnabled": bool(answer_of(scope, "get_object_lock_configuration")),
        "Policy": json.loads(policy) if policy else None,
        "ServerSideEncryptionConfiguration": {"Rule": rules[0]} if rules else {},
        "Tags": answer_of(scope, "get_bucket_tagging").get("TagSet", []),
        "Versioning": {"Enabled": status == "Enabled"} if status else {},
        "CORSConfiguration": answer_of(scope, "get_bucket_cors"),
        "LifecycleConfiguration": answer_of(scope, "get_bucket_lifecycle_configuration"),
        "WebsiteConfiguration": answer_of(scope, "get_bucket_website"),
        "BucketLoggingStatus": answer_of(scope, "get_bucket_logging"),
    }


def put_tags(scope: Scope) -> None:
    """S3 sets all tags of a bucket at once."""
    pairs = [{"Key": key, "Value": value} for key, value in scope.tags.items()]
    scope.call("put_bucket_tagging", Bucket=scope.id, Tagging={"TagSet": pairs})


def empty_bucket(scope: Scope) -> None:
    """Deletes every version of every object."""
    start: dict[str, Value] = {}
    while True:
        page = scope.call("list_object_versions", Bucket=scope.id, **start)
        versions = [*blocks(page, "Versions"), *blocks(page, "DeleteMarkers")]
        keys: Value = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
        if keys:
            scope.call("delete_objects", Bucket=scope.id, Delete={"Objects": keys, "Quiet": True})
        if not page["IsTruncated"]:
            return
        start = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}


def delete_bucket(scope: Scope) -> None:
    """Deletes the bucket; with forceDestroy its objects first, also the latest ones, such as access logs."""
    is_forced = scope.state.get("forceDestroy")
    try:
        if is_forced:
            empty_bucket(scope)
        scope.call("delete_bucket", Bucket=scope.id)
    except AwsError as error:
        if error.code == "BucketNotEmpty" and is_forced:
            hint = "something keeps writing into it; stop that, or wait longer with customTimeouts"
            raise StillUsedError(error.operation, error.code, error.message, hint) from error
        raise


def validate_bucket(inputs: Properties) -> Failures:
    """Refuses settings without effect in the sandbox."""
    rules, website = inputs.get("lifecycleRules"), inputs.get("website")
    if isinstance(rules, list) and any(isinstance(rule, dict) and rule.get("tags") for rule in rules):
        return [("lifecycleRules", "the sandbox does not filter by tags here; use BucketLifecycleConfiguration")]
    if isinstance(website, dict) and website.get("routingRules"):
        return [
            ("website.routingRules", "the sandbox does not do this as part of a bucket; use BucketWebsiteConfiguration")
        ]
    return [
        (name, "the sandbox does not do this as part of a bucket; leave it out here")
        for name in ELSEWHERE.split()
        if inputs.get(name)
    ]


RESOURCES = (
    Resource(
        "aws:s3/bucket:Bucket",
        "s3",
        create=create_bucket,
        id="Bucket",
        read=read_bucket,
        updates=(
            Update("versioning", put_versioning),
            Update("serverSideEncryptionConfiguration", put_encryption),
            Update("policy", put_policy),
            *(Update(name, put_side(name)) for name in SIDES),
        ),
        delete=delete_bucket,
        tags=Tags(set_all=put_tags),
        autoname=Autoname("bucket", length_limit=63, lower_case=True),
        names=NAMES,
        computed={
            "arn": "arn:aws:s3:::{id}",
            "hostedZoneId": lambda scope: WEBSITE_ZONES.get(scope.region),
            "websiteDomain": lambda scope: f"s3-website-{scope.region}.amazonaws.com" if scope.get("website") else None,
            "websiteEndpoint": lambda scope: (
                f"{scope.id}.s3-website-{scope.region}.amazonaws.com" if scope.get("website") else None
            ),
            "bucketDomainName": "{id}.s3.amazonaws.com",
            "bucketRegionalDomainName": "{id}.s3.{region}.amazonaws.com",
        },
        defaults={"forceDestroy": False},
        policies="policy",
        echoed=f"acl bucketNamespace forceDestroy {ELSEWHERE}",
        immutable={"a bucket keeps its name, and its lock is decided at creation": "bucket objectLockEnabled"},
        missing="404",
        validate=validate_bucket,
    ),
)
