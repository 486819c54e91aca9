"""How the front reaches the real registry behind it: by a Unix socket, or by a port under a secret path."""

import http.client
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from slipway_sandbox.process.ports import LOOPBACK

TIMEOUT_SECONDS = 600.0  # a large layer on a slow disk


@dataclass(frozen=True)
class SocketUpstream:
    """A registry that listens on a Unix socket, in a directory for its owner alone."""

    path: Path
    prefix: str = ""

    def connection(self) -> http.client.HTTPConnection:
        """A new connection. Raises OSError when nobody listens."""
        return _SocketConnection(self.path)


@dataclass(frozen=True)
class PortUpstream:
    """A registry that listens on a port of loopback, and answers only under a path that nobody else knows."""

    port: int
    prefix: str

    def connection(self) -> http.client.HTTPConnection:
        """A new connection, not opened yet."""
        return http.client.HTTPConnection(LOOPBACK, self.port, timeout=TIMEOUT_SECONDS)


Upstream = SocketUpstream | PortUpstream


def ask(upstream: Upstream, method: str, path: str, body: bytes | None = None, kind: str = "") -> int:
    """HTTP status of one request; 0 when the registry does not answer."""
    try:
        connection = upstream.connection()
    except OSError:
        return 0
    try:
        connection.request(method, upstream.prefix + path, body, {"Content-Type": kind} if kind else {})
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return response.status


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        # A socket's path has at most 107 bytes; a home's may be longer, so it is found from its open folder.
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(TIMEOUT_SECONDS)
            self.sock.connect(f"/proc/self/fd/{folder}/{path.name}")
        except OSError:
            self.sock.close()
            raise
        finally:
            os.close(folder)
