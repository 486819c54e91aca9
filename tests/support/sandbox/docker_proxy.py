"""A Docker daemon that goes and comes back: a socket of its own in front of this machine's, which runs on."""

import contextlib
import socket
import threading
from pathlib import Path

REAL = "/var/run/docker.sock"
CHUNK_BYTES = 65536


class DockerProxy:
    """Forwards every connection while it is up. `host` is for DOCKER_HOST."""

    def __init__(self, path: Path) -> None:
        self.path, self.host = path, f"unix://{path}"
        self.falls_at: bytes | None = None
        """A part of a request: it reaches the daemon, and instead of its answer the proxy goes down."""
        self._open: set[socket.socket] = set()
        self._unanswered: set[socket.socket] = set()
        """Clients whose request falls."""
        self._listener: socket.socket | None = None

    @property
    def is_up(self) -> bool:
        return self._listener is not None

    def start(self) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """As when the daemon ends: no socket, and every connection is closed."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self.path.unlink()
        for end in (listener, *list(self._open)):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as daemon:
            daemon.connect(REAL)
            ends = {client, daemon}
            self._open |= ends
            back = threading.Thread(target=self._copy, args=(daemon, client), daemon=True)
            back.start()
            self._copy(client, daemon)
            back.join()
            self._open -= ends
            self._unanswered -= ends

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                if self.falls_at is not None and self.falls_at in chunk:
                    self.falls_at = None
                    self._unanswered.add(source)
                if target in self._unanswered:
                    self.stop()
                    return
                target.sendall(chunk)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
