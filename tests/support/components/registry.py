"""An image registry on a free port of this machine, with the documents that a test gives it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Registry:
    """Documents by path, and the paths that were asked for."""

    def __init__(self, port: int) -> None:
        self.host = f"localhost:{port}"
        self.documents: dict[str, Any] = {}
        self.asked: list[str] = []

    def put(self, config: dict[str, Any], tag: str = "1") -> str:
        """An image of one platform; its reference by digest."""
        blob = self._keep("blobs", config)
        digest = self._keep("manifests", {"config": {"digest": blob}, "layers": []}, tag)
        return f"{self.host}/shop@{digest}"

    def put_index(self, configs: list[dict[str, Any]]) -> str:
        """An image of several platforms; its reference by digest."""
        entries = [
            {
                "digest": self.put(config).partition("@")[2],
                "platform": {"architecture": config["architecture"], "os": "linux"},
            }
            for config in configs
        ]
        attestation = {"digest": f"sha256:{'0' * 64}", "platform": {"architecture": "unknown", "os": "unknown"}}
        return f"{self.host}/shop@{self._keep('manifests', {'manifests': [*entries, attestation]})}"

    def _keep(self, kind: str, document: dict[str, Any], tag: str = "") -> str:
        digest = f"sha256:{hashlib.sha256(json.dumps(document).encode()).hexdigest()}"
        for name in filter(None, (digest, tag)):
            self.documents[f"/v2/shop/{kind}/{name}"] = document
        return digest


@contextmanager
def registry() -> Iterator[Registry]:
    """A registry that answers until the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kept.asked.append(self.path)
            status = 403 if self.path.startswith("/v2/secret/") else 200 if self.path in kept.documents else 404
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(kept.documents.get(self.path)).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Nothing: the tests say what was asked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept = Registry(server.server_address[1])
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
