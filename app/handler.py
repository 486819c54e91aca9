"""The API's requests, answers and access log."""

import json
import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from app.orders import MAX_BODY_BYTES, InvalidOrderError, parse_order

if TYPE_CHECKING:
    from app.api import OrderServer

access = logging.getLogger("app.access")

ROUTES = {"/health": "GET", "/orders": "POST"}


class RefusedError(Exception):
    """The request is answered with this status and sentence."""

    def __init__(self, status: HTTPStatus, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = headers or {}


class OrderHandler(BaseHTTPRequestHandler):
    """One connection; HTTP/1.1, so a load balancer may keep it open for many requests."""

    protocol_version = "HTTP/1.1"
    timeout = 75  # seconds; longer than a load balancer's idle timeout (60), else it meets connections just closed
    server: "OrderServer"

    def do_GET(self) -> None:
        """Every method takes the same path, so a wrong one gets a 405 in JSON."""
        self._answer()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - http.server looks them up

    def _answer(self) -> None:
        self.server.request_begins()
        started = time.monotonic()
        headers: dict[str, str] = {}
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        body: Mapping[str, object] = {"error": "the request could not be served"}
        try:
            status, body = self._route()
        except RefusedError as refused:
            status, body, headers = refused.status, {"error": str(refused)}, refused.headers
            self.close_connection = True  # the body may be unread: what follows on this connection is not a request
        except Exception:
            logging.getLogger("app.api").exception("request failed")
        finally:
            self._send(status, body, headers)
            self._log(status, started)
            self.server.request_ends()

    def _route(self) -> tuple[HTTPStatus, Mapping[str, object]]:
        path = self.path.partition("?")[0]
        method = ROUTES.get(path)
        if method is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, f"there is nothing at {path}; POST /orders takes an order")
        if self.command != method and not (method == "GET" and self.command == "HEAD"):
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} answers {method} only", {"Allow": method})
        if path == "/health":
            return HTTPStatus.OK, {"status": "ok"}
        return self._take_order()

    def _take_order(self) -> tuple[HTTPStatus, Mapping[str, object]]:
        body = self._read_body()
        try:
            order = parse_order(body)
        except InvalidOrderError as invalid:
            raise RefusedError(HTTPStatus.BAD_REQUEST, str(invalid)) from invalid
        try:
            published = self.server.sns.publish(
                TopicArn=self.server.topic_arn,
                Message=json.dumps(order.document),
                MessageAttributes={"kind": {"DataType": "String", "StringValue": order.kind}},
            )
        except (BotoCoreError, ClientError) as error:
            logging.getLogger("app.api").error("publish failed", extra={"reason": str(error)})  # noqa: TRY400
            raise RefusedError(HTTPStatus.BAD_GATEWAY, "the order could not be published; try again") from error
        return HTTPStatus.ACCEPTED, {"id": order.id, "messageId": published["MessageId"]}

    def _read_body(self) -> bytes:
        if self.headers.get_content_type() != "application/json":
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json")
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "Content-Length must say how long the body is")
        if int(length) > MAX_BODY_BYTES:
            sentence = f"the body must be at most {MAX_BODY_BYTES} bytes, got {length}"
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
        return self.rfile.read(int(length))

    def _send(self, status: HTTPStatus, body: Mapping[str, object], headers: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        if self.server.draining:
            self.close_connection = True
        try:
            self.send_response(status)
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
            if self.close_connection:
                headers["Connection"] = "close"
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            self.wfile.flush()
        except OSError:
            self.close_connection = True  # the caller went away; the access log has the request all the same

    def _log(self, status: HTTPStatus, started: float) -> None:
        forwarded = self.headers.get("X-Forwarded-For", "")
        facts = {
            "method": self.command,
            "path": self.path,
            "status": int(status),
            "durationMs": round((time.monotonic() - started) * 1000, 1),
            "client": forwarded.split(",")[0].strip() or self.client_address[0],
        }
        access.info("request", extra=facts)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Malformed requests, which the base class answers itself, as one JSON line too."""
        logging.getLogger("app.api").debug("http", extra={"detail": format % args})
