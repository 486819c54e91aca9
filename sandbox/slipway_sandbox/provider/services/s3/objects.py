"""Objects in buckets."""

import base64

from slipway_sandbox.provider.aws.declaration import Autoname, Failures, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.assets import content
from slipway_sandbox.provider.protocol.readers import blocks, present, text
from slipway_sandbox.provider.protocol.wire import Properties

NAMES = {
    "acl": "ACL",
    "kmsKeyId": "SSEKMSKeyId",
    "objectLockLegalHoldStatus": "ObjectLockLegalHoldStatus",
    "versionId": "VersionId",
    "websiteRedirect": "WebsiteRedirectLocation",
}
SENT = (
    "acl bucketKeyEnabled cacheControl contentDisposition contentEncoding contentLanguage contentType kmsKeyId "
    "metadata objectLockLegalHoldStatus objectLockMode objectLockRetainUntilDate serverSideEncryption storageClass websiteRedirect"
)
ALGORITHM = "checksumAlgorithm"
BODIES = ("content", "contentBase64", "source")
BINARY = "application/octet-stream"  # S3's own word for an unknown kind of body


def body(scope: Scope) -> bytes:
    """The object's bytes: from a text, base64, an asset, or an archive. Paths are relative to the program's folder."""
    inputs = scope.inputs
    if "contentBase64" in inputs:
        return base64.b64decode(text(inputs, "contentBase64"))
    if inputs.get("source") is not None:
        return content(inputs["source"], scope.engine.folder)
    return str(inputs.get("content") or "").encode()


def put_object(scope: Scope) -> Properties:
    """Writes the object, with its tags."""
    request = scope.members("put_object", present(scope.inputs, f"{ALGORITHM} {SENT}"), Names("", NAMES))
    where = {"Bucket": scope.inputs["bucket"], "Key": scope.inputs["key"]}
    scope.call("put_object", **where, Body=body(scope), **request)
    scope.id = f"{where['Bucket']}/{where['Key']}"
    put_tags(scope)
    return {"id": scope.id}


def put_tags(scope: Scope) -> None:
    """S3 sets all tags of an object at once; moto breaks on an empty set."""
    where = {"Bucket": scope.inputs["bucket"], "Key": scope.inputs["key"]}
    pairs = [{"Key": key, "Value": value} for key, value in scope.tags.items()]
    if pairs:
        scope.call("put_object_tagging", **where, Tagging={"TagSet": pairs})
    else:
        scope.call("delete_object_tagging", **where)


def read_object(scope: Scope) -> Properties | None:
    """The object's headers and tags; its body is not fetched."""
    where = {"Bucket": scope.get("bucket"), "Key": scope.get("key")}
    headers = scope.call("head_object", **where)
    return {
        **where,
        **headers,
        "id": f"{where['Bucket']}/{where['Key']}",
        "ETag": text(headers, "ETag").strip('"'),
        "StorageClass": headers.get("StorageClass", "STANDARD"),
        "Tags": scope.call("get_object_tagging", **where)["TagSet"],
    }


def delete_object(scope: Scope) -> None:
    """Deletes the object; with forceDestroy all its versions."""
    where = {"Bucket": scope.state["bucket"], "Key": scope.state["key"]}
    scope.call("delete_object", **where)
    if scope.state.get("forceDestroy"):
        listed = scope.call("list_object_versions", Bucket=where["Bucket"], Prefix=where["Key"])
        for version in (*blocks(listed, "Versions"), *blocks(listed, "DeleteMarkers")):
            if version["Key"] == where["Key"]:
                scope.call("delete_object", **where, VersionId=version["VersionId"])


def validate_object(inputs: Properties) -> Failures:
    """An object has one body."""
    if sum(name in inputs for name in BODIES) > 1:
        return [("content", f"only one of {', '.join(BODIES)} can be given")]
    return []


def object_type(name: str, checksums: str = "") -> Resource:
    """The resource type. The SDK has two names for it, one of them with checksums."""
    return Resource(
        f"aws:s3/{name[0].lower()}{name[1:]}:{name}",
        "s3",
        create=put_object,
        id="id",
        import_pattern=r"(?:s3://)?(?P<bucket>[^/]+)/(?P<key>.+)",
        read=read_object,
        updates=(Update(f"{' '.join(BODIES)} etag sourceHash {SENT} {checksums and ALGORITHM}", put_object),),
        delete=delete_object,
        tags=Tags(set_all=put_tags),
        autoname=Autoname("key", length_limit=1024, is_bare=True),
        names=NAMES,
        reads=dict.fromkeys(f"acl content {checksums and ALGORITHM}".split(), "`null`"),
        computed={"arn": "arn:aws:s3:::{bucket}/{key}"},
        defaults={"contentType": BINARY, "forceDestroy": False},
        echoed=f"forceDestroy {checksums and 'overrideProvider'}",
        renewed=f"etag versionId {checksums}",
        immutable={"an object keeps its place": "bucket key"},
        missing="404",
        validate=validate_object,
    )


RESOURCES = (
    object_type("BucketObject"),
    object_type("BucketObjectv2", "checksumCrc32 checksumCrc32c checksumCrc64nvme checksumSha1 checksumSha256"),
)
