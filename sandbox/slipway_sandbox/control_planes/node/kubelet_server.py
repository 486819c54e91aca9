"""The kubelet's API of a node, as far as `kubectl logs` needs it; the cluster's API server alone is answered.

Source: https://kubernetes.io/docs/reference/node/kubelet-files
"""

import ssl
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from docker.errors import DockerException

from slipway_sandbox.control_planes.tls_server import TlsServer
from slipway_sandbox.docker_daemon import BROKEN_OFF

API_SERVER = "kube-apiserver-kubelet-client"  # common name of its certificate


class KubeletServer(TlsServer):
    """Serves once it is made, until `stop`, on any free port.

    `log` gives the output of a container by namespace, pod, container and options; None for an unknown one.
    """

    def __init__(self, folder: Path, log: Callable[[str, str, str, dict[str, str]], Iterator[bytes] | None]) -> None:
        self.log = log
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "node-server.crt", folder / "node-server.key")
        context.load_verify_locations(folder / "ca.crt")
        context.verify_mode = ssl.CERT_REQUIRED
        super().__init__(_Handler, context, "kubelet of a node")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: KubeletServer
    connection: ssl.SSLSocket

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        kind, *names = url.path.strip("/").split("/")
        options = {name: values[0] for name, values in parse_qs(url.query).items()}
        if not self._is_api_server():
            self._say(HTTPStatus.FORBIDDEN, "the node answers the API server alone")
            return
        if kind != "containerLogs" or len(names) != 3:
            self._say(HTTPStatus.NOT_FOUND, "the sandbox's node has logs, and neither exec, attach nor port-forward")
            return
        pieces = self.server.log(names[0], names[1], names[2], options)
        if pieces is None:
            self._say(HTTPStatus.NOT_FOUND, f"container {names[2]} of pod {names[0]}/{names[1]} has no log any more")
            return
        self.send_response_only(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for piece in pieces:
                self._chunk(piece)
            self._chunk(b"")
        except (OSError, DockerException, *BROKEN_OFF):
            self.close_connection = True

    do_POST = do_GET  # noqa: N815 - http.server looks it up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """The API server tells the caller."""

    def _is_api_server(self) -> bool:
        subject = (self.connection.getpeercert() or {}).get("subject", ())
        return any(part == ("commonName", API_SERVER) for name in subject for part in name)

    def _say(self, status: HTTPStatus, sentence: str) -> None:
        body = sentence.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _chunk(self, piece: bytes) -> None:
        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.flush()
