"""Operations whose actions have other names. Without a row an operation is the action of its own name.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from slipway_sandbox.authorization.model import Call

ActionNames = str | tuple[str, ...] | Callable[[Call], Iterable[str]]

FREE = frozenset({
    ("sts", "GetCallerIdentity"), ("sts", "GetSessionToken"),
    ("sts", "AssumeRoleWithSAML"), ("sts", "AssumeRoleWithWebIdentity"),
})  # fmt: skip
"""Calls that need no permission. A token, not a policy, lets the last two in."""


def _transaction(call: Call) -> Iterator[str]:
    items = call.parameters.get("TransactItems")
    names = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
    steps = [
        step for item in (items if isinstance(items, Sequence) else ()) if isinstance(item, Mapping) for step in item
    ]
    yield from dict.fromkeys(names[step] for step in steps if step in names) or ("PutItem",)


def _version(plain: str) -> Callable[[Call], Iterator[str]]:
    """An action on objects of S3 has another name for one version."""

    def names(call: Call) -> Iterator[str]:
        yield f"{plain}Version" if call.parameters.get("VersionId") else plain

    return names


def _assume(call: Call) -> Iterator[str]:
    yield "AssumeRole"
    if call.parameters.get("Tags"):
        yield "TagSession"
    if call.parameters.get("SourceIdentity"):
        yield "SetSourceIdentity"


def _put_object(call: Call) -> Iterable[str]:
    names = ["PutObject"]
    if call.parameters.get("Tagging"):
        names.append("PutObjectTagging")
    if call.parameters.get("ACL"):
        names.append("PutObjectAcl")
    return names


def _settings(name: str) -> dict[tuple[str, str], ActionNames]:
    """Operations on one kind of a bucket's configurations: S3 has an action to read them and one to write them."""
    reads = {("s3", f"GetBucket{name}"): f"Get{name}", ("s3", f"ListBucket{name}s"): f"Get{name}"}
    writes = {("s3", f"PutBucket{name}"): f"Put{name}", ("s3", f"DeleteBucket{name}"): f"Put{name}"}
    return {**reads, **writes}


OPERATIONS: Mapping[tuple[str, str], ActionNames] = {
    **_settings("AnalyticsConfiguration"),
    **_settings("IntelligentTieringConfiguration"),
    **_settings("InventoryConfiguration"),
    **_settings("MetricsConfiguration"),
    ("dynamodb", "TransactGetItems"): "GetItem",
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("kms", "ReEncrypt"): ("ReEncryptFrom", "ReEncryptTo"),
    ("lambda", "Invoke"): "InvokeFunction",
    ("lambda", "InvokeAsync"): "InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "InvokeFunction",
    ("s3", "CompleteMultipartUpload"): "PutObject",
    ("s3", "CopyObject"): _put_object,
    ("s3", "CreateMultipartUpload"): _put_object,
    ("s3", "DeleteBucketCors"): "PutBucketCORS",
    ("s3", "DeleteBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "DeleteBucketLifecycle"): "PutLifecycleConfiguration",
    ("s3", "DeleteBucketOwnershipControls"): "PutBucketOwnershipControls",
    ("s3", "DeleteBucketReplication"): "PutReplicationConfiguration",
    ("s3", "DeleteBucketTagging"): "PutBucketTagging",
    ("s3", "DeleteObject"): _version("DeleteObject"),
    ("s3", "DeleteObjects"): "DeleteObject",
    ("s3", "DeletePublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "GetBucketAccelerateConfiguration"): "GetAccelerateConfiguration",
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("s3", "GetBucketLifecycle"): "GetLifecycleConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "GetLifecycleConfiguration",
    ("s3", "GetBucketNotificationConfiguration"): "GetBucketNotification",
    ("s3", "GetBucketReplication"): "GetReplicationConfiguration",
    ("s3", "GetObject"): _version("GetObject"),
    ("s3", "GetObjectLockConfiguration"): "GetBucketObjectLockConfiguration",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): _version("GetObject"),
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "ListMultipartUploads"): "ListBucketMultipartUploads",
    ("s3", "ListObjectVersions"): "ListBucketVersions",
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "ListParts"): "ListMultipartUploadParts",
    ("s3", "PutBucketAccelerateConfiguration"): "PutAccelerateConfiguration",
    ("s3", "PutBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "PutBucketLifecycle"): "PutLifecycleConfiguration",
    ("s3", "PutBucketLifecycleConfiguration"): "PutLifecycleConfiguration",
    ("s3", "PutBucketNotificationConfiguration"): "PutBucketNotification",
    ("s3", "PutBucketReplication"): "PutReplicationConfiguration",
    ("s3", "PutObject"): _put_object,
    ("s3", "PutObjectLockConfiguration"): "PutBucketObjectLockConfiguration",
    ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "SelectObjectContent"): "GetObject",
    ("s3", "UploadPart"): "PutObject",
    ("s3", "UploadPartCopy"): "PutObject",
    ("secretsmanager", "BatchGetSecretValue"): ("BatchGetSecretValue", "GetSecretValue"),
    ("sns", "PublishBatch"): "Publish",
    ("sts", "AssumeRole"): _assume,
    ("sqs", "ChangeMessageVisibilityBatch"): "ChangeMessageVisibility",
    ("sqs", "DeleteMessageBatch"): "DeleteMessage",
    ("sqs", "SendMessageBatch"): "SendMessage",
}
