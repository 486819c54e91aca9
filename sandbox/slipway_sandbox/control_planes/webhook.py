"""The webhook that control planes ask: an HTTPS server of this process on loopback, with a certificate of its own.

Source: https://kubernetes.io/docs/reference/access-authn-authz/webhook
"""

import json
import ssl
import tempfile
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from slipway_sandbox.callers import stranger
from slipway_sandbox.documents import Document
from slipway_sandbox.process.ports import LOOPBACK

from .certificates import Authority
from .cluster_files import Webhook
from .tls_server import TlsServer

LONGEST_BYTES = 1_000_000

Answer = Callable[[str, str, Mapping[str, object]], Document | None]
"""Folder of a cluster, kind of review (authentication or authorization) and its spec, to the review's status; None for an unknown one."""


class WebhookServer(TlsServer):
    """Serves once it is made, until `stop`, on any free port. Only this user's programs are answered."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        authority = Authority.new()
        pair = authority.server(LOOPBACK)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as scratch:
            chain = Path(scratch) / "server.pem"  # the ssl module reads keys from files only
            chain.touch(mode=0o600)
            chain.write_bytes(pair.key + pair.certificate)
            context.load_cert_chain(chain)
        super().__init__(_Handler, context, "webhook of control planes")
        self.webhook = Webhook(f"https://{LOOPBACK}:{self.server_port}", authority.pair.certificate)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebhookServer

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, LONGEST_BYTES))  # a caller that still sends would not see the answer
        address = (str(self.client_address[0]), int(self.client_address[1]))
        parts = urlsplit(self.path).path.strip("/").split("/")  # a query says the timeout
        if length > LONGEST_BYTES or len(parts) != 2 or stranger(address, (LOOPBACK, self.server.server_port)):
            self.close_connection = True
            self._send(HTTPStatus.FORBIDDEN, {})
            return
        review = json.loads(body)
        status = self.server.answer(parts[0], parts[1], review["spec"])
        if status is None:
            self._send(HTTPStatus.NOT_FOUND, {})
            return
        kind = {name: review[name] for name in ("apiVersion", "kind")}
        self._send(HTTPStatus.OK, {**kind, "status": status})

    def _send(self, code: HTTPStatus, content: Mapping[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response_only(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """The answers say what is refused."""
