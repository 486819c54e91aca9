"""ACLs of buckets."""

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block, blocks, present
from slipway_sandbox.provider.protocol.wire import Properties


def refuse_acl(scope: Scope) -> None:
    """Refuses an ACL without ownership controls for ACLs, as S3 does; a new bucket has none."""
    try:
        reply = scope.call("get_bucket_ownership_controls", Bucket=scope.get("bucket"))
        rules = blocks(block(reply, "OwnershipControls"), "Rules")
    except AwsError as error:
        if "NotFound" not in error.code:
            raise
        rules = []
    if not rules or rules[0]["ObjectOwnership"] == "BucketOwnerEnforced":
        raise AwsError("PutBucketAcl", "AccessControlListNotSupported", "The bucket does not allow ACLs")


def put_acl(scope: Scope) -> Properties:
    """Sets the bucket's ACL."""
    refuse_acl(scope)
    values = present(scope.inputs, "acl") or present(scope.inputs, "accessControlPolicy")
    request = scope.members("put_bucket_acl", values, Names("", {"acl": "ACL", "accessControlPolicy.owner.id": "ID"}))
    scope.call("put_bucket_acl", Bucket=scope.get("bucket"), **request)
    return {}


RESOURCES = (
    Resource(
        "aws:s3/bucketAcl:BucketAcl",
        "s3",
        create=put_acl,
        id="{bucket}",
        read=(Call("get_bucket_acl", {"Bucket": "{bucket}"}, reply="{AccessControlPolicy: @}"),),
        updates=(Update("accessControlPolicy acl", put_acl),),
        delete=None,
        reads={"acl": "`null`"},
        echoed="expectedBucketOwner",
        immutable={"it belongs to one bucket": "bucket expectedBucketOwner"},
    ),
)
