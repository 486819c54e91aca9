"""An HTTPS server of this process on loopback, which a control plane calls."""

import logging
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slipway_sandbox.process.ports import LOOPBACK
from slipway_sandbox.serving import Serving

SILENT_SECONDS = 60.0

log = logging.getLogger(__name__)


class TlsServer(ThreadingHTTPServer):
    """Serves once it is made, until `stop`, on any free port. Subclasses set what their handler reads before they call this."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext, name: str) -> None:
        super().__init__((LOOPBACK, 0), handler)
        self._context = context
        self._serving = Serving(self, name)

    def stop(self) -> None:
        """Closes the port."""
        self._serving.stop()

    def finish_request(self, request: object, client_address: object) -> None:
        """Speaks TLS in the connection's own thread: a silent caller keeps nobody waiting."""
        request.settimeout(SILENT_SECONDS)  # type: ignore[attr-defined] # a socket
        with self._context.wrap_socket(request, server_side=True) as connection:  # type: ignore[arg-type] # as above
            super().finish_request(connection, client_address)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base class's
        """Logs every error but a lost caller and one without a certificate."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            log.error("connection from %s failed", client_address, exc_info=error)
