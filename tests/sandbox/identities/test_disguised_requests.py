"""Requests that no SDK makes: what the guard judges is what the service does."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from slipway_sandbox.identities.answers import Error
from slipway_sandbox.identities.incoming import whole
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


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
def test_no_disguise_of_a_request_gets_past_the_guard(eve: Eve, case: Case) -> None:
    answer = eve.answer(case)
    assert isinstance(answer, Error)
    assert (answer.code, answer.message) == case.refused
