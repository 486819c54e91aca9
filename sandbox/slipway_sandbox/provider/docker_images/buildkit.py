"""Builds with the daemon's BuildKit, which unlike the classic builder gives a RUN line secrets that no layer keeps.

BuildKit asks its client for a secret when a step mounts it, by gRPC over a connection that the client opened: the session.
Source: https://github.com/moby/buildkit/blob/master/session/secrets/secrets.proto
"""

import base64
import json
import socket
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import grpc

from slipway_sandbox.provider.docker_images.context import Context
from slipway_sandbox.provider.docker_images.daemon import ESCAPES, SHOWN_LINES, Hide, failure
from slipway_sandbox.provider.docker_images.engine_connection import Say
from slipway_sandbox.provider.protocol.errors import ProviderError

GET_SECRET = "/moby.buildkit.secrets.v1.Secrets/GetSecret"  # noqa: S105 - a method
HEALTH = "/grpc.health.v1.Health/Check"  # asked every few seconds; a session that does not answer is closed
SERVING = b"\x08\x01"
BLOCK_BYTES = 1 << 16


def build(
    client: docker.DockerClient,
    name: str,
    options: Mapping[str, Any],
    context: Context,
    secrets: Mapping[str, bytes],
    say: Say,
    hide: Hide,
) -> str:
    """Build what `options`, of a RemoteImage, ask for and tag it; returns its ID, sha256:...

    Raises ProviderError with the last lines of the build where it fails.
    """
    archive, dockerfile = context.archive(gzip=True)  # BuildKit takes some plain ones for a Dockerfile
    output = _Output(say, hide)
    with archive, _session(client, secrets) as session:
        answer = client.api.post(
            _url(client, "build"),
            params={
                "version": "2",
                "session": session,
                "t": name,
                "dockerfile": dockerfile,
                "buildargs": json.dumps(options.get("buildArgs", {})),
                "target": options.get("target", ""),
                "platform": options.get("platform", ""),
            },
            data=archive,
            headers={"Content-Type": "application/x-tar"},
            stream=True,
            timeout=client.api.timeout,
        )
        with answer:
            if answer.status_code != 200:
                raise ProviderError(failure(options["dockerfile"], hide(answer.json()["message"]), output.lines()))
            for line in answer.iter_lines():
                event = json.loads(line)
                if "error" in event:
                    raise ProviderError(failure(options["dockerfile"], hide(event["error"]), output.lines()))
                if event.get("id") == "moby.buildkit.trace":
                    output.add(base64.b64decode(event["aux"]))
    return str(client.images.get(name).id)


class _Output:
    """What a build said, line by line, since a secret may begin in one piece of a line and end in the next."""

    def __init__(self, say: Say, hide: Hide) -> None:
        self._say, self._hide = say, hide
        self._lines: deque[str] = deque(maxlen=SHOWN_LINES)
        self._begun: dict[bytes, str] = {}  # by step, as several write at once

    def add(self, status: bytes) -> None:
        """Take in a StatusResponse: steps that begin, and what they write."""
        for number, value in _fields(status):
            inner = dict(_fields(value)) if isinstance(value, bytes) else {}
            if number == 1 and 5 in inner and 6 not in inner:  # a vertex that has started and is not done
                step = self._hide(bytes(inner[3]).decode(errors="replace"))
                if step not in self._lines:
                    self._lines.append(step)
                    self._say(step)
            elif number == 3:
                step_id, written = bytes(inner[1]), bytes(inner.get(4, b"")).decode(errors="replace")
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


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Numbers and values of a protobuf message; of groups and fixed numbers BuildKit uses none here."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 2:
            at, value = at + value, message[at : at + value]  # type: ignore[assignment]
        yield key >> 3, value


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
    """Answers BuildKit: a secret by its id, and that the session is alive."""

    def __init__(self, secrets: Mapping[str, bytes]) -> None:
        self._secrets = secrets

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        call = {GET_SECRET: self._get, HEALTH: self._check}.get(details.method)
        return grpc.unary_unary_rpc_method_handler(call) if call else None

    def _check(self, _request: bytes, _context: grpc.ServicerContext) -> bytes:
        return SERVING

    def _get(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        wanted = bytes(dict(_fields(request))[1]).decode()
        if wanted not in self._secrets:
            context.abort(grpc.StatusCode.NOT_FOUND, f"secret {wanted}: not found")
        value = self._secrets[wanted]
        return b"\x0a" + _length(len(value)) + value


@contextmanager
def _session(client: docker.DockerClient, secrets: Mapping[str, bytes]) -> Iterator[str]:
    """The id of a session in which BuildKit is given these secrets, and nothing else."""
    session = uuid.uuid4().hex
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "h2c",
        "X-Docker-Expose-Session-Uuid": session,
        "X-Docker-Expose-Session-Name": "sandbox",
        "X-Docker-Expose-Session-Grpc-Method": GET_SECRET,
    }
    # A folder of its own, which no other user can enter.
    with tempfile.TemporaryDirectory() as folder, futures.ThreadPoolExecutor(2) as workers:
        path = str(Path(folder) / "session")
        server = grpc.server(workers, handlers=[_Secrets(secrets)])
        server.add_insecure_port(f"unix:{path}")
        server.start()
        answer = client.api.post(_url(client, "session"), headers=headers, stream=True, timeout=client.api.timeout)
        if answer.status_code != 101:
            raise ProviderError(
                "the Docker daemon has no BuildKit, which build secrets need; use Docker 18.09 or newer"
            )
        api: Any = client.api
        theirs = api._get_raw_response_socket(answer)  # noqa: SLF001 - as docker-py's own attach does
        daemon: socket.socket = getattr(theirs, "_sock", theirs)
        # What the daemon sent behind its answer's head is in the buffer already, so that is read and not the socket.
        raw: Any = answer.raw
        heard = raw._fp.fp  # noqa: SLF001
        with socket.socket(socket.AF_UNIX) as ours:
            ours.connect(path)
            pumps = [threading.Thread(target=_pump, args=ends) for ends in ((heard.read1, ours), (ours.recv, daemon))]
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


def _pump(read: Callable[[int], bytes], sink: socket.socket) -> None:
    with suppress(OSError):  # the other direction has ended the session
        while data := read(BLOCK_BYTES):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _url(client: docker.DockerClient, path: str) -> str:
    return f"{client.api.base_url}/v{client.api.api_version}/{path}"
