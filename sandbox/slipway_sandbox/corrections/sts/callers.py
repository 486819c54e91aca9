"""The caller of the request that moto answers now."""

import contextlib
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from moto.core.responses import BaseResponse

from slipway_sandbox.corrections._decorator import corrects


@dataclass(frozen=True)
class Caller:
    """Whose credentials signed a request."""

    user_id: str
    arn: str
    account_id: str
    has_role: bool
    """Whether the caller is a session of a role."""


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def caller() -> Caller | None:
    """Who signed the call; None for a call without a signature."""
    return _caller.get()


class CalledBy(contextlib.AbstractContextManager[None]):
    """Names the caller of the requests that moto answers meanwhile, in this thread."""

    def __init__(self, who: Caller) -> None:
        self._who = who

    def __enter__(self) -> None:
        self._before = _caller.set(self._who)

    def __exit__(self, *_: object) -> None:
        _caller.reset(self._before)


@corrects(
    BaseResponse.get_current_account,
    why="moto takes every request for the account in its environment; a session of another account's role acts in that account.",
)
def get_current_account(original: Callable[[BaseResponse], str], self: BaseResponse) -> str:
    who = caller()
    return who.account_id if who else original(self)
