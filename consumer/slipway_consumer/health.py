"""GET /health, for a container health check or an operator: does the poll loop turn, and how many messages it handled."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

logger = logging.getLogger("slipway_consumer")


@dataclass(frozen=True)
class Health:
    """State of a consumer, and facts about it for the answer."""

    well: bool
    facts: Mapping[str, object]


class HealthServer(ThreadingHTTPServer):
    """Answers 200 while `look` reports a healthy consumer, else 503, with its facts as JSON."""

    daemon_threads = True

    def __init__(self, port: int, look: Callable[[], Health]) -> None:
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
        health = self.server.look()
        status = 404 if self.path != "/health" else 200 if health.well else 503
        content = json.dumps({"error": "there is only /health"} if status == 404 else health.facts).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """No line per check."""
