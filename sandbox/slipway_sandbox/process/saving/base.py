"""AWS's own policies and images: most of the cloud's bytes, and nobody changes them, so that they are pickled once."""

import hashlib
import operator
from collections.abc import Iterator
from typing import Protocol

from moto.core.base_backend import BackendDict, BaseBackend

from slipway_sandbox import pickled
from slipway_sandbox.process.saving import pickling

Store = BackendDict[BaseBackend]


class Image(Protocol):
    """An AMI of moto."""

    owner_id: str
    ebs_snapshot: object


class Backend(Protocol):
    """The tables of moto's EC2 and IAM."""

    amis: dict[str, Image]
    snapshots: dict[str, object]
    aws_managed_policies: list[object]


TABLES = ("amis", "snapshots")
"""Attributes of EC2's backends whose entries are AWS's own, but for a few."""


class Part:
    """An object of the base, by its number."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __reduce__(self) -> pickling.Reduced:
        return pickled.part_of_base, (self._number,)


class Joined:
    """A table of the base with further entries; it is read as one dict."""

    def __init__(self, part: Part, more: dict[str, object]) -> None:
        self._part, self._more = part, more

    def __reduce__(self) -> pickling.Reduced:
        return operator.or_, (self._part, self._more)


class Base:
    """The backends of the moment, without content, and what is AWS's own in them. Nothing may change meanwhile.

    An object that did change since is no part of it any more.
    """

    def __init__(self) -> None:
        backends = [backend for store in stores_in_use() for _, _, backend in store.iter_backends()]
        self._owners = _owners()
        self._own = [each for service, backend in self._owners for each in _own_of_aws(service, backend)]
        self._attributes = [vars(each) for each in self._own]
        self._values = list(self._values_now())
        self._tables = dict(self._tables_now())
        parts = self._tables.values()
        self._objects: list[object] = [*backends, *self._own, *parts]
        self._numbers = {id(each): number for number, each in enumerate(self._objects)}
        self._parts = {id(part): Part(self._numbers[id(part)]) for part in parts}
        shells = {id(backend): type(backend) for backend in backends}
        self.content = pickling.to_bytes(self._objects, {}, shells)
        self.sha256 = hashlib.sha256(self.content).hexdigest()

    @property
    def is_whole(self) -> bool:
        """Whether no region has come into use since with images, or policies, of its own."""
        return [id(backend) for _, backend in self._owners] == [id(backend) for _, backend in _owners()]

    @property
    def is_current(self) -> bool:
        """Whether it is whole, and no object of it has changed or is gone."""
        are_there = (
            _are_in(part, vars(backend)[name])
            for _, backend in self._owners
            for name in TABLES
            if (part := self._tables.get((id(backend), name))) is not None
        )
        return self.is_whole and len(self.numbers()) == len(self._numbers) and all(are_there)

    def numbers(self) -> dict[int, int]:
        """The number of each unchanged object, by its id."""
        if all(map(operator.eq, self._values_now(), self._values)):
            return self._numbers
        now = zip(self._own, self._values_now(), self._values, strict=True)
        changed = {id(each) for each, values, before in now if values != before}
        return {each: number for each, number in self._numbers.items() if each not in changed}

    def attributes(self, backend: BaseBackend, numbers: dict[int, int]) -> dict[str, object]:
        """The attributes of a backend to pickle beside this base: tables are what has joined them since."""
        attributes = vars(backend)
        if len(numbers) < len(self._numbers):
            return attributes  # a table would bring what has changed as it was
        return attributes | {
            name: Joined(self._parts[id(part)], {key: value for key, value in table.items() if key not in part})
            for name in TABLES
            if (part := self._tables.get((id(backend), name))) is not None and _are_in(part, table := attributes[name])
        }

    def _values_now(self) -> Iterator[tuple[object, ...]]:
        return map(tuple, map(dict.values, self._attributes))

    def _tables_now(self) -> Iterator[tuple[tuple[int, str], dict[str, object]]]:
        own = {id(each) for each in self._own}
        for service, backend in self._owners:
            for name in TABLES if service == "ec2" else ():
                entries: dict[str, object] = vars(backend)[name]
                yield (id(backend), name), {key: each for key, each in entries.items() if id(each) in own}


def stores_in_use() -> list[Store]:
    """Moto's stores, one for each service in use."""
    return list(BackendDict._instances)  # type: ignore[misc] # noqa: SLF001 - moto has no public list


def _are_in(part: dict[str, object], table: dict[str, object]) -> bool:
    return all(map(operator.is_, map(table.get, part), part.values()))


def _owners() -> list[tuple[str, BaseBackend]]:
    return [
        (store.service_name, backend)
        for store in stores_in_use()
        if store.service_name in ("ec2", "iam")
        for _, _, backend in store.iter_backends()
    ]


def _own_of_aws(service: str, backend: BaseBackend) -> Iterator[object]:
    tables: Backend = backend  # type: ignore[assignment] # of the service that is asked for
    if service == "iam":
        yield from tables.aws_managed_policies
        return
    for image in tables.amis.values():
        if image.owner_id != backend.account_id:
            yield from (image, image.ebs_snapshot)
