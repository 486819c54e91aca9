"""One listener of a load balancer as a port on loopback: an HTTP/1.1 reverse proxy.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
"""

import http.client
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slipway_sandbox.runtime.balancing.routes import Listener, Request, Target, redirect_url
from slipway_sandbox.runtime.balancing.traffic import Traffic, Way
from slipway_sandbox.serving import Serving

IDLE_SECONDS = 60  # an application load balancer's default idle timeout
CONNECT_SECONDS = 10
STICKY = "AWSALB"  # the cookie of stickiness by lb_cookie
CHUNK_BYTES = 64 * 1024
HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip

log = logging.getLogger(__name__)


class InFlight:
    """How many requests each target has open, over all listeners: a draining target is awaited."""

    def __init__(self) -> None:
        self._open: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    def begin(self, target: Target) -> None:
        """One request more."""
        with self._lock:
            self._open[target.host, target.port] += 1

    def end(self, target: Target) -> None:
        """One request less."""
        with self._lock:
            self._open[target.host, target.port] -= 1

    def count(self, host: str, port: int) -> int:
        """Requests open now."""
        with self._lock:
            return self._open[host, port]


class ProxyServer(ThreadingHTTPServer):
    """Listens on loopback; `listener` is replaced whenever the load balancer's configuration or targets change."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, listener: Listener, in_flight: InFlight, traffic: Traffic) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.listener = listener
        self.in_flight = in_flight
        self.traffic = traffic
        self._serving = Serving(self, f"listener {port}")

    def stop(self) -> None:
        """Close the port."""
        self._serving.stop()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base class's
        """Logs every error but a lost caller."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            log.error("connection from %s failed", client_address, exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: ProxyServer

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, str(self.client_address[0]))
        listener = self.server.listener
        action = listener.action(request)
        if action["Type"] == "forward":
            target = listener.pick(action, _token(headers))
            if target is None:
                self._refuse(None, 503, "503 Service Temporarily Unavailable")
                return
            self.server.in_flight.begin(target)
            try:
                self._forward(target)
            finally:
                self.server.in_flight.end(target)
        elif action["Type"] == "redirect":
            code = int(action["RedirectConfig"]["StatusCode"].removeprefix("HTTP_"))
            self._plain(code, "", {"Location": redirect_url(action, request, listener.urls)})
        elif action["Type"] == "fixed-response":
            config = action["FixedResponseConfig"]
            kind = config.get("ContentType") or "text/plain"
            self._plain(int(config["StatusCode"]), config.get("MessageBody") or "", {"Content-Type": kind})
        else:
            self._plain(501, f"the sandbox's load balancer has no {action['Type']} action")

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - http.server looks them up

    def _forward(self, target: Target) -> None:
        body = self._body()
        if body is None:
            self._refuse(None, 411, "411 Length Required")
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        client = self.client_address[0]
        before = self.headers.get("X-Forwarded-For")
        headers["X-Forwarded-For"] = f"{before}, {client}" if before else client
        headers["X-Forwarded-Proto"] = self.server.listener.protocol.lower()
        headers["X-Forwarded-Port"] = str(self.server.server_address[1])
        connection = http.client.HTTPConnection(target.host, target.port, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
            connection.sock.settimeout(IDLE_SECONDS)
            began = time.monotonic()
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
        except TimeoutError:
            connection.close()
            self._refuse(target, 504, "504 Gateway Time-out")
            return
        except (OSError, http.client.HTTPException):
            connection.close()
            self._refuse(target, 502, "502 Bad Gateway")
            return
        way = Way(self.server.listener.balancer, target.group)
        self.server.traffic.answered(way, answer.status, time.monotonic() - began)
        try:
            self._copy(answer, target)
        finally:
            connection.close()

    def _refuse(self, target: Target | None, status: int, text: str) -> None:
        """The load balancer's own error."""
        way = Way(self.server.listener.balancer, target.group if target else "")
        self.server.traffic.refused(way, status)
        self._plain(status, text)

    def _body(self) -> bytes | None:
        """The request's body; None when its length is not given."""
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True  # what follows would be taken for the next request
            return None
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _copy(self, answer: http.client.HTTPResponse, target: Target) -> None:
        """Pass the answer on as it comes; without a length it ends with the connection."""
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if target.sticky_seconds:
            until = formatdate(time.time() + target.sticky_seconds, usegmt=True)
            self.send_header("Set-Cookie", f"{STICKY}={target.token}; Expires={until}; Path=/")
        bodiless = self.command == "HEAD" or answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        if answer.length is None and not bodiless:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        while chunk := answer.read1(CHUNK_BYTES):
            self.wfile.write(chunk)

    def _plain(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        content = text.encode()
        self.send_response_only(status)
        headers = {"Server": "awselb/2.0", "Content-Type": "text/plain"} | (headers or {})
        for name, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """A load balancer's access log goes to S3 or nowhere."""


def _token(headers: Mapping[str, str]) -> str:
    """Token of a client's target; empty for a new client."""
    pairs = [pair.strip().partition("=") for pair in headers.get("cookie", "").split(";")]
    return next((value for name, _, value in pairs if name == STICKY), "")
