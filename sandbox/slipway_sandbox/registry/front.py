"""The registry's port: lets callers in as the AWS API does, asks ECR's rules, and passes the rest to the registry.

Source: https://distribution.github.io/distribution/spec/api/
"""

import http.client
import json
import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slipway_sandbox.callers import Caller, Doors
from slipway_sandbox.process.ports import LOOPBACK, listening
from slipway_sandbox.serving import Serving

from .ecr_rules import immutable_tag, is_immutable, unknown_repository
from .storage import Storage
from .upstream import Upstream

CHUNK_BYTES = 256 * 1024
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
OF_REPOSITORY = re.compile(r"/v2/(?P<repository>.+)/(?:blobs|manifests|tags)/")
NEW_TAG = re.compile(r"/v2/(?P<repository>.+)/manifests/(?P<tag>[^/:?]+)")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refusal:
    """An error in the registry's form."""

    status: HTTPStatus
    code: str
    message: str

    @property
    def body(self) -> bytes:
        """The answer's content."""
        return json.dumps({"errors": [{"code": self.code, "message": self.message}]}).encode()


class RegistryFront(ThreadingHTTPServer):
    """Serves once it is made, until `stop`. Raises SandboxError when the port is taken."""

    daemon_threads = True

    def __init__(self, port: int, upstream: Upstream, storage: Storage) -> None:
        self.upstream, self._storage, self._doors = upstream, storage, Doors()
        super().__init__((LOOPBACK, port), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening(LOOPBACK, port, "the image registry")
        self.server_port = port
        self._serving = Serving(self, "image registry")

    def stop(self) -> None:
        """Closes the port."""
        self._serving.stop()

    def refusal(self, caller: Caller, method: str, path: str) -> Refusal | None:
        """The error for a request that is not passed on."""
        if sentence := self._doors.refusal(caller) or self._doors.refusal_of_page(caller):
            return Refusal(HTTPStatus.FORBIDDEN, "DENIED", sentence)
        if (match := OF_REPOSITORY.match(path)) and (sentence := unknown_repository(match["repository"])):
            return Refusal(HTTPStatus.NOT_FOUND, "NAME_UNKNOWN", sentence)
        if method == "PUT" and (match := NEW_TAG.fullmatch(path)):
            repository, tag = match["repository"], match["tag"]
            if is_immutable(repository, tag) and self._storage.has_tag(repository, tag):
                return Refusal(HTTPStatus.BAD_REQUEST, "TAG_INVALID", immutable_tag(repository, tag))
        return None

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base class's
        """Logs every error but a lost caller."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            log.error("connection from %s failed", client_address, exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RegistryFront

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        host, port = self.client_address[:2]
        caller = Caller.of(headers, (str(host), int(port)), (LOOPBACK, self.server.server_port))
        if refusal := self.server.refusal(caller, self.command, self.path):
            self._refuse(refusal)
            return
        try:
            connection = self.server.upstream.connection()
            try:
                self._pass_on(connection)
            finally:
                connection.close()
        except http.client.HTTPException as error:
            log.warning("%s %s: the registry does not answer: %r", self.command, self.path, error)
            self.close_connection = True

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - http.server looks them up

    def _pass_on(self, connection: http.client.HTTPConnection) -> None:
        prefix = self.server.upstream.prefix
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        is_chunked = "chunked" in self.headers.get("Transfer-Encoding", "").lower()
        if is_chunked:
            headers["Transfer-Encoding"] = "chunked"
        body = self._chunks() if is_chunked else self._sized() if "Content-Length" in self.headers else None
        connection.request(self.command, prefix + self.path, body, headers, encode_chunked=is_chunked)
        answer = connection.getresponse()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value.removeprefix(prefix) if name.lower() == "location" else value)
        if answer.length is None and self.command != "HEAD":
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        while chunk := answer.read1(CHUNK_BYTES):
            self.wfile.write(chunk)

    def _sized(self) -> Iterator[bytes]:
        left = int(self.headers.get("Content-Length") or 0)
        while left and (piece := self.rfile.read(min(left, CHUNK_BYTES))):
            left -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            pass

    def _refuse(self, refusal: Refusal) -> None:
        if self.command == "PUT":  # a manifest: small, and its sender reads no answer before it is sent
            for _ in self._chunks() if "Transfer-Encoding" in self.headers else self._sized():
                pass
        self.close_connection = True
        self.send_response_only(refusal.status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(refusal.body)))):
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(refusal.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """The registry logs what it refuses."""
