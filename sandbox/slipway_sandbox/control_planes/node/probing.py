"""Probes of a container: when they are due, and what they say.

Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from slipway_sandbox.documents import Document, Json, as_object, as_text, objects, texts

from .pod_docker import PodDocker
from .pods import Probe

UNVERIFIED = ssl.create_default_context()
UNVERIFIED.check_hostname = False
UNVERIFIED.verify_mode = ssl.CERT_NONE  # as the kubelet: a probe looks at no certificate


@dataclass
class Probing:
    """A probe of one container that runs, and its verdict so far."""

    probe: Probe
    check: Callable[[Probe], str]
    """What is wrong; empty when nothing is."""
    passed: bool
    """The verdict before the first look."""
    due: float = 0.0
    row: int = 0
    """Looks in a row that contradict the verdict."""
    misses: int = 0
    """Looks in a row that failed."""
    says: str = ""
    """Why the last look failed."""

    def __post_init__(self) -> None:
        self.due = time.monotonic() + self.probe.delay_seconds

    def look(self) -> bool:
        """Looks if it is time, and returns the verdict."""
        now = time.monotonic()
        if now < self.due:
            return self.passed
        self.due = now + self.probe.period_seconds
        self.says = self.check(self.probe)
        is_good = not self.says
        self.misses = 0 if is_good else self.misses + 1
        self.row = 0 if is_good is self.passed else self.row + 1
        if self.row >= (self.probe.successes if is_good else self.probe.failures):
            self.passed, self.row = is_good, 0
        return self.passed


def checker(docker: PodDocker, container: str, address: str, definition: Document) -> Callable[[Probe], str]:
    """The check of a container's probes."""
    ports = {as_text(port.get("name")): port.get("containerPort") for port in objects(definition.get("ports"))}

    def check(probe: Probe) -> str:
        action = probe.action
        if command := as_object(action.get("exec")):
            code, said = docker.run(container, texts(command.get("command")))
            return "" if code == 0 else said.strip() or f"exit code {code}"
        if tcp := as_object(action.get("tcpSocket")):
            return _connects(as_text(tcp.get("host")) or address, _port(tcp, ports), probe.timeout_seconds)
        return _answers(as_object(action.get("httpGet")), address, ports, probe.timeout_seconds)

    return check


def _port(action: Document, ports: Mapping[str, Json]) -> int:
    port = action.get("port")
    named = ports.get(port) if isinstance(port, str) else port
    return int(named) if isinstance(named, int | float | str) else 0


def _connects(host: str, port: int, seconds: float) -> str:
    try:
        socket.create_connection((host, port), seconds).close()
    except OSError as error:
        return f"dial tcp {host}:{port}: {error}"
    return ""


def _answers(action: Document, address: str, ports: Mapping[str, Json], seconds: float) -> str:
    host, port = as_text(action.get("host")) or address, _port(action, ports)
    headers = {as_text(each.get("name")): as_text(each.get("value")) for each in objects(action.get("httpHeaders"))}
    connection: http.client.HTTPConnection
    if action.get("scheme") == "HTTPS":
        connection = http.client.HTTPSConnection(host, port, timeout=seconds, context=UNVERIFIED)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        with closing(connection):
            connection.request("GET", as_text(action.get("path")) or "/", headers=headers)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"Get http://{host}:{port}: {error}"
    return "" if http.client.OK <= status < http.client.BAD_REQUEST else f"HTTP probe failed with statuscode: {status}"
