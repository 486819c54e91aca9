"""Calls of a cluster's API server, with a token in place of kubectl."""

import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.support.commands import HANG_SECONDS


@dataclass(frozen=True)
class ApiServer:
    """The API server of a cluster, as `describe_cluster` shows it."""

    cluster: Mapping[str, Any]

    def call(self, method: str, path: str, token: str = "", body: object = None) -> tuple[int, dict[str, Any]]:
        """Status and object of an answer. Raises OSError where nothing listens."""
        status, content = self._answer(method, path, token, body)
        return status, json.loads(content) if content.startswith(b"{") else {}

    def text(self, path: str, token: str) -> str:
        """The text of an answer, such as a log."""
        status, content = self._answer("GET", path, token, None)
        assert status == 200, content
        return content.decode()

    def _answer(self, method: str, path: str, token: str, body: object) -> tuple[int, bytes]:
        """Status and content; the server's certificate is checked."""
        authority = base64.b64decode(self.cluster["certificateAuthority"]["data"]).decode()
        context = ssl.create_default_context(cadata=authority)
        place = urlsplit(self.cluster["endpoint"])
        kind = "application/strategic-merge-patch+json" if method == "PATCH" else "application/json"
        headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection = http.client.HTTPSConnection(str(place.hostname), place.port, timeout=HANG_SECONDS, context=context)
        with closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def status(self, method: str, path: str, token: str = "") -> int:
        """Status alone."""
        return self.call(method, path, token)[0]
