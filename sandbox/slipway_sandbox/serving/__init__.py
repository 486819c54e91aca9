"""A server in a thread of its own that sleeps while nobody connects.

`serve_forever` of the standard library wakes up several times a second to see whether it shall end.
"""

import selectors
import socket
import socketserver
import threading


class Serving:
    """Serves a server's connections from now on, until `stop`. Give it a server that listens."""

    def __init__(self, server: socketserver.TCPServer, name: str) -> None:
        server.timeout = 0  # who has connected and is gone again is not waited for
        self._server = server
        self._ended, self._end = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Closes the port."""
        self._end.close()
        self._thread.join()
        self._ended.close()
        self._server.server_close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._ended, selectors.EVENT_READ)
            selector.register(self._server, selectors.EVENT_READ)
            while all(key.fileobj is not self._ended for key, _ in selector.select()):
                self._server.handle_request()
