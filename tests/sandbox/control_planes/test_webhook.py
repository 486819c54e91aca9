"""The webhook's server: whom it answers what, and that a program in its place is not believed."""

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from slipway_sandbox.control_planes.certificates import Authority
from slipway_sandbox.control_planes.webhook import WebhookServer
from slipway_sandbox.documents import Document
from tests.support.commands import HANG_SECONDS

REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "t"}}


def answer(folder: str, review: str, spec: Mapping[str, object]) -> Document | None:
    """The review's status says what was asked; there is one cluster."""
    return {"asked": f"{review} {spec['token']}"} if folder == "main-1" else None


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    made = WebhookServer(answer)
    yield made
    made.stop()


def post(server: WebhookServer, path: str, authority: bytes) -> tuple[int, object]:
    """Status and content of an answer."""
    context = ssl.create_default_context(cadata=authority.decode())
    place = urlsplit(server.webhook.url)
    connection = http.client.HTTPSConnection(str(place.hostname), place.port, timeout=HANG_SECONDS, context=context)
    with closing(connection):
        connection.request("POST", path, json.dumps(REVIEW))
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def test_a_review_is_answered_with_its_status(server: WebhookServer) -> None:
    """The API server adds its own time limit as a query."""
    assert post(server, "/main-1/authentication?timeout=10s", server.webhook.certificate) == (
        200,
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": {"asked": "authentication t"}},
    )


@pytest.mark.parametrize(("path", "status"), [("/other-2/authentication", 404), ("/", 403), ("/main-1/a/b", 403)])
def test_another_path_has_no_answer(server: WebhookServer, path: str, status: int) -> None:
    assert post(server, path, server.webhook.certificate) == (status, {})


def test_each_start_has_a_certificate_of_its_own(server: WebhookServer) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        post(server, "/main-1/authentication", Authority.new().pair.certificate)
