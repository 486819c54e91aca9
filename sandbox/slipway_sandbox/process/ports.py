"""Ports and addresses of this machine."""

import contextlib
import ipaddress
import logging
import random
import socket
from collections.abc import Iterable, Mapping

from slipway_sandbox.errors import RESET, SandboxError

LOOPBACK = "127.0.0.1"
STATUS_PATH = "/slipway-sandbox/status"
DENIED_PATH = "/slipway-sandbox/denied"
RIGHTS_PATH = "/slipway-sandbox/rights"
PORT_RANGE = range(20000, 30000)  # below the ports that systems hand out to outgoing connections

log = logging.getLogger(__name__)


def listening(address: str, port: int, what: str) -> socket.socket:
    """A listening socket. Raises SandboxError with the purpose of a taken port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SandboxError(
            f"port {port} on {address}, which this sandbox keeps for {what}, is taken by another program; "
            f"stop that program (`ss -ltnp 'sport = :{port}'` names it), or run {RESET} to begin again on other ports, "
            "with an empty cloud and an empty state"
        ) from error
    return listener


def require_free(purposes: Mapping[int, str], addresses: Iterable[str]) -> None:
    """Look whether ports are free on each of the addresses. Raises SandboxError with the purpose of a taken one."""
    for address in addresses:
        for port, what in purposes.items():
            listening(address, port, what).close()


def free_ports(count: int, addresses: Iterable[str]) -> list[int]:
    """So many ports, free on each of the addresses. Raises SandboxError when there are not so many."""
    found: list[int] = []
    for port in random.sample(PORT_RANGE, len(PORT_RANGE)):
        try:
            for address in addresses:
                listening(address, port, "").close()
        except SandboxError:
            continue
        found.append(port)
        if len(found) == count:
            return found
    raise SandboxError(
        f"no {count} ports are free from {PORT_RANGE.start} to {PORT_RANGE.stop - 1}; stop what uses them"
    )


def get(port: int, path: str, seconds: float) -> bytes:
    """The body of a loopback server's answer. Raises OSError for any other status than 200."""
    import http.client  # noqa: PLC0415 - 0.02 s that `slipway sandbox env` does not need

    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=seconds)  # asks no proxy, unlike urllib
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
    except http.client.HTTPException as error:
        raise OSError(f"no HTTP: {error!r}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise OSError(f"{response.status} {response.reason}")
    return body


def bridge_address() -> str | None:
    """This machine's address on Docker's bridge, where containers reach it; None without one, the cause logged."""
    from docker.errors import DockerException  # noqa: PLC0415 - 0.1 s, in the background process only

    from slipway_sandbox import docker_daemon  # noqa: PLC0415

    try:
        with contextlib.closing(docker_daemon.connect(docker_daemon.ANSWER_SECONDS)) as client:
            pool = client.networks.get("bridge").attrs["IPAM"]["Config"][0]
    except (DockerException, OSError, IndexError, KeyError) as error:
        log.warning("no Docker (%s): containers cannot reach this cloud until it is stopped and started again", error)
        return None
    address = str(pool.get("Gateway") or ipaddress.ip_network(pool["Subnet"])[1])
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:  # Docker runs in a virtual machine
            log.warning(
                "Docker's bridge address %s is not on this machine: containers cannot reach this cloud", address
            )
            return None
    return address
