"""Calls of a cluster's API server as a user with a certificate.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from slipway_sandbox.documents import Document
from slipway_sandbox.process.ports import LOOPBACK

CALL_SECONDS = 20.0
JSON, MERGE = "application/json", "application/strategic-merge-patch+json"


class ApiError(Exception):
    """The API server refused a call."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class KubeApi:
    """The API server at a port of loopback; `pair` names certificate and key in the cluster's folder."""

    def __init__(self, folder: Path, port: int, pair: str) -> None:
        self._context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
        self._context.load_cert_chain(folder / f"{pair}.crt", folder / f"{pair}.key")
        self._port = port

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None, kind: str = JSON) -> Document:
        """The answer's object. Raises ApiError for a refusal, OSError where nobody answers."""
        connection = http.client.HTTPSConnection(LOOPBACK, self._port, timeout=CALL_SECONDS, context=self._context)
        try:
            with closing(connection):
                connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": kind})
                answer = connection.getresponse()
                content = json.loads(answer.read())
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"no answer of Kubernetes: {error!r}") from error
        if answer.status >= http.client.BAD_REQUEST:
            raise ApiError(answer.status, str(content.get("message", "")))
        found: Document = content
        return found

    def patch(self, path: str, body: Mapping[str, object]) -> Document:
        """Changes the given fields, by Kubernetes's own rules for lists."""
        return self.call("PATCH", path, body, MERGE)

    def find(self, path: str) -> Document | None:
        """An object; None where there is none of this name."""
        try:
            return self.call("GET", path)
        except ApiError as error:
            if error.code == http.client.NOT_FOUND:
                return None
            raise
