"""GET /health for a container health check or an operator: is the poll loop turning, and what does it do."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

logger = logging.getLogger("slipway_consumer")

Look = Callable[[], tuple[bool, Mapping[str, Any]]]


class HealthServer(ThreadingHTTPServer):
    """Answers 200 while `look` says that all is well, else 503, with its facts as JSON."""

    daemon_threads = True

    def __init__(self, port: int, look: Look) -> None:
        """Listens at once; port 0 takes a free one. Raises OSError when the port is taken."""
        # All interfaces: a health check from outside the container comes by the task's address.
        super().__init__(("0.0.0.0", port), _Answer)  # noqa: S104
        self.look = look

    def start(self) -> None:
        """Answer in a thread of its own."""
        threading.Thread(target=self.serve_forever, name="health", daemon=True).start()
        logger.info("health endpoint", extra={"port": self.server_address[1]})

    def stop(self) -> None:
        """Answer no more."""
        self.shutdown()
        self.server_close()


class _Answer(BaseHTTPRequestHandler):
    server: HealthServer
    timeout = 5

    def do_GET(self) -> None:
        well, facts = self.server.look()
        status = 404 if self.path != "/health" else 200 if well else 503
        content = json.dumps({"error": "there is only /health"} if status == 404 else facts).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """No line per check."""
