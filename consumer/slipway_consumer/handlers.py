"""Handlers, the user's code: functions of one message or of several, sync or async."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from slipway_consumer.message import Message

MOST_IN_A_BATCH = 10  # what ReceiveMessage returns at most

Failures = Mapping[str, str]
"""Message id to the reason why it was not handled."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Batch:
    """A handler of several messages at once, for work like one insert of ten rows.

    `handle` returns the failures, message id to reason, or None; only those messages come again. When it raises, all of
    them come again.

    >>> Batch(lambda messages: {message.id: "no stock" for message in messages}, size=5).size
    5
    """

    handle: Callable[[Sequence[Message]], Failures | Awaitable[Failures | None] | None]
    size: int = MOST_IN_A_BATCH
    """Most messages in a call, 1-10. Default: 10."""

    def __post_init__(self) -> None:
        if not 1 <= self.size <= MOST_IN_A_BATCH:
            raise ValueError(f"Batch: size must be 1-{MOST_IN_A_BATCH}, got {self.size}")


Handler = Callable[[Message], Awaitable[None] | None]


class Runner:
    """Calls the handler from many threads; all coroutines run on one event loop; the first starts it."""

    def __init__(self, handler: Handler | Batch) -> None:
        self._handler = handler
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    @property
    def batch_size(self) -> int:
        """Messages of one call, at most."""
        return self._handler.size if isinstance(self._handler, Batch) else 1

    def run(self, messages: Sequence[Message]) -> Failures:
        """Handle the messages; the failures, message id to reason."""
        try:
            if isinstance(self._handler, Batch):
                return self._known(self._wait_for(self._handler.handle(messages)), messages)
            self._wait_for(self._handler(messages[0]))
        # SystemExit too: the thread is the consumer's, and a handler must not end it.
        except BaseException as error:  # noqa: BLE001 - whatever a handler raises, the worker goes on
            return dict.fromkeys((message.id for message in messages), f"{type(error).__name__}: {error}")
        return {}

    def close(self) -> None:
        """End the event loop, if there is one."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _known(self, failures: Failures | None, messages: Sequence[Message]) -> Failures:
        strange = set(failures or {}) - {message.id for message in messages}
        if strange:  # a slip that would delete messages that failed
            raise ValueError(f"the batch handler returned ids that were not in the batch: {', '.join(sorted(strange))}")
        return failures or {}

    def _wait_for(self, result: Awaitable[Result] | Result) -> Result:
        if not isinstance(result, Awaitable):
            return result

        async def awaited() -> Result:
            return await result

        return asyncio.run_coroutine_threadsafe(awaited(), self._running_loop()).result()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_serve, args=(self._loop,), name="event-loop", daemon=True).start()
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.close()
