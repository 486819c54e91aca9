"""Hooks under names of their own, whose refusals have the names of arguments as the program's language writes them.

Source: https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
"""

import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pulumi

Callback = Callable[[pulumi.ResourceHookArgs], Awaitable[None]]
_wording: ContextVar[Callable[[str], str]] = ContextVar("wording", default=str)


@contextmanager
def worded(wording: Callable[[str], str]) -> Iterator[None]:
    """Refusals of hooks that are made meanwhile go through this function."""
    before = _wording.set(wording)
    try:
        yield
    finally:
        _wording.reset(before)


def resource_hook(role: str, callback: Callback, *, on_dry_run: bool = False) -> pulumi.ResourceHook:
    """A hook that refuses by RunError. The engine calls it in previews, too, with `on_dry_run`."""
    options = pulumi.ResourceHookOptions(on_dry_run=on_dry_run)
    return pulumi.ResourceHook(_own_name(role), in_words(callback), options)


def error_hook(role: str, callback: Callable[[pulumi.ErrorHookArgs], bool]) -> pulumi.ErrorHook:
    """A hook on a failed resource; it says whether the engine tries again."""
    return pulumi.ErrorHook(_own_name(role), callback)


def in_words(callback: Callback) -> Callback:
    """The same, with refusals in the wording of the component that is made now."""
    wording = _wording.get()

    async def told(args: pulumi.ResourceHookArgs) -> None:
        try:
            await callback(args)
        except pulumi.RunError as error:
            raise pulumi.RunError(wording(str(error))) from error

    return told


def _own_name(role: str) -> str:
    """A name for a hook: the engine takes each once, and components under two parents may have one name."""
    return f"{role}-{uuid.uuid4()}"
