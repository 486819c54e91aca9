"""Keys of a caller, and the clients that carry them."""

from dataclasses import dataclass, field
from typing import Protocol

from slipway_sandbox.identities import administrator


@dataclass(frozen=True)
class Keys:
    """Credentials as AWS hands them out. Their text has no secret."""

    key_id: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    """Empty for the keys of a user."""


class Caller(Protocol):
    """Somebody with keys, which may change from call to call."""

    def keys(self) -> Keys:
        """The keys that are valid now. Raises ProviderError where there are none any more."""


@dataclass(frozen=True)
class Fixed:
    """A caller whose keys stay the same."""

    given: Keys

    def keys(self) -> Keys:
        return self.given


@dataclass(frozen=True)
class Administrator:
    """The sandbox's administrator."""

    def keys(self) -> Keys:
        return Keys(administrator.KEY_ID, administrator.secret_key())


ADMINISTRATOR = Administrator()
