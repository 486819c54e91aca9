"""Builds with the daemon's BuildKit. A RUN line can mount secrets there, and no layer keeps them.

The client opens a connection, the session. Over it, BuildKit asks for each secret by gRPC when a step mounts it.
Source: https://github.com/moby/buildkit/blob/master/session/secrets/secrets.proto
"""

import base64
import io
import json
import socket
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import docker
import grpc
import requests

from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.docker_images.daemon import ESCAPES, SHOWN_LINES, failure
from slipway_sandbox.provider.protocol.engine_connection import Say
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.hiding import Hide
from slipway_sandbox.provider.protocol.readers import block, text
from slipway_sandbox.provider.protocol.wire import Properties

GET_SECRET = "/moby.buildkit.secrets.v1.Secrets/GetSecret"  # noqa: S105 - a method
HEALTH = "/grpc.health.v1.Health/Check"  # asked every few seconds; BuildKit closes a silent session
SERVING = b"\x08\x01"
BLOCK_BYTES = 1 << 16


@dataclass(frozen=True)
class Build:
    """One build of a RemoteImage."""

    name: str
    options: Properties
    """The resource's `build` block."""
    context: Context
    secrets: Mapping[str, bytes]
    """Secrets by id."""


def run(client: docker.DockerClient, build: Build, say: Say, hide: Hide) -> str:
    """Builds and tags the image; returns its ID, sha256:...

    Raises ProviderError with the last lines of a failed build.
    """
    archive, dockerfile = build.context.archive(gzip=True)  # BuildKit takes some plain ones for a Dockerfile
    options, output = build.options, _Output(say, hide)
    file = text(options, "dockerfile")
    with archive, _session(client, build.secrets) as session:
        answer = client.api.post(
            _url(client, "build"),
            params={
                "version": "2",
                "session": session,
                "t": build.name,
                "dockerfile": dockerfile,
                "buildargs": json.dumps(block(options, "buildArgs")),
                "target": text(options, "target", ""),
                "platform": text(options, "platform", ""),
            },
            data=archive,
            headers={"Content-Type": "application/x-tar"},
            stream=True,
            timeout=client.api.timeout,
        )
        with answer:
            if answer.status_code != 200:
                raise ProviderError(failure(file, hide(answer.json()["message"]), output.lines()))
            for line in answer.iter_lines():
                event = json.loads(line)
                if "error" in event:
                    raise ProviderError(failure(file, hide(event["error"]), output.lines()))
                if event.get("id") == "moby.buildkit.trace":
                    output.add(base64.b64decode(event["aux"]))
    return str(client.images.get(build.name).id)


class _Output:
    """A build's output, line by line: a secret may begin in one piece of a line and end in the next."""

    def __init__(self, say: Say, hide: Hide) -> None:
        self._say, self._hide = say, hide
        self._lines: deque[str] = deque(maxlen=SHOWN_LINES)
        self._begun: dict[bytes, str] = {}  # by step, as several write at once

    def add(self, status: bytes) -> None:
        """Takes in a StatusResponse: started steps, and their output."""
        for number, value in _fields(status):
            inner = _messages(value) if isinstance(value, bytes) else {}
            if number == 1 and 5 in inner and 6 not in inner:  # a vertex, started and not done
                step = self._hide(_bytes(inner[3]).decode(errors="replace"))
                if step not in self._lines:
                    self._lines.append(step)
                    self._say(step)
            elif number == 3:
                step_id, written = _bytes(inner[1]), _bytes(inner.get(4, b"")).decode(errors="replace")
                *whole, self._begun[step_id] = (self._begun.get(step_id, "") + written).split("\n")
                for line in whole:
                    self._keep(line)

    def lines(self) -> deque[str]:
        """The last lines so far."""
        for line in self._begun.values():
            self._keep(line)
        self._begun.clear()
        return self._lines

    def _keep(self, line: str) -> None:
        if text := self._hide(ESCAPES.sub("", line)).rstrip():
            self._lines.append(text)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Numbers and values of a protobuf message. BuildKit uses no groups and fixed numbers here."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, at = _varint(message, at)
        if key & 7 == 2:
            yield key >> 3, message[at : at + number]
            at += number
        else:
            yield key >> 3, number


def _messages(message: bytes) -> dict[int, int | bytes]:
    return dict(_fields(message))


def _bytes(value: int | bytes) -> bytes:
    return value if isinstance(value, bytes) else b""


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _length(size: int) -> bytes:
    out = b""
    while size > 127:
        out, size = out + bytes([size & 127 | 128]), size >> 7
    return out + bytes([size])


class _Secrets(grpc.GenericRpcHandler):
    """Answers BuildKit with a secret by its id, and with the session's health."""

    def __init__(self, secrets: Mapping[str, bytes]) -> None:
        self._secrets = secrets

    def service(self, details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes] | None":
        call = {GET_SECRET: self._get, HEALTH: self._check}.get(details.method)
        return grpc.unary_unary_rpc_method_handler(call) if call else None

    def _check(self, _request: bytes, _context: grpc.ServicerContext) -> bytes:
        return SERVING

    def _get(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        wanted = _bytes(_messages(request)[1]).decode()
        if wanted not in self._secrets:
            context.abort(grpc.StatusCode.NOT_FOUND, f"secret {wanted}: not found")
        value = self._secrets[wanted]
        return b"\x0a" + _length(len(value)) + value


@contextmanager
def _session(client: docker.DockerClient, secrets: Mapping[str, bytes]) -> Iterator[str]:
    """The id of a session. BuildKit can ask for these secrets in it, and for nothing else."""
    session = uuid.uuid4().hex
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "h2c",
        "X-Docker-Expose-Session-Uuid": session,
        "X-Docker-Expose-Session-Name": "sandbox",
        "X-Docker-Expose-Session-Grpc-Method": GET_SECRET,
    }
    # A private folder: no other user can enter it.
    with tempfile.TemporaryDirectory() as folder, futures.ThreadPoolExecutor(2) as workers:
        path = str(Path(folder) / "session")
        server = grpc.server(workers, handlers=[_Secrets(secrets)])
        server.add_insecure_port(f"unix:{path}")
        server.start()
        answer = client.api.post(_url(client, "session"), headers=headers, stream=True, timeout=client.api.timeout)
        if answer.status_code != 101:
            raise ProviderError(
                "the Docker daemon has no BuildKit, and build secrets need it; use Docker 18.09 or newer"
            )
        daemon, buffered = _connection(client, answer)
        with socket.socket(socket.AF_UNIX) as ours:
            ours.connect(path)
            pumps = [
                threading.Thread(target=_pump, args=ends) for ends in ((buffered.read1, ours), (ours.recv, daemon))
            ]
            for pump in pumps:
                pump.start()
            try:
                yield session
            finally:
                for end in (daemon, ours):
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
                for pump in pumps:
                    pump.join()
                answer.close()
                server.stop(None).wait()


def _connection(client: docker.DockerClient, answer: requests.Response) -> tuple[socket.socket, io.BufferedReader]:
    """The upgraded connection: its socket for writing, and the buffered reader with the daemon's first bytes."""
    # docker-py's own attach does the same; the stubs lack both private attributes.
    ends = client.api._get_raw_response_socket(answer)  # type: ignore[attr-defined]  # noqa: SLF001
    daemon: socket.socket = getattr(ends, "_sock", ends)
    buffered: io.BufferedReader = answer.raw._fp.fp  # type: ignore[union-attr]  # noqa: SLF001
    return daemon, buffered


def _pump(read: Callable[[int], bytes], sink: socket.socket) -> None:
    with suppress(OSError):  # the other direction has ended the session
        while data := read(BLOCK_BYTES):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _url(client: docker.DockerClient, path: str) -> str:
    return f"{client.api.base_url}/v{client.api.api_version}/{path}"
