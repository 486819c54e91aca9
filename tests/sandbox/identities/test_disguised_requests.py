"""Requests that no SDK makes: what the guard judges is what the service does."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slipway_sandbox.identities.answers import Error, untimely
from slipway_sandbox.identities.reading.incoming import whole
from tests.support.sandbox.guarded_cloud import GuardedCloud, guarded_cloud

FORM, JSON = "application/x-www-form-urlencoded", "application/x-amz-json-1.0"
DELETE = "Action=DeleteQueue&QueueUrl=https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
TIME = "%Y%m%dT%H%M%SZ"
NOBODY = "is not authorized to perform: sqs:deletequeue on resource: arn:aws:sqs:eu-west-1:123456789012:jobs"
REASON = "because no identity-based policy allows the sqs:deletequeue action"


@dataclass(frozen=True)
class Case:
    """A request of a user who may only list queues, and the answer to it."""

    says: str
    body: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)
    service: str = "sqs"
    refused: tuple[str, str] = ("AccessDenied", f"User: arn:aws:iam::123456789012:user/eve {NOBODY} {REASON}")


CASES = [
    Case("plainly", DELETE, {"CONTENT_TYPE": FORM}),
    Case("in chunks", DELETE, {"CONTENT_TYPE": FORM, "HTTP_TRANSFER_ENCODING": "chunked"}),
    Case("behind a megabyte", f"Pad={'x' * 1_100_000}&{DELETE}", {"CONTENT_TYPE": FORM}),
    Case("behind another action in the query", DELETE, {"CONTENT_TYPE": FORM, "QUERY_STRING": "Action=ListQueues"}),
    Case(
        "behind another action in a header", DELETE, {"CONTENT_TYPE": FORM, "HTTP_X_AMZ_TARGET": "AmazonSQS.ListQueues"}
    ),
    Case(
        "JSON in chunks",
        json.dumps({"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"}),
        {"CONTENT_TYPE": JSON, "HTTP_X_AMZ_TARGET": "AmazonSQS.DeleteQueue", "HTTP_TRANSFER_ENCODING": "chunked"},
    ),
    Case(
        "JSON of another type",
        json.dumps({"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"}),
        {"CONTENT_TYPE": "application/json", "HTTP_X_AMZ_TARGET": "AmazonSQS.DeleteQueue"},
    ),
    Case(
        "signed for a service that reads no such header",
        "Action=DeleteUser&UserName=ann",
        {"CONTENT_TYPE": FORM, "HTTP_X_AMZ_TARGET": "AmazonSQS.ListQueues"},
        service="iam",
        refused=(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/eve is not authorized to perform: iam:DeleteUser on resource: "
            "arn:aws:iam::123456789012:user/ann because no identity-based policy allows the iam:DeleteUser action",
        ),
    ),
]


class Eve:
    """A cloud with a user who may only list queues."""

    def __init__(self, cloud: GuardedCloud) -> None:
        self.cloud, iam = cloud, cloud.client("iam")
        iam.create_user(UserName="eve")
        listing = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [listing]})
        iam.put_user_policy(UserName="eve", PolicyName="list", PolicyDocument=document)
        self.key = iam.create_access_key(UserName="eve")["AccessKey"]["AccessKeyId"]

    def answer(self, case: Case) -> Any:
        """What the guard says to a request of hers."""
        now = datetime.now(UTC)
        scope = f"{self.key}/{now:%Y%m%d}/eu-west-1/{case.service}/aws4_request"
        environ: dict[str, Any] = {
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=1",
            "HTTP_X_AMZ_DATE": now.strftime(TIME),
            "HTTP_HOST": "localhost",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(case.body.encode()),
            **case.environ,
        }
        if "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input_terminated"] = True
        else:
            environ["CONTENT_LENGTH"] = str(len(case.body))
        whole(environ)
        return self.cloud.examine(environ)


@pytest.fixture(scope="module")
def eve() -> Iterator[Eve]:
    with guarded_cloud() as cloud:
        yield Eve(cloud)


@dataclass(frozen=True)
class Late:
    """A request, signed minutes ago, and the code of its refusal; empty for one in time."""

    service: str
    minutes: int
    code: str


LATE = [
    Late("sqs", 4, ""),
    Late("sqs", 6, "SignatureDoesNotMatch"),
    Late("sqs", -6, "SignatureDoesNotMatch"),
    Late("ecs", 6, "InvalidSignatureException"),
    Late("ec2", 6, "RequestExpired"),
    Late("s3", 14, ""),
    Late("s3", 16, "RequestTimeTooSkewed"),
]


@pytest.mark.parametrize("case", LATE, ids=[f"{case.service} {case.minutes}" for case in LATE])
def test_a_request_of_another_time_is_refused(eve: Eve, case: Late) -> None:
    signed_at = f"{datetime.now(UTC) - timedelta(minutes=case.minutes):{TIME}}"
    answer = eve.answer(
        Case("", "Action=ListQueues", {"CONTENT_TYPE": FORM, "HTTP_X_AMZ_DATE": signed_at}, case.service)
    )
    late = isinstance(answer, Error) and "not authorized" not in answer.message
    assert (answer.code if late else "") == case.code


def test_the_sentence_for_a_late_request_is_aws_own() -> None:
    now = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    late, early = (untimely("sns", timedelta(minutes=minutes), now) for minutes in (60, -60))
    assert late is not None and late.message == (
        "Signature expired: 20260101T110000Z is now earlier than 20260101T115500Z (20260101T120000Z - 5 min.)"
    )
    assert early is not None and early.message == (
        "Signature not yet current: 20260101T130000Z is still later than 20260101T120500Z (20260101T120000Z + 5 min.)"
    )


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Credential={key}/20260101/eu-west-1/s3/aws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60",
        "AWSAccessKeyId={key}&Signature=1&Expires=1767225600",
    ],
    ids=["version 4", "version 2"],
)
def test_a_presigned_url_ends_in_time(eve: Eve, query: str) -> None:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/shop/greeting", "QUERY_STRING": query.format(key=eve.key)}
    answer = eve.cloud.examine(environ)
    assert (answer.code, answer.message, answer.status) == ("AccessDenied", "Request has expired", 403)


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
def test_no_disguise_of_a_request_gets_past_the_guard(eve: Eve, case: Case) -> None:
    answer = eve.answer(case)
    assert isinstance(answer, Error)
    assert (answer.code, answer.message) == case.refused
