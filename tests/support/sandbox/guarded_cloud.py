"""moto in this process behind the sandbox's guard, called by boto3 clients and by requests that no SDK makes."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from moto import mock_aws
from moto.core.models import botocore_stubber

from slipway_sandbox import corrections
from slipway_sandbox.identities.answers import Error
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.identities.guard import Guard, acting
from slipway_sandbox.identities.sessions import Sessions

REGION = "eu-west-1"
Keys = Mapping[str, str]
"""AccessKeyId, SecretAccessKey and, for a session, SessionToken."""
ADMINISTRATOR: Keys = {"AccessKeyId": "sandbox", "SecretAccessKey": "sandbox"}


class GuardedCloud:
    """An empty cloud and its guard."""

    def __init__(self) -> None:
        self.sessions, self.denials = Sessions(), Denials()
        self.guard = Guard(self.sessions, self.denials)
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, keys: Keys = ADMINISTRATOR) -> Any:
        """A boto3 client whose calls pass the guard. It is made once for each key, as that takes long."""
        name = (service, keys["AccessKeyId"] + keys.get("SessionToken", ""))
        if name not in self._clients:
            made = boto3.client(
                service,
                REGION,
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys.get("SessionToken"),
                config=Config(retries={"max_attempts": 0}, parameter_validation=False),
            )
            made.meta.events.register_first("before-send.*.*", self._send)
            self._clients[name] = made
        return self._clients[name]

    def examine(self, environ: dict[str, Any], operation: str = "") -> Any:
        """What the guard says to a request: the caller, an error, or None."""
        return self.guard.examine(
            {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "QUERY_STRING": "", **environ}, operation
        )

    def _send(self, event_name: str, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        verdict = self.guard.examine(environ_of(request), event_name.rpartition(".")[2])
        if isinstance(verdict, Error):
            return _response(verdict, request)
        with acting(verdict):
            answer: AWSResponse | None = botocore_stubber(event_name, request)
        return answer


@contextmanager
def guarded_cloud() -> Iterator[GuardedCloud]:
    """An empty cloud."""
    corrections.install()
    with mock_aws():
        yield GuardedCloud()


def environ_of(request: AWSPreparedRequest) -> dict[str, Any]:
    """A request of botocore as a WSGI server has it."""
    parts = urlsplit(request.url)
    headers = {
        name: value.decode() if isinstance(value, bytes) else str(value) for name, value in request.headers.items()
    }
    environ: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body.read()
    return {
        **environ,
        "HTTP_HOST": parts.netloc,
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(parts.path or "/"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": "443",
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": parts.scheme,
    }


class _Raw:
    """A body as botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._body


def _response(error: Error, request: AWSPreparedRequest) -> AWSResponse:
    told: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        told.update(status=int(status.split(maxsplit=1)[0]), headers=dict(headers))

    body = b"".join(error.answer(environ_of(request), start_response))
    return AWSResponse(request.url, told["status"], told["headers"], _Raw(body))
