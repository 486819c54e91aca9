"""Requests are read as moto reads them, by whichever way."""

import io
from typing import Any
from urllib.parse import unquote, urlsplit

import botocore.session
import pytest
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.model import OperationModel
from botocore.serialize import create_serializer

from slipway_sandbox.identities.reading.incoming import Incoming, incoming
from slipway_sandbox.identities.reading.signatures import Signature
from tests.support.sandbox.authorization.parameters import parameters

OPERATIONS = {
    "ec2": ("DescribeVpcs", "RunInstances", "CreateTags", "AuthorizeSecurityGroupIngress"),
    "eks": ("ListClusters", "CreateCluster", "DescribeNodegroup", "TagResource", "UpdateClusterConfig"),
    "elbv2": ("CreateListener", "ModifyTargetGroupAttributes"),
    "iam": ("CreateRole", "TagRole", "GetRole"),
    "lambda": ("CreateFunction", "Invoke"),
    "route53": ("ListHostedZones", "ChangeTagsForResource", "ListResourceRecordSets"),
    "s3": (
        "CopyObject", "CreateBucket", "DeleteObject", "DeleteObjects", "GetBucketAcl", "GetObject", "GetObjectTagging",
        "HeadObject", "ListBuckets", "ListObjectsV2", "ListParts", "PutBucketTagging", "PutObject", "UploadPart",
    ),
    "sns": ("Publish", "Subscribe", "SetTopicAttributes"),
    "sts": ("AssumeRole", "AssumeRoleWithWebIdentity"),
}  # fmt: skip
CALLS = [(service, operation) for service, names in OPERATIONS.items() for operation in names]
HOST = "127.0.0.1:4566"
FREE_HEADERS = "Metadata"  # of objects: says nothing of rights, and only moto reads it


def environ_of(operation: OperationModel, host: str, **changes: str) -> dict[str, Any]:
    """A request with every parameter, as a WSGI server has it."""
    protocol = operation.service_model.protocol
    serialized = create_serializer(protocol, include_validation=False).serialize_to_request(
        parameters(operation.input_shape), operation
    )
    prepare_request_dict(serialized, f"http://{host}", {}, None)
    request = create_request_object(serialized).prepare()
    place = urlsplit(request.url)
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else bytes(body)
    headers = {name.upper().replace("-", "_"): value for name, value in request.headers.items()}
    named = {f"HTTP_{name}": value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
    content_type = named.pop("HTTP_CONTENT_TYPE", "")
    return {
        **named,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": content_type,
        "HTTP_HOST": host,
        "PATH_INFO": unquote(place.path),
        "QUERY_STRING": place.query,
        "RAW_URI": f"{place.path}?{place.query}",
        "REQUEST_METHOD": request.method,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "4566",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        **changes,
    }


def operation_of(service: str, name: str) -> OperationModel:
    return botocore.session.get_session().get_service_model(service).operation_model(name)


def read(service: str, environ: dict[str, Any]) -> Incoming:
    name = "elasticloadbalancing" if service == "elbv2" else service
    found = incoming(environ, Signature("AKID", "", "eu-west-1", name))
    assert isinstance(found, Incoming), found
    return found


@pytest.mark.parametrize(("service", "name"), CALLS, ids=[name for _, name in CALLS])
def test_a_plain_request_is_read_as_it_was_sent(service: str, name: str) -> None:
    operation = operation_of(service, name)
    call = read(service, environ_of(operation, HOST))
    sent = {key: value for key, value in parameters(operation.input_shape).items() if key != FREE_HEADERS}
    assert (call.operation, sorted(set(sent) - set(call.parameters))) == (name, UNREAD.get(name, []))


UNREAD = {"PutObject": ["Body"], "UploadPart": ["Body"], "Invoke": ["Payload"]}
"""Content."""


def test_a_bucket_in_the_host_is_read_by_moto() -> None:
    environ = environ_of(operation_of("s3", "GetObject"), "photos.s3.localhost:4566")
    environ["RAW_URI"] = environ["PATH_INFO"] = "/cat.jpg"
    environ["QUERY_STRING"] = ""
    call = read("s3", environ)
    assert (call.operation, call.parameters["Bucket"], call.parameters["Key"]) == ("GetObject", "photos", "cat.jpg")


def test_a_number_that_is_none_hides_no_call() -> None:
    environ = environ_of(operation_of("s3", "ListObjectsV2"), HOST)
    environ["QUERY_STRING"] = "list-type=2&max-keys=many"
    call = read("s3", environ)
    assert (call.operation, call.parameters) == (
        "ListObjectsV2",
        {**call.parameters, "Bucket": "value", "MaxKeys": "many"},
    )
