"""What a web page can send to the sandbox, by the headers of its browser; and the names that the sandbox answers to.

Source: https://fetch.spec.whatwg.org/#cors-safelisted-request-header, https://www.w3.org/TR/fetch-metadata/
"""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from tests.sandbox.conftest import Box
from tests.support.commands import HANG_SECONDS

FORM = "application/x-www-form-urlencoded"
PAGE = "https://shop.example"
NO_PAGE = "this sandbox answers no web page, got a request of {}; use a program or a command"
OWN_PAGE = "http://localhost:8080"


@dataclass(frozen=True)
class Site:
    """A sandbox with an object in a bucket, and a presigned URL for it."""

    box: Box
    port: int
    registry: int
    presigned: str

    def ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None, port: int = 0
    ) -> tuple[int, str, http.client.HTTPMessage]:
        """Status, body and headers of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=HANG_SECONDS)
        try:
            connection.request(method, path, body.encode(), headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(shared_box: Box) -> Iterator[Site]:
    s3 = shared_box.client("s3")
    s3.create_bucket(Bucket="pages", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="pages", Key="logo", Body=b"an image")
    rule = {"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket="pages", CORSConfiguration={"CORSRules": [rule]})
    url = urlsplit(s3.generate_presigned_url("get_object", Params={"Bucket": "pages", "Key": "logo"}))
    ports = shared_box.status()["ports"]
    yield Site(shared_box, ports["moto"], ports["registry"], f"{url.path}?{url.query}")
    s3.delete_object(Bucket="pages", Key="logo")
    s3.delete_bucket(Bucket="pages")


@dataclass(frozen=True)
class Case:
    name: str
    says: str
    method: str = "GET"
    path: str = "PRESIGNED"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    code: str = "AccessDenied"


CREATE = "Action=CreateQueue&QueueName=made-by-a-page"
UNSIGNED = "Request is missing Authentication Token"
REFUSED = (
    Case("a form", NO_PAGE.format(PAGE), "POST", "/", {"Origin": PAGE, "Content-Type": FORM}, CREATE),
    Case("plain text", NO_PAGE.format(PAGE), "POST", "/", {"Origin": PAGE, "Content-Type": "text/plain"}, CREATE),
    Case("an opaque page", NO_PAGE.format("null"), "POST", "/", {"Origin": "null", "Content-Type": FORM}, CREATE),
    Case("an own page, SQS", UNSIGNED, "POST", "/", {"Origin": OWN_PAGE, "Content-Type": FORM}, CREATE,
         "MissingAuthenticationToken"),
    Case("an image", NO_PAGE.format("a cross-site page"), headers={"Sec-Fetch-Site": "cross-site"}),
    Case("an image with referer", NO_PAGE.format(f"{PAGE}/"), headers={"Referer": f"{PAGE}/"}),
    Case("a preflight", NO_PAGE.format(PAGE), "OPTIONS", "/pages/logo",
         {"Origin": PAGE, "Access-Control-Request-Method": "PUT"}),
    Case("an upload form", NO_PAGE.format(PAGE), "POST", "/pages",
         {"Origin": PAGE, "Content-Type": "multipart/form-data; boundary=x"}),
    Case("an old browser's form", UNSIGNED, "POST", "/", {"Content-Type": FORM}, CREATE, "MissingAuthenticationToken"),
    Case("a service by path", UNSIGNED, "GET", f"/sqs_eu-west-1/?{CREATE}", code="MissingAuthenticationToken"),
    Case("a rebound name", "this sandbox has no name 'shop.example'; use localhost or 127.0.0.1",
         headers={"Host": "shop.example"}),
    Case("a name that looks like one", "this sandbox has no name 'localhost.shop.example:80'; use localhost or 127.0.0.1",
         headers={"Host": "localhost.shop.example:80"}),
    Case("moto's reset", "/moto-api/reset is no part of AWS's API; `slipway sandbox reset` empties the sandbox",
         "POST", "/moto-api/reset"),
    Case("moto's seed", "/moto-api/seed is no part of AWS's API; `slipway sandbox reset` empties the sandbox",
         path="/moto-api/seed?a=1"),
    Case("moto's metadata", "/latest/meta-data/iam is no part of AWS's API; `slipway sandbox reset` empties the sandbox",
         path="/latest/meta-data/iam"),
)  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_the_aws_api_refuses(site: Site, case: Case) -> None:
    path = site.presigned if case.path == "PRESIGNED" else case.path
    status, body, headers = site.ask(case.method, path, case.body, case.headers)
    error = f"<Code>{case.code}</Code><Message>{case.says}</Message>"
    assert (status, body) == (403, f"<ErrorResponse><Error>{error}</Error></ErrorResponse>")
    assert [name for name in headers if name.lower().startswith("access-control")] == []
    assert "QueueUrls" not in site.box.client("sqs").list_queues(QueueNamePrefix="made-by-a-page")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Referer": f"{OWN_PAGE}/"},
        {"Origin": OWN_PAGE},
        {"Host": "localhost"},
        {"Host": "[::1]:80"},
    ],
    ids=str,
)
def test_a_program_and_a_page_of_this_machine_get_an_object(site: Site, headers: dict[str, str]) -> None:
    assert site.ask("GET", site.presigned, headers=headers)[:2] == (200, "an image")


@pytest.mark.parametrize("host", ["pages.localhost", "pages.s3.localhost:80", "pages.s3.eu-west-1.localhost"])
def test_a_bucket_answers_to_its_virtual_hosts(site: Site, host: str) -> None:
    assert site.ask("GET", site.presigned.replace("/pages", "", 1), headers={"Host": host})[:2] == (200, "an image")


def test_a_page_of_this_machine_gets_what_the_bucket_allows(site: Site) -> None:
    asked = {"Origin": OWN_PAGE, "Access-Control-Request-Method": "PUT"}
    status, _, headers = site.ask("OPTIONS", site.presigned, headers=asked)
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, OWN_PAGE)


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"Origin": PAGE}, NO_PAGE.format(PAGE)),
        ({"Origin": OWN_PAGE}, NO_PAGE.format(OWN_PAGE)),
        ({"Sec-Fetch-Site": "cross-site"}, NO_PAGE.format("a cross-site page")),
        ({"Host": "shop.example"}, "this sandbox has no name 'shop.example'; use localhost or 127.0.0.1"),
    ],
    ids=str,
)
def test_the_registry_refuses(site: Site, headers: dict[str, str], says: str) -> None:
    status, body, _ = site.ask("POST", "/v2/pages/blobs/uploads/", headers=headers, port=site.registry)
    assert (status, body) == (403, f'{{"errors": [{{"code": "DENIED", "message": "{says}"}}]}}')


def test_an_sdk_reads_the_refusal_as_an_error_of_aws(site: Site) -> None:
    for service, call in (
        ("sqs", "list_queues"),
        ("sns", "list_topics"),
        ("ec2", "describe_vpcs"),
        ("s3", "list_buckets"),
    ):
        client = site.box.client(service)
        client.meta.events.register("before-send.*", _from_a_page)
        with pytest.raises(client.exceptions.ClientError) as caught:
            getattr(client, call)()
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
        assert caught.value.response["Error"]["Message"] == NO_PAGE.format(PAGE)


def _from_a_page(request: object, **_: object) -> None:
    request.headers["Origin"] = PAGE  # type: ignore[attr-defined] # botocore's prepared request
