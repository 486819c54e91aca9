"""The provider's record of creations: what an interrupted update made is found again by the next one.

The engine records a resource when the provider's answer arrives. Where engine or sandbox are killed before, the resource
exists and no state knows it. Each creation is recorded here as soon as there is an id, and is saved with the cloud.
The next update of the stack compares: a creation without a resource in the stack's state is a lost one.
"""

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from google.protobuf import struct_pb2

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Properties, Value


class Backend(Protocol):
    """The engine's state."""

    def update_of(self, stack: str) -> str | None:
        """Name of the update that works on a stack (`stack_of`) at the moment; None when there is none."""

    def resources_of(self, stack: str) -> set[tuple[str, str]] | None:
        """Type and id of every resource in the stack's state; None when it cannot be read."""


class Gate(Protocol):
    """Lets nobody copy the cloud while a thread is inside."""

    def entered(self) -> contextlib.AbstractContextManager[None]: ...

    def stepped_out(self) -> contextlib.AbstractContextManager[None]: ...


@dataclasses.dataclass
class Creation:
    """One created resource."""

    urn: str
    token: str
    update: str
    """The update that created it."""
    id: str
    inputs: bytes
    """As `packed` has them."""
    state: bytes
    """Outputs, as `packed` has them; of an unfinished creation those known so far."""
    is_whole: bool
    """Whether all calls were made."""
    is_lost: bool = False
    """Whether no state knows it."""


def packed(values: Properties) -> bytes:
    """Values as bytes, equal for equal values."""
    return wire.to_struct(values).SerializeToString(deterministic=True)


def unpacked(content: bytes) -> dict[str, Value]:
    """The values of `packed`."""
    return wire.plain(wire.from_struct(struct_pb2.Struct.FromString(content)))


def stack_of(urn: str) -> str:
    """Stack and project of a URN.

    >>> stack_of("urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders")
    'dev::shop'
    """
    return "::".join(urn.removeprefix("urn:pulumi:").split("::")[:2])


class NoBackend:
    """For a provider without a sandbox around it: nothing is recorded."""

    def update_of(self, stack: str) -> str | None:  # noqa: ARG002 - the protocol's
        return None

    def resources_of(self, stack: str) -> set[tuple[str, str]] | None:  # noqa: ARG002
        return None


class NoGate:
    """For a provider without a sandbox around it: nobody copies its cloud."""

    def entered(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def stepped_out(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


class Creations:
    """All recorded creations. Safe to use from many threads.

    `keep` returns once all changes are on disk. `restored` is an earlier answer of `saved`.
    """

    def __init__(
        self,
        backend: Backend | None = None,
        gate: Gate | None = None,
        keep: Callable[[], None] = lambda: None,
        restored: Sequence[Mapping[str, object]] = (),
    ) -> None:
        self._backend: Backend = backend or NoBackend()
        self.gate: Gate = gate or NoGate()
        self.keep = keep
        self._lock = threading.Lock()
        self._table = [Creation(**each) for each in restored]  # type: ignore[arg-type] # by its fields
        self._compared: dict[str, str | None] = {}
        self._turns: dict[str, threading.Lock] = {}

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """What is done inside is on disk afterwards, also when it failed halfway."""
        try:
            yield
        finally:
            self.keep()

    def saved(self) -> list[dict[str, object]]:
        """The record as plain values."""
        with self._lock:
            return [vars(each).copy() for each in self._table]

    def turn(self, urn: str) -> contextlib.AbstractContextManager[object]:
        """Creations of one resource wait for each other: that of a killed update may still be under way."""
        with self._lock:
            return self._turns.setdefault(urn, threading.Lock())

    def update_of(self, urn: str) -> str | None:
        """The update that works on the URN's stack now."""
        return self._backend.update_of(stack_of(urn))

    def record(self, creation: Creation) -> None:
        """Records a creation in place of an earlier record of it."""
        compared = self._compared.get(stack_of(creation.urn))
        creation.is_lost = compared is not None and compared != creation.update
        with self._lock:
            self._remove(creation.urn, creation.id)
            self._table.append(creation)

    def forget(self, urn: str, id: str) -> None:  # noqa: A002 - Pulumi's word
        """The resource was deleted."""
        with self._lock:
            self._remove(urn, id)

    def lost(self, urn: str) -> Creation | None:
        """The creation that an interrupted update left under this URN. Default: None, also outside of an update."""
        stack = stack_of(urn)
        if self._backend.update_of(stack) is None:
            return None
        self._compare(stack)
        with self._lock:
            return next((each for each in reversed(self._table) if each.is_lost and each.urn == urn), None)

    def lost_of_stack(self, urn: str) -> list[Creation]:
        """All of them in the URN's stack, last made first."""
        stack = stack_of(urn)
        self._compare(stack)
        with self._lock:
            present = {(each.token, each.id) for each in self._table if not each.is_lost}
            lost = [each for each in reversed(self._table) if each.is_lost and stack_of(each.urn) == stack]
        return [each for each in lost if (each.token, each.id) not in present]

    @contextlib.contextmanager
    def taken(self, creation: Creation) -> Iterator[bool]:
        """Takes it out of the record, and puts it back after an exception; False where another thread has it."""
        with self._lock:
            is_there = creation in self._table
            if is_there:
                self._table.remove(creation)
        try:
            yield is_there
        except BaseException:
            with self._lock:
                self._table.append(creation)
            raise

    def settle(self) -> None:
        """Compares the record with the state of every stack whose update has ended."""
        with self._lock:
            stacks = {stack_of(each.urn) for each in self._table if not each.is_lost}
        for stack in stacks:
            self._compare(stack)

    def _compare(self, stack: str) -> None:
        """What the state has is no concern any more; what else an earlier update made is lost."""
        update = self._backend.update_of(stack)
        with self._lock:
            earlier = [
                each
                for each in self._table
                if stack_of(each.urn) == stack and each.update != update and not each.is_lost
            ]
            self._compared[stack] = update
        known = self._backend.resources_of(stack) if earlier else None
        if known is None:
            return
        with self._lock:
            for each in earlier:
                if each not in self._table:
                    continue
                if (each.token, each.id) in known:
                    self._table.remove(each)
                else:
                    each.is_lost = True

    def _remove(self, urn: str, id: str) -> None:  # noqa: A002
        self._table = [each for each in self._table if (each.urn, each.id) != (urn, id)]
