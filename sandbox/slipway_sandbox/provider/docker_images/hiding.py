"""Secrets in a build's output: every one of them becomes [secret]."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Value

Hide = Callable[[str], str]
"""Replaces the secrets in a line."""


def hider(secrets: Iterable[str]) -> Hide:
    """A function to replace these secrets, the longest first."""
    hidden = sorted({secret for secret in secrets if secret}, key=len, reverse=True)

    def hide(line: str) -> str:
        for secret in hidden:
            line = line.replace(secret, "[secret]")
        return line

    return hide


def secret_strings(value: Value, is_secret: bool = False) -> Iterator[str]:
    """The strings inside of every Secret in the value."""
    if isinstance(value, wire.Secret):
        yield from secret_strings(value.value, True)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secret_strings(item, is_secret)
    elif isinstance(value, list):
        for item in value:
            yield from secret_strings(item, is_secret)
    elif is_secret and isinstance(value, str):
        yield value
