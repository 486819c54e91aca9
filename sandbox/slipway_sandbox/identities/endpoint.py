"""The credentials endpoint of tasks, as ECS has it at 169.254.170.2.

The address is this machine's, on a Docker network of its own, so containers reach it by their default route. SDKs take credentials over
HTTP from this address and loopback only.
Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import hmac
import http
import json
import logging
import secrets
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slipway_sandbox.identities.sessions import Session, Sessions
from slipway_sandbox.serving import Serving

PATH = "/v2/credentials/"
URI, TOKEN = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"
UNKNOWN_ID = {"code": "InvalidIdInRequest", "message": "CredentialsV2Request: ID not found", "HTTPErrorCode": 400}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Holder:
    """Whose credentials a path gives out."""

    role_arn: str
    name: str
    token: str


class CredentialsEndpoint:
    """Gives each task the credentials of its role, and of no other. It listens from `open` on."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._holders: dict[str, _Holder] = {}
        self._server: _Server | None = None
        self._serving: Serving | None = None

    def open(self, address: str) -> None:
        """Listens on a free port of the address; a second call changes nothing. Raises OSError where it cannot."""
        if self._server is None:
            self._server = _Server((address, 0), self)
            self._serving = Serving(self._server, "credentials")

    def close(self) -> None:
        """Listens no more."""
        if self._serving is not None:
            self._serving.stop()
            self._server = self._serving = None

    def variables(self, role_arn: str, name: str) -> dict[str, str]:
        """Environment of a task with this role. Without an endpoint it has the credentials themselves, for six hours."""
        if self._server is None:
            session = self._sessions.of(role_arn, name)
            return {
                "AWS_ACCESS_KEY_ID": session.key_id,
                "AWS_SECRET_ACCESS_KEY": session.secret_key,
                "AWS_SESSION_TOKEN": session.token,
            }
        holder = _Holder(role_arn, name, secrets.token_urlsafe(32))
        self._holders[name] = holder
        host, port = self._server.server_address[:2]
        return {URI: f"http://{host!s}:{port}{PATH}{name}", TOKEN: holder.token}

    def forget(self, name: str) -> None:
        """Ends the credentials of a task."""
        self._holders.pop(name, None)
        self._sessions.end(name)

    def answer(self, path: str, token: str) -> tuple[http.HTTPStatus, dict[str, object]]:
        """Status and JSON for a GET with an Authorization header."""
        holder = self._holders.get(path.removeprefix(PATH)) if path.startswith(PATH) else None
        if holder is None or not hmac.compare_digest(holder.token.encode(), token.encode()):
            return http.HTTPStatus.BAD_REQUEST, dict(UNKNOWN_ID)
        return http.HTTPStatus.OK, _document(self._sessions.of(holder.role_arn, holder.name))


def _document(session: Session) -> dict[str, object]:
    return {
        "AccessKeyId": session.key_id,
        "SecretAccessKey": session.secret_key,
        "Token": session.token,
        "Expiration": session.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "RoleArn": session.role_arn,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], endpoint: CredentialsEndpoint) -> None:
        self.endpoint = endpoint
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        status, document = self.server.endpoint.answer(self.path, self.headers.get("Authorization", ""))
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the name of the overridden method's argument
        log.debug(format, *values)
