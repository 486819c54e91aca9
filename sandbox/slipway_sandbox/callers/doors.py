"""What an HTTP request tells of its caller: the name it used for this machine, and the web page that sent it.

A page sends simple requests to any address without asking, and its browser alone names it. Page scripts cannot change
these headers. A page also reaches this machine under a name of its own whose address it changes (DNS rebinding); the
`Host` header shows that.
Source: https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from .users import Address, stranger

NO_PAGE = ("", "none")  # no browser, or its address bar


@dataclass(frozen=True)
class Caller:
    """The caller of one request, by its headers and its connection."""

    host: str
    origin: str
    referer: str
    fetch_site: str
    client: Address
    server: Address

    @classmethod
    def of(cls, headers: Mapping[str, str], client: Address, server: Address) -> "Caller":
        """The caller by headers with names in lower case."""
        return cls(
            host=headers.get("host", ""),
            origin=headers.get("origin", ""),
            referer=headers.get("referer", ""),
            fetch_site=headers.get("sec-fetch-site", ""),
            client=client,
            server=server,
        )

    @property
    def is_page(self) -> bool:
        """Whether a web page sent the request."""
        return bool(self.origin or self.referer) or self.fetch_site not in NO_PAGE


class Doors:
    """The names that this machine has for its callers: of loopback, and the addresses that the sandbox listens on."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    def refusal(self, caller: Caller) -> str | None:
        """Sentence that refuses another user, or another name of this machine; None for a caller that may go on."""
        if not self.has(caller.host):
            return f"this sandbox has no name {caller.host!r}; use localhost or 127.0.0.1"
        return stranger(caller.client, caller.server)

    def refusal_of_page(self, caller: Caller) -> str | None:
        """Sentence that refuses a web page, whichever it is; None for a caller that is none."""
        if not caller.is_page:
            return None
        page = caller.origin or caller.referer or f"a {caller.fetch_site} page"
        return f"this sandbox answers no web page, got a request of {page}; use a program or a command"

    def is_own_page(self, caller: Caller) -> bool:
        """Whether the page comes from this machine, such as from a load balancer of the sandbox."""
        source = caller.origin or caller.referer
        if source:
            return self.has(urlsplit(source).netloc)
        return caller.fetch_site in ("same-origin", "same-site")

    def has(self, host: str) -> bool:
        """Whether a host, with or without a port, is this machine.

        >>> Doors("172.17.0.1").has("bucket.s3.localhost:4566")
        True
        >>> Doors().has("localhost.example.com")
        False
        """
        name = _without_port(host).lower()
        if name == "localhost" or name.endswith(".localhost") or name in self._addresses:
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
