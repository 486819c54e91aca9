"""The user behind a TCP connection on this machine, as the kernel knows it.

Root may call, too: Docker's daemon pushes and pulls as root. Containers have a network of their own, so their sockets are
not in this machine's table; their addresses are not this machine's either.
Source: https://man7.org/linux/man-pages/man7/sock_diag.7.html
"""

import errno
import os
import pwd
import socket
import struct
from functools import cache
from pathlib import Path

Address = tuple[str, int]
"""IPv4 address and port."""

ROOT = 0
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY = 4, 20
NLM_F_REQUEST, NLMSG_ERROR = 1, 2
ALL_STATES, NO_COOKIE = 0xFFFFFFFF, b"\xff" * 8
UID_AND_INODE = slice(80, 88)  # nlmsghdr 16, family to retransmits 4, socket id 48, timer and queues 12
ANSWER_SECONDS = 1.0


def user_of(client: Address, server: Address) -> int | None:
    """User number of a connection's client; None for a client that has hung up or is not on this machine.

    Raises OSError where the system does not tell.
    """
    try:
        return _from_kernel(client, server)
    except OSError:
        return _from_table(client, server)


@cache
def can_tell() -> bool:
    """Whether this system tells the user of a connection: Linux does, macOS does not."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address) as client:
            try:
                return user_of(client.getsockname(), address) == os.getuid()
            except OSError:
                return False


def cannot_tell() -> list[str]:
    """A sentence on systems that name no users; none on Linux."""
    if can_tell():
        return []
    return ["this system does not tell which user calls a port, so every user of this machine can reach the sandbox"]


def stranger(client: Address, server: Address) -> str | None:
    """Sentence that refuses a connection of another user; None for one that may call."""
    if not can_tell():
        return None
    user = user_of(client, server)
    if user is None and not _is_here(client[0]):
        return None  # a container
    if user is None:  # Docker's firewall rules change the source of a call to the bridge's address, and keep its port
        user = user_of((server[0], client[1]), server)
    if user in (os.getuid(), ROOT):
        return None
    caller = "a caller whose user it cannot tell" if user is None else f"user {_name(user)}"
    return f"this sandbox belongs to user {_name(os.getuid())} and refuses {caller}; start one of your own"


def _from_kernel(client: Address, server: Address) -> int | None:
    ends = struct.pack("!HH", client[1], server[1]) + b"".join(
        socket.inet_aton(host).ljust(16, b"\0") for host, _ in (client, server)
    )
    query = struct.pack("=BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, ALL_STATES)
    query += ends + struct.pack("=I", 0) + NO_COOKIE
    header = struct.pack("=IHHII", 16 + len(query), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 1, 0)
    with socket.socket(_netlink(), socket.SOCK_DGRAM, NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(ANSWER_SECONDS)
        kernel.send(header + query)
        answer = kernel.recv(4096)
    if struct.unpack("=H", answer[4:6])[0] == NLMSG_ERROR:
        error = -struct.unpack("=i", answer[16:20])[0]
        if error == errno.ENOENT:
            return None
        raise OSError(error, os.strerror(error))
    user, inode = struct.unpack("=II", answer[UID_AND_INODE])
    return int(user) if inode else None  # without an inode it is closed, and the kernel says root


def _netlink() -> int:
    family: int | None = getattr(socket, "AF_NETLINK", None)
    if family is None:
        raise OSError("this system has no netlink")
    return family


def _from_table(client: Address, server: Address) -> int | None:
    ends = [f"{socket.inet_aton(host)[::-1].hex().upper()}:{port:04X}" for host, port in (client, server)]
    for table in TABLES:
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()  # number, local address, remote address, ..., user as the eighth, inode as the tenth
            if [fields[1][-13:], fields[2][-13:]] == ends and fields[9] != "0":
                return int(fields[7])
    return None


def _is_here(host: str) -> bool:
    """Whether an address is this machine's own."""
    with socket.socket() as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
