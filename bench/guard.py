"""What the guard takes of the sandbox's calls per second, for a caller with a role.

`.venv/bin/python -m bench.guard [calls]`, 1,000 by default with the guard and as many without it; no sandbox is needed: this process
serves the sandbox's AWS API, and a second one calls, each time with another message and another object. Calls per second are those of a
second of this process's own time, so other programs on the machine do not count. Batches with and without the guard take turns; each
batch is compared with the one beside it, and the median counts. `guard` is its own time in a call, read before and after it.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT

os.environ.update(MOTO_ENVIRONMENT)

import botocore.session
from botocore.config import Config

from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.identities.answers import Error
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.identities.guard import Guard
from slipway_sandbox.identities.sessions import Sessions
from slipway_sandbox.process.aws_api import AwsApi
from slipway_sandbox.process.home import Home
from slipway_sandbox.process.ports import free_ports
from slipway_sandbox.process.saving.gate import Gate
from slipway_sandbox.process.saving.keeper import Keeper
from slipway_sandbox.provider.aws.client import AwsClient

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
BATCH = 4  # calls; the shorter, the less changes on the machine between two that are compared
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:orders"
VARIED = "NNNNNN"
"""Another number in each request: messages and objects differ from call to call."""
QUEUE = f"http://localhost/{ACCOUNT}/jobs"
CALLS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "query: sns Publish": ("sns", "publish", {"TopicArn": TOPIC, "Message": "x" * 400 + VARIED}),
    "query: sns GetTopicAttributes": ("sns", "get_topic_attributes", {"TopicArn": TOPIC}),
    "query: iam GetRole": ("iam", "get_role", {"RoleName": "app"}),
    "query: elbv2 DescribeLoadBalancers": ("elbv2", "describe_load_balancers", {}),
    "ec2: DescribeVpcs": ("ec2", "describe_vpcs", {}),
    "json: sqs GetQueueAttributes": ("sqs", "get_queue_attributes", {"QueueUrl": QUEUE, "AttributeNames": ["All"]}),
    "json: ecs ListTasks": ("ecs", "list_tasks", {}),
    "rest-json: eks ListClusters": ("eks", "list_clusters", {}),
    "rest-xml: s3 PutObject": ("s3", "put_object", {"Bucket": "files", "Key": f"a/{VARIED}", "Body": b"x" * 1000}),
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": f"{service}:*", "Resource": "*"}
        for service in ("sns", "iam", "elasticloadbalancing", "ec2", "sqs", "ecs", "eks", "s3")
    ],
}


def world(client: AwsClient) -> None:
    """A role, a topic, a queue and a bucket."""
    trust = {"Version": "2012-10-17", "Statement": []}
    client.call("iam", "create_role", REGION, RoleName="app", AssumeRolePolicyDocument=json.dumps(trust))
    client.call("iam", "put_role_policy", REGION, RoleName="app", PolicyName="app", PolicyDocument=json.dumps(POLICY))
    client.call("sns", "create_topic", REGION, Name="orders")
    client.call("sqs", "create_queue", REGION, QueueName="jobs")
    place = {"LocationConstraint": REGION}
    client.call("s3", "create_bucket", REGION, Bucket="files", CreateBucketConfiguration=place)
    client.call("ecs", "create_cluster", REGION)


class Calls:
    """Sends the same request again and again, as botocore signs it, from a process of its own."""

    SENDER = """
import socket, sys
port, request = int(sys.argv[1]), bytes.fromhex(sys.stdin.readline())
number = 0
for count in sys.stdin:
    for _ in range(int(count)):
        number += 1
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request.replace(b"NNNNNN", b"%06d" % number))
            answer = b""
            while more := connection.recv(65536):
                answer += more
    print(answer.split(b"\\r\\n", 1)[0].decode(), flush=True)
"""

    def __init__(self, sessions: Sessions, port: int) -> None:
        session = sessions.of(ROLE, "task")
        self._port = port
        self._botocore = botocore.session.get_session()
        self._botocore.set_credentials(session.key_id, session.secret_key, session.token)

    def sender(self, service: str, operation: str, parameters: Mapping[str, Any]) -> "subprocess.Popen[str]":
        """A process that sends as many requests as each line of its input says, and prints the status of the last one."""
        command = [sys.executable, "-c", self.SENDER, str(self._port)]
        sender = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert sender.stdin
        sender.stdin.write(self._request(service, operation, parameters).hex() + "\n")
        return sender

    def _request(self, service: str, operation: str, parameters: Mapping[str, Any]) -> bytes:
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0})
        url = f"http://127.0.0.1:{self._port}"
        client = self._botocore.create_client(service, region_name=REGION, endpoint_url=url, config=config)
        sent: list[Any] = []

        def keep(request: Any, **_: Any) -> None:
            sent.append(request)
            raise InterruptedError

        client.meta.events.register("before-send", keep)
        try:
            getattr(client, operation)(**parameters)
        except InterruptedError:
            client.close()
        [request] = sent
        body = request.body.read() if hasattr(request.body, "read") else request.body or b""
        body = body.encode() if isinstance(body, str) else body
        place = urlsplit(request.url)
        headers = {"Host": place.netloc, **request.headers, "Content-Length": str(len(body)), "Connection": "close"}
        headers.pop("Expect", None)  # whoever sends it waits for an answer first
        lines = [f"{request.method} {place.path or '/'}{place.query and '?'}{place.query} HTTP/1.1"]
        lines += [f"{name}: {value.decode() if isinstance(value, bytes) else value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class TimedGuard(Guard):
    """The sandbox's guard, which can stand aside."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__(sessions, Denials())
        self.is_there = True
        self.seconds: list[float] = []
        """Processor time for each call."""

    def examine(self, environ: "WSGIEnvironment", operation: str) -> Principal | Error | None:
        """None, as for a call without a signature, while it stands aside."""
        if not self.is_there:
            return None
        start = time.thread_time()
        caller = super().examine(environ, operation)
        self.seconds.append(time.thread_time() - start)
        return caller


class Unsaved(Keeper):
    """A keeper that nobody waits for: a save costs the same for every caller, and more than all the rest of a call."""

    def keep(self) -> None:
        """Does not save."""


def seconds(sender: "subprocess.Popen[str]") -> float:
    """Processor time of a call, of a batch of them."""
    assert sender.stdin
    assert sender.stdout
    start = time.process_time()
    sender.stdin.write(f"{BATCH}\n")
    sender.stdin.flush()
    status = sender.stdout.readline().strip()
    if " 200 " not in status:
        sys.exit(status)
    return (time.process_time() - start) / BATCH


class Pair(NamedTuple):
    """Processor time of a call in two batches beside each other, in seconds."""

    without: float
    guarded: float


def measured(guard: TimedGuard, sender: "subprocess.Popen[str]", count: int) -> Iterator[Pair]:
    """Pairs of batches; every second one begins with the guard, so neither kind is always the first."""
    for number in range(count):
        taken = {}
        for guard.is_there in (False, True) if number % 2 else (True, False):
            taken[guard.is_there] = seconds(sender)
        yield Pair(taken[False], taken[True])


def main(calls: int, folder: Path) -> None:
    """Prints a row for each kind of call. Files of the sandbox go into the folder."""
    [port] = free_ports(1, ["127.0.0.1"])
    sessions, gate = Sessions(), Gate()
    guard = TimedGuard(sessions)
    api = AwsApi([("127.0.0.1", port)], gate, Unsaved(Home(folder), gate), guard, {})
    world(AwsClient())
    api.start()
    made = Calls(sessions, port)
    gc.freeze()  # as the sandbox does after its start
    print("| call | calls/s without | with | fewer | guard, µs |\n| --- | --- | --- | --- | --- |")
    for name, call in CALLS.items():
        with made.sender(*call) as sender:
            guard.is_there = True
            seconds(sender)  # reads tables and models
            guard.seconds.clear()
            pairs = list(measured(guard, sender, max(1, calls // BATCH)))
            assert sender.stdin
            sender.stdin.close()
        without, guarded = (1 / statistics.median(column) for column in zip(*pairs, strict=True))
        fewer = statistics.median(1 - pair.without / pair.guarded for pair in pairs)
        microseconds = statistics.median(guard.seconds) * 1e6
        print(f"| {name} | {without:.0f} | {guarded:.0f} | {fewer:.1%} | {microseconds:.0f} |", flush=True)
    api.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, Path(folder))
