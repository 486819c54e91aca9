"""A provider on moto in this process, and a registry for the test to fill."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from moto.moto_api._internal.models import moto_api_backend

from slipway_sandbox.identities.guard import Guard
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.interrupted.creations import Creations
from slipway_sandbox.provider.aws.provider import AwsProvider
from slipway_sandbox.provider.protocol.serve import serve


class Registry:
    """A registry with tags and digests in memory, spoken to over HTTP as the real one is."""

    def __init__(self) -> None:
        self.images: dict[str, dict[str, str]] = {}
        """Repository to tag to digest."""
        images = self.images

        class Handler(BaseHTTPRequestHandler):
            def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                repository = self.path.removeprefix("/v2/").removesuffix("/tags/list")
                tags = ",".join(f'"{tag}"' for tag in images.get(repository, {}))
                self.answer(200 if repository in images else 404, f'{{"tags": [{tags}]}}'.encode())

            def do_HEAD(self) -> None:
                repository, _, tag = self.path.removeprefix("/v2/").partition("/manifests/")
                digest = images.get(repository, {}).get(tag)
                self.answer(200 if digest else 404, Docker_Content_Digest=digest or "")

            def do_DELETE(self) -> None:
                repository, _, digest = self.path.removeprefix("/v2/").partition("/manifests/")
                for tag in [tag for tag, each in images[repository].items() if each == digest]:
                    del images[repository][tag]
                self.answer(202)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"


@contextmanager
def provider(
    retry_seconds: float = 2.0,
    client: AwsClient | None = None,
    creations: Creations | None = None,
    guard: Guard | None = None,
) -> Iterator[tuple[int, Registry]]:
    """Port of an aws provider, and its registry. Before and afterwards, the process's cloud is empty.

    `client` makes its calls. Default: one without failures. `creations` is its record. Default: it keeps none.
    `guard` judges its calls. Default: one of its own.
    """
    moto_api_backend.reset()
    registry = Registry()
    threading.Thread(target=registry.server.serve_forever, daemon=True).start()
    servicer = AwsProvider(registry=registry.address, retry_seconds=retry_seconds, creations=creations, guard=guard)
    servicer.cloud = replace(servicer.cloud, client=client or servicer.cloud.client)
    server, port = serve(servicer)
    try:
        yield port, registry
    finally:
        server.stop(None).wait()
        registry.server.shutdown()
        registry.server.server_close()
        moto_api_backend.reset()
