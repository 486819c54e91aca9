"""AWS's own policies and images: most of the cloud's bytes, and nobody changes them, so that they are pickled once."""

import hashlib
from collections.abc import Iterator
from typing import Protocol

from moto.core.base_backend import BackendDict, BaseBackend

from slipway_sandbox.process.saving import pickling

Store = BackendDict[BaseBackend]


class Image(Protocol):
    """An AMI of moto."""

    owner_id: str
    ebs_snapshot: object


class Backend(Protocol):
    """The tables of moto's EC2 and IAM."""

    amis: dict[str, Image]
    aws_managed_policies: list[object]


class Base:
    """The backends of the moment, without content, and what is AWS's own in them. Nothing may change meanwhile.

    An object that did change since is no part of it any more.
    """

    def __init__(self) -> None:
        backends = [backend for store in stores_in_use() for _, _, backend in store.iter_backends()]
        self._owners = _owners()
        self._own = [each for service, backend in self._owners for each in _own_of_aws(service, backend)]
        self._values = [tuple(vars(each).values()) for each in self._own]
        self._objects: list[object] = [*backends, *self._own]
        shells = {id(backend): type(backend) for backend in backends}
        self.content = pickling.to_bytes(self._objects, {}, shells)
        self.sha256 = hashlib.sha256(self.content).hexdigest()

    @property
    def is_whole(self) -> bool:
        """Whether no region has come into use since with images, or policies, of its own."""
        return [id(backend) for _, backend in self._owners] == [id(backend) for _, backend in _owners()]

    def numbers(self) -> dict[int, int]:
        """The number of each unchanged object, by its id."""
        first = len(self._objects) - len(self._own)
        numbers = {id(each): number for number, each in enumerate(self._objects[:first])}
        for number, (each, values) in enumerate(zip(self._own, self._values, strict=True), first):
            if tuple(vars(each).values()) == values:
                numbers[id(each)] = number
        return numbers


def stores_in_use() -> list[Store]:
    """Moto's stores, one for each service in use."""
    return list(BackendDict._instances)  # type: ignore[misc] # noqa: SLF001 - moto has no public list


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
