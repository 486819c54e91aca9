"""The order API over real HTTP, publishing to a real (moto) topic; and as a process until SIGTERM."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import boto3
import pytest
from moto.server import ThreadedMotoServer

from app.api import OrderServer
from tests.support.commands import HANG_SECONDS

ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def clients(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    for name, value in (ENVIRONMENT | {"AWS_ENDPOINT_URL": endpoint}).items():
        monkeypatch.setenv(name, value)
    return boto3.client("sns"), boto3.client("sqs")


@pytest.fixture
def topic(clients: tuple[Any, Any], request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """ARN of a topic and URL of a queue with its raw messages."""
    sns, sqs = clients
    arn = sns.create_topic(Name="orders")["TopicArn"]
    let_in = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = {"Policy": json.dumps({"Statement": [let_in]})}
    url = sqs.create_queue(QueueName="orders", Attributes=policy)["QueueUrl"]
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:orders", Attributes=raw)
    yield arn, url
    sqs.delete_queue(QueueUrl=url)
    sns.delete_topic(TopicArn=arn)


@pytest.fixture
def api(clients: tuple[Any, Any], topic: tuple[str, str]) -> Iterator[int]:
    server = OrderServer(("127.0.0.1", 0), clients[0], topic[0])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    assert server.drain(5), "every request of this test is over"
    thread.join()


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_SECONDS)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null"), answer.headers
    finally:
        connection.close()


def order(port: int, **fields: Any) -> tuple[int, Any]:
    status, body, _ = ask(port, "POST", "/orders", json.dumps(fields).encode(), Content_Type="application/json")
    return status, body


def test_health_answers_200_in_json(api: int) -> None:
    status, body, headers = ask(api, "GET", "/health")
    assert (status, body, headers["Content-Type"]) == (200, {"status": "ok"}, "application/json")


def test_an_order_is_published_with_its_kind_as_attribute(
    api: int, topic: tuple[str, str], clients: tuple[Any, Any]
) -> None:
    status, body = order(api, id="o-1", kind="physical", items=[1])
    assert (status, body["id"]) == (202, "o-1")
    [message] = clients[1].receive_message(QueueUrl=topic[1], MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"]) == {"id": "o-1", "kind": "physical", "items": [1]}
    assert message["MessageAttributes"] == {"kind": {"DataType": "String", "StringValue": "physical"}}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "the body must be JSON"),
        (b"[]", "the body must be a JSON object with the keys id and kind"),
        (b'{"kind": "digital"}', "id must be a string of 1 to 128 characters, got None"),
        (b'{"id": "", "kind": "digital"}', "id must be a string of 1 to 128 characters, got ''"),
        (b'{"id": 7, "kind": "digital"}', "id must be a string of 1 to 128 characters, got 7"),
        (b'{"id": "o-1"}', "kind must be one of physical, digital, got None"),
        (b'{"id": "o-1", "kind": "free"}', "kind must be one of physical, digital, got 'free'"),
        (b'{"id": "o-1", "kind": ["digital"]}', "kind must be one of physical, digital, got ['digital']"),
        (b"\xff\xfe", "the body must be JSON"),
    ],
)
def test_a_body_that_is_no_order_is_refused_with_400(api: int, body: bytes, sentence: str) -> None:
    status, answer, _ = ask(api, "POST", "/orders", body, Content_Type="application/json")
    assert (status, answer) == (400, {"error": sentence})


class WrongRequest(NamedTuple):
    """A request, and the sentence of its refusal."""

    method: str
    path: str
    headers: dict[str, str]
    status: int
    sentence: str


PLAIN = {"Content_Type": "text/plain"}
LARGE = {"Content_Type": "application/json", "Content_Length": "65537"}
WRONG_REQUESTS = [
    WrongRequest("GET", "/", {}, 404, "there is nothing at /; POST /orders takes an order"),
    WrongRequest("GET", "/orders?x=1", {}, 405, "/orders answers POST only"),
    WrongRequest("DELETE", "/health", {}, 405, "/health answers GET only"),
    WrongRequest("POST", "/orders", PLAIN, 415, "Content-Type must be application/json"),
    WrongRequest("POST", "/orders", LARGE, 413, "the body must be at most 65536 bytes, got 65537"),
]


@pytest.mark.parametrize("wrong", WRONG_REQUESTS)
def test_a_wrong_request_is_refused_in_a_sentence(api: int, wrong: WrongRequest) -> None:
    status, body, answer_headers = ask(api, wrong.method, wrong.path, None, **wrong.headers)
    assert (status, body) == (wrong.status, {"error": wrong.sentence})
    assert answer_headers["Connection"] == "close"


def test_a_topic_that_is_gone_is_a_502_and_no_crash(api: int, topic: tuple[str, str], clients: tuple[Any, Any]) -> None:
    clients[0].delete_topic(TopicArn=topic[0])
    assert order(api, id="o-1", kind="digital") == (502, {"error": "the order could not be published; try again"})
    assert ask(api, "GET", "/health")[0] == 200


def test_head_of_health_has_no_body(api: int) -> None:
    assert ask(api, "HEAD", "/health")[:2] == (200, None)


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.Popen(
        [sys.executable, "-m", "app.api"],
        env=clean | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_without_a_topic_the_process_says_what_to_set() -> None:
    process = start({})
    out, err = process.communicate(timeout=HANG_SECONDS)
    assert (process.returncode, out) == (1, "")
    assert err == "app.api: TOPIC_ARN is not set; set it to the ARN of the topic that orders are published to\n"


def soon_refuses(port: int) -> None:
    deadline = time.monotonic() + HANG_SECONDS
    while time.monotonic() < deadline:
        try:
            ask(port, "GET", "/health")
        except OSError:
            return
    raise AssertionError("the API still accepts requests after SIGTERM")


def test_sigterm_finishes_the_request_in_flight_and_exits_0() -> None:
    with socket.create_server(("127.0.0.1", 0)) as slow_sns:  # accepts, and answers when this test lets it
        endpoint = f"http://127.0.0.1:{slow_sns.getsockname()[1]}"
        topic_arn = "arn:aws:sns:eu-west-1:123456789012:orders"
        process = start(ENVIRONMENT | {"AWS_ENDPOINT_URL": endpoint, "TOPIC_ARN": topic_arn, "PORT": "0"})
        assert process.stdout is not None
        assert process.stderr is not None
        with process:
            listening = json.loads(process.stdout.readline())
            answers: list[tuple[int, Any]] = []
            caller = threading.Thread(
                target=lambda: answers.append(order(listening["port"], id="o-1", kind="digital")), daemon=True
            )
            caller.start()
            slow_sns.settimeout(HANG_SECONDS)
            publishing, _ = slow_sns.accept()
            process.send_signal(signal.SIGTERM)
            assert json.loads(process.stdout.readline())["message"] == "draining"
            soon_refuses(listening["port"])
            publishing.recv(65536)
            xml = b"<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>"
            publishing.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(xml), xml))
            caller.join(timeout=HANG_SECONDS)
            publishing.close()
            lines = [json.loads(line) for line in process.stdout]
            assert process.wait(timeout=HANG_SECONDS) == 0, process.stderr.read()
    assert answers == [(202, {"id": "o-1", "messageId": "m-1"})]
    [request] = [line for line in lines if line["logger"] == "app.access" and line["path"] == "/orders"]
    assert (request["method"], request["status"], request["client"]) == ("POST", 202, "127.0.0.1")
    assert lines[-1]["drained"] is True
