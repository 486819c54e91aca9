"""The credentials that a request names."""

from dataclasses import dataclass

import pytest

from slipway_sandbox.identities.reading.signatures import Signature, signature_of

SCOPE = "AKIDEXAMPLE/20260101/eu-west-1/sqs/aws4_request"


@dataclass(frozen=True)
class Case:
    """A request, and the signature in it."""

    says: str
    request: dict[str, str]
    signature: Signature | None


CASES = [
    Case("no signature", {"QUERY_STRING": "list-type=2"}, None),
    Case(
        "a user's key in the header",
        {"HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=1"},
        Signature("AKIDEXAMPLE", "", "eu-west-1", "sqs"),
    ),
    Case(
        "without a space after the comma, and with a session token",
        {
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={SCOPE},SignedHeaders=host,Signature=1",
            "HTTP_X_AMZ_SECURITY_TOKEN": "token",
        },
        Signature("AKIDEXAMPLE", "token", "eu-west-1", "sqs"),
    ),
    Case(
        "for all regions",
        {"HTTP_AUTHORIZATION": "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/S3/aws4_request, SignedHeaders=host"},
        Signature("AKID", "", "", "s3"),
    ),
    Case(
        "a presigned URL",
        {"QUERY_STRING": "X-Amz-Credential=ASIA%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Security-Token=a%2Bb"},
        Signature("ASIA", "a+b", "eu-west-1", "s3"),
    ),
    Case("S3's old signature", {"HTTP_AUTHORIZATION": "AWS AKID:c2lnbmVk"}, Signature("AKID", "", "", "s3")),
    Case(
        "S3's old presigned URL",
        {"QUERY_STRING": "AWSAccessKeyId=AKID&Signature=x&Expires=1"},
        Signature("AKID", "", "", "s3"),
    ),
    Case("another kind of authorization", {"HTTP_AUTHORIZATION": "Basic YTpi"}, None),
]


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
def test_a_request_names_its_credentials(case: Case) -> None:
    assert signature_of(case.request) == case.signature
