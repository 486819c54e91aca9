"""A server that sleeps: it answers each caller, wakes up for nobody else, and ends at once."""

import http.client
import http.server
import selectors
import socket

import pytest

from slipway_sandbox.serving import Serving


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers 204."""

    def do_GET(self) -> None:
        self.send_response_only(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Says nothing."""


def status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def test_each_caller_is_answered_and_nobody_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float | None] = []

    class Counted(selectors.DefaultSelector):
        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            looks.append(timeout)
            return super().select(timeout)

    monkeypatch.setattr(selectors, "DefaultSelector", Counted)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_port
    served = Serving(server, "test")
    assert [status(port) for _ in range(3)] == [204] * 3
    socket.create_connection(("127.0.0.1", port)).close()  # gone before it is served
    assert status(port) == 204
    served.stop()
    assert set(looks) == {None}, "it waits for a caller or the end, and for no time"
    assert len(looks) == 6, "one for each caller, and one for the end"
    with pytest.raises(ConnectionRefusedError):
        status(port)
