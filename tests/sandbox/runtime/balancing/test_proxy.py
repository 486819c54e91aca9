"""A load balancer's port on real sockets: what it passes on, what it answers itself, and how it measures health."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from moto.elbv2.models import FakeTargetGroup, elbv2_backends

from slipway_sandbox.runtime.balancing.proxy import InFlight, ProxyServer
from slipway_sandbox.runtime.balancing.routes import Listener, Rule, Target
from slipway_sandbox.runtime.balancing.targets import Check, TargetHealth, probe
from slipway_sandbox.runtime.balancing.traffic import Traffic
from tests.support.commands import HANG_SECONDS

SICK = "Health checks failed with these codes: [503]"
FORWARD = {"Type": "forward", "TargetGroupArn": "group"}


class Backend(ThreadingHTTPServer):
    """Answers what its path says; remembers the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.seen: list[tuple[str, str, Message, bytes]] = []
        self.arrived = threading.Event()
        self.go_on = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Backend

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, self.headers, body))
        if self.path == "/slow":
            self.server.arrived.set()
            self.server.go_on.wait(HANG_SECONDS)
        if self.path == "/broken":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = b"x" * 200_000 if self.path == "/large" else b"answer"
        self.send_response(int(self.path[1:]) if self.path[1:].isdigit() else 200)
        self.send_header("X-Own", "kept")
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_POST = do_HEAD = do_GET  # noqa: N815 - http.server looks them up

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass


@pytest.fixture
def backend() -> Iterator[Backend]:
    server = Backend()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


Opened = Callable[..., ProxyServer]


@pytest.fixture
def opened() -> Iterator[Opened]:
    servers: list[ProxyServer] = []

    def begin(action: Any, *ports: int, urls: Mapping[str, str] | None = None) -> ProxyServer:
        targets = {"group": [Target("127.0.0.1", port, True) for port in ports]}
        servers.append(
            ProxyServer(0, Listener([Rule([], action)], targets, "HTTPS", urls or {}), InFlight(), Traffic())
        )
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


def ask(
    server: ProxyServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, Any, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=HANG_SECONDS)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_a_request_is_passed_on_with_where_it_came_from(backend: Backend, opened: Opened) -> None:
    server = opened(FORWARD, backend.port)
    status, headers, body = ask(server, "POST", "/orders?a=1", b"{}", X_Forwarded_For="10.1.1.1", X_Mine="1")
    assert (status, headers["X-Own"], body) == (200, "kept", b"answer")
    [(method, path, received, sent)] = backend.seen
    assert (method, path, sent, received["X-Mine"]) == ("POST", "/orders?a=1", b"{}", "1")
    assert received["X-Forwarded-For"] == "10.1.1.1, 127.0.0.1"
    assert (received["X-Forwarded-Proto"], received["X-Forwarded-Port"]) == ("https", str(server.server_address[1]))
    assert received["Host"] == f"127.0.0.1:{server.server_address[1]}"


def test_a_client_stays_with_its_target_as_long_as_that_is_healthy(backend: Backend, opened: Opened) -> None:
    server = opened(FORWARD, backend.port)
    gone = Target("127.0.0.1", 1, True)
    mine = Target("127.0.0.1", backend.port, True, sticky_seconds=60)
    server.listener = replace(server.listener, targets={"group": [gone, mine]})
    cookie = f"odd:[name]=1; AWSALB={mine.token}"
    for _ in range(4):
        status, headers, _body = ask(server, "GET", "/", Cookie=cookie)
        assert status == 200
        assert headers["Set-Cookie"].startswith(f"AWSALB={mine.token}; Expires=")
    sick = replace(mine, healthy=False)
    server.listener = replace(server.listener, targets={"group": [gone, sick]})
    assert ask(server, "GET", "/", Cookie=cookie)[0] == 502, "the other one, where nobody listens"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/404", (404, b"answer")), ("/large", (200, b"x" * 200_000)), ("/chunked", (200, b"onetwo"))],
)
def test_status_and_body_of_the_target_come_back_as_they_are(
    backend: Backend, opened: Opened, path: str, expected: tuple[int, bytes]
) -> None:
    status, _, body = ask(opened(FORWARD, backend.port), "GET", path)
    assert (status, body) == expected


def test_head_keeps_the_length_and_has_no_body(backend: Backend, opened: Opened) -> None:
    status, headers, body = ask(opened(FORWARD, backend.port), "HEAD", "/")
    assert (status, headers["Content-Length"], body) == (200, "6", b"")


def test_without_targets_the_answer_is_503(opened: Opened) -> None:
    status, headers, body = ask(opened(FORWARD), "GET", "/")
    assert (status, headers["Server"], body) == (503, "awselb/2.0", b"503 Service Temporarily Unavailable")


def test_a_target_that_refuses_or_breaks_off_is_a_502(backend: Backend, opened: Opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert ask(opened(FORWARD, port), "GET", "/")[0] == 502
    assert ask(opened(FORWARD, backend.port), "GET", "/broken")[0] == 502


def test_a_fixed_response_and_a_redirect_need_no_target(opened: Opened) -> None:
    fixed = {"StatusCode": "418", "ContentType": "text/html", "MessageBody": "tea"}
    status, headers, body = ask(opened({"Type": "fixed-response", "FixedResponseConfig": fixed}), "GET", "/")
    assert (status, headers["Content-Type"], body) == (418, "text/html", b"tea")
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    server = opened(redirect, urls={"443": "http://localhost:4430"})
    status, headers, _ = ask(server, "GET", "/a?b=c")
    assert (status, headers["Location"]) == (301, "http://localhost:4430/a?b=c")


def test_a_request_is_in_flight_until_it_is_answered(backend: Backend, opened: Opened) -> None:
    server = opened(FORWARD, backend.port)
    caller = threading.Thread(target=ask, args=(server, "GET", "/slow"))
    caller.start()
    assert backend.arrived.wait(HANG_SECONDS)
    assert server.in_flight.count("127.0.0.1", backend.port) == 1
    backend.go_on.set()
    caller.join()
    deadline = time.monotonic() + HANG_SECONDS  # the count falls just after the last byte went out
    while server.in_flight.count("127.0.0.1", backend.port) and time.monotonic() < deadline:
        pass
    assert server.in_flight.count("127.0.0.1", backend.port) == 0


def check(port: int, path: str = "/", protocol: str = "HTTP", timeout_seconds: float = HANG_SECONDS) -> Check:
    return Check(protocol, "127.0.0.1", port, path, timeout_seconds, "200-299")


def test_a_health_check_tells_what_is_wrong_in_elbs_words(backend: Backend) -> None:
    assert probe(check(backend.port)) == ("", "")
    assert probe(check(backend.port, protocol="TCP")) == ("", "")
    assert probe(check(backend.port, "/503")) == ("Target.ResponseCodeMismatch", SICK)
    assert probe(check(backend.port, "/slow", timeout_seconds=0.2)) == ("Target.Timeout", "Request timed out")
    assert probe(check(backend.port, "/broken")) == ("Target.FailedHealthChecks", "Health checks failed")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert probe(check(port)) == ("Target.FailedHealthChecks", "Health checks failed")
    assert probe(check(port, protocol="TCP")) == ("Target.FailedHealthChecks", "Health checks failed")


@pytest.fixture
def group(backend: Backend) -> Iterator[FakeTargetGroup]:
    """A target group with the backend as its one target: 2 failures make it unhealthy, 3 successes healthy again."""
    made = FakeTargetGroup(  # type: ignore[abstract]  # moto makes it the same way
        "web",
        "123456789012",
        "eu-west-1",
        "vpc-1",
        protocol="HTTP",
        port="80",
        healthcheck_path="/health",
        healthy_threshold_count="3",
        unhealthy_threshold_count="2",
        target_type="ip",
        matcher={"HttpCode": "200"},
    )
    made.health_check_interval_seconds = 0.05  # type: ignore[assignment]  # a test does not wait the 5 s that ELB asks for
    made.targets["127.0.0.1"] = {"Id": "127.0.0.1", "Port": backend.port}
    groups = elbv2_backends["123456789012"]["eu-west-1"].target_groups
    groups[made.arn] = made
    yield made
    del groups[made.arn]


def test_a_target_turns_unhealthy_and_healthy_again_by_its_thresholds(backend: Backend, group: FakeTargetGroup) -> None:
    health = TargetHealth()

    def reached(state: str) -> bool:
        deadline = time.monotonic() + HANG_SECONDS
        while time.monotonic() < deadline:
            health.tick()
            if health.state(group.arn, "127.0.0.1", backend.port) == state:
                return True
        return False

    try:
        health.tick()
        assert health.state(group.arn, "127.0.0.1", backend.port) == "initial"
        assert health.state(group.arn, "127.0.0.1", 1) == "unused"
        assert reached("healthy")
        probes = len(backend.seen)
        assert probes == 1, "the first success is enough for a new target"
        group.health_check_path = "/503"
        assert reached("unhealthy")
        assert [path for _, path, _, _ in backend.seen].count("/503") == 2
        assert group.targets["127.0.0.1"]["Measured"] == ("unhealthy", "Target.ResponseCodeMismatch", SICK)
        assert health.why(group.arn, "127.0.0.1", backend.port) == SICK
        group.health_check_path = "/well"
        assert reached("healthy")
        assert [path for _, path, _, _ in backend.seen].count("/well") == 3
        group.targets.clear()
        assert reached("unused")
    finally:
        health.stop()
