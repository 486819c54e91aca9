"""The consumer in its ECS task: protection by the agent, the health endpoint, and the end of the stop timeout."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from slipway_consumer import Message
from slipway_consumer.health import Health, HealthServer
from slipway_consumer.protection import TaskProtection
from tests.support.aws.aws_endpoint import SqsClient
from tests.support.commands import HANG_SECONDS
from tests.support.consumers import QUICK, consume, waiting


class Agent(ThreadingHTTPServer):
    """Answers like the ECS agent, and keeps the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Endpoint)
        self.asked: list[dict[str, object]] = []
        self.answer: dict[str, object] = {"protection": {"ProtectionEnabled": True}}
        self.status = 200

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api/task"


class Endpoint(BaseHTTPRequestHandler):
    server: Agent

    def do_PUT(self) -> None:
        assert self.path == "/api/task/task-protection/v1/state"
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        content = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Quiet."""


@pytest.fixture
def agent() -> Iterator[Agent]:
    server = Agent()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


ON = {"ProtectionEnabled": True, "ExpiresInMinutes": 30}
OFF = {"ProtectionEnabled": False}


def test_the_task_is_protected_before_the_handler_runs_and_not_while_idle(
    sqs: SqsClient, queues: tuple[str, str], agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_AGENT_URI", agent.uri)
    sqs.send_message(QueueUrl=queues[0], MessageBody="one")
    asked_before: list[list[dict[str, object]]] = []
    consume(sqs, queues[0], lambda message: asked_before.append(list(agent.asked)), lambda: OFF in agent.asked)
    assert asked_before == [[ON]]
    assert agent.asked == [ON, OFF]


def test_a_stopped_consumer_gives_its_protection_back(
    sqs: SqsClient, queues: tuple[str, str], agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_AGENT_URI", agent.uri)
    sqs.send_message(QueueUrl=queues[0], MessageBody="one")
    begun = threading.Event()

    def handle(message: Message) -> None:
        begun.set()
        threading.Event().wait(1)

    consume(sqs, queues[0], handle, begun.is_set)
    assert agent.asked == [ON, OFF]
    assert waiting(sqs, queues[0]) == (0, 0)


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (400, {"error": {"Code": "AccessDeniedException"}}, '400 {"error": {"Code": "AccessDeniedException"}}'),
        (200, {"failure": {"Reason": "DEPLOYMENT_BLOCKED"}}, '{"failure": {"Reason": "DEPLOYMENT_BLOCKED"}}'),
    ],
)
def test_a_refused_protection_is_logged_once_and_not_asked_again_at_once(
    agent: Agent, caplog: pytest.LogCaptureFixture, status: int, answer: dict[str, object], reason: str
) -> None:
    agent.status, agent.answer = status, answer
    protection = TaskProtection(agent.uri)
    protection.on("a")
    protection.on("a")
    protection.off("a")
    assert agent.asked == [ON]
    assert [record.__dict__["reason"] for record in caplog.records] == [reason]


def test_without_an_agent_nothing_is_asked(agent: Agent) -> None:
    protection = TaskProtection(None)
    protection.on("a")
    protection.off("a")
    assert agent.asked == []


def ask(port: int, path: str) -> tuple[int, object]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=HANG_SECONDS) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_health_is_200_while_the_loop_turns_and_503_when_it_is_stuck() -> None:
    state = [Health(True, {"status": "consuming"})]
    server = HealthServer(0, lambda: state[0])
    server.start()
    port = server.server_address[1]
    try:
        assert ask(port, "/health") == (200, {"status": "consuming"})
        state[0] = Health(False, {"status": "stuck"})
        assert ask(port, "/health") == (503, {"status": "stuck"})
        assert ask(port, "/") == (404, {"error": "there is only /health"})
    finally:
        server.stop()


def test_a_consumer_tells_what_it_does(
    sqs: SqsClient, queues: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "slipway_consumer")
    sqs.send_message(QueueUrl=queues[0], MessageBody="one")
    told: list[tuple[int, object]] = []

    def handle(message: Message) -> None:
        [port] = [record.__dict__["port"] for record in caplog.records if record.message == "health endpoint"]
        told.append(ask(port, "/health"))

    consume(sqs, queues[0], handle, lambda: waiting(sqs, queues[0]) == (0, 0), replace(QUICK, health_port=0))
    assert told == [(200, {"status": "consuming", "inFlight": 1, "concurrency": 10, "handled": 0, "failed": 0})]


def test_what_the_stop_timeout_cuts_off_goes_back_to_the_queue_at_once(
    sqs: SqsClient, queues: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    sqs.send_message(QueueUrl=queues[0], MessageBody="endless")
    begun, end = threading.Event(), threading.Event()

    def handle(message: Message) -> None:
        begun.set()
        end.wait(HANG_SECONDS)
        raise RuntimeError("its message is another worker's by now")

    try:
        assert not consume(sqs, queues[0], handle, begun.is_set, replace(QUICK, stop_timeout_seconds=5))
        assert waiting(sqs, queues[0]) == (1, 0)
        assert "message given back unfinished" in [record.message for record in caplog.records]
    finally:
        end.set()
