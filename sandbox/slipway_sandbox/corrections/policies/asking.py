"""The judge of what services do. In a sandbox it keeps the denials; elsewhere it only answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from slipway_sandbox.authorization.model import Call, Principal

if TYPE_CHECKING:
    from slipway_sandbox.authorization.refusals import Refusal

Judge = Callable[[Call, Principal], "Refusal | None"]


def _answering(call: Call, principal: Principal) -> "Refusal | None":
    from slipway_sandbox.authorization.check import NotJudged, refusal_of  # noqa: PLC0415 - its tables, for the first message

    answer = refusal_of(call, principal)
    return None if isinstance(answer, NotJudged) else answer


_judge: Judge = _answering


def attach(judge: Judge) -> None:
    """Has this judge asked from now on."""
    global _judge  # noqa: PLW0603 - one cloud a process, as moto's
    _judge = judge


def detach() -> None:
    """Has the judge asked that only answers."""
    attach(_answering)


def denial(call: Call, principal: Principal) -> "Refusal | None":
    """AWS's refusal of what a service asks for; None where it may."""
    return _judge(call, principal)
