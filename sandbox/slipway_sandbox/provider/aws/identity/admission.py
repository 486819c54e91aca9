"""Whether a call of the provider may go on, and as whom."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.identities.reading.signatures import Signature
from slipway_sandbox.provider.aws.identity.keys import ADMINISTRATOR, Caller, Keys

if TYPE_CHECKING:
    from slipway_sandbox.identities.answers import Error
    from slipway_sandbox.identities.guard import Guard


class Asked(NamedTuple):
    """One call."""

    service: str
    """botocore's name."""
    operation: str
    parameters: Mapping[str, object]
    region: str


class Admission(NamedTuple):
    """A call that may go on."""

    keys: Keys | None
    """What signs it; None for a call without a signature."""
    principal: Principal | None = None
    """Who makes it. None: moto tells by the keys."""


UNSIGNED_CALL = Admission(None)
Admit = Callable[[Asked], "Admission | Error"]


def unasked(_: Asked) -> Admission:
    """Lets every call through."""
    return Admission(ADMINISTRATOR.keys())


def as_owner_of(account: str) -> Admit:
    """Lets every call through, as the root user of an account: what the sandbox looks up for itself needs no permission."""
    root = Principal(f"arn:aws:iam::{account}:root", account, "root", user_id=account)
    return lambda _: Admission(ADMINISTRATOR.keys(), root)


def judged(guard: "Guard", caller: Caller | None) -> Admit:
    """Asks the guard for each call of a caller. None: the calls have no signature."""

    def admit(asked: Asked) -> "Admission | Error":
        if caller is None:
            return UNSIGNED_CALL
        keys = caller.keys()
        signature = Signature(keys.key_id, keys.token, asked.region, asked.service)
        answer = guard.admit(signature, asked.operation, asked.parameters)
        return Admission(keys, answer) if isinstance(answer, Principal) else answer

    return admit


def guard_alone() -> "Guard":
    """A guard that knows no tasks, for a provider without a sandbox around it."""
    from slipway_sandbox.identities.denials import Denials  # noqa: PLC0415 - imports moto
    from slipway_sandbox.identities.guard import Guard  # noqa: PLC0415 - as above
    from slipway_sandbox.identities.sessions import Sessions  # noqa: PLC0415 - as above

    return Guard(Sessions(), Denials())
