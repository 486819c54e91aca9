"""The functions that a snapshot names, by this module and their own name: neither ever changes.

An older snapshot names them by the places where they were; `PLACES` says where each is now.
"""

import functools
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

Key = TypeVar("Key")
Value = TypeVar("Value")


class Table(Protocol):
    """A dict of one of moto's own classes."""

    default_factory: Callable[[], object] | None


def empty(kind: type[Key]) -> Key:
    """An object of one of moto's own classes of dict, without a call of its `__init__`."""
    return kind.__new__(kind)


def fill(
    table: dict[object, object],
    state: tuple[Mapping[object, object], Mapping[str, object], Callable[[], object] | None],
) -> None:
    """Gives such an object its entries, its attributes and its factory of entries."""
    entries, attributes, default_factory = state
    dict.update(table, entries)
    vars(table).update(attributes)
    if default_factory is not None:
        setattr(table, "default_factory", default_factory)  # noqa: B010 - only a defaultdict has it


def part_of_base(number: int) -> object:
    """The object of this number in the base of a snapshot; only who reads a snapshot knows it, and stands in for this."""
    raise LookupError(f"object {number} is in the base of a snapshot")


def private_key(pem: bytes) -> PrivateKeyTypes:
    """A private key from its PEM."""
    return serialization.load_pem_private_key(pem, password=None)


def certificate(pem: bytes) -> x509.Certificate:
    """A certificate from its PEM."""
    return x509.load_pem_x509_certificate(pem)


def function(module: str, outer: str, index: int) -> types.FunctionType:
    """The function made by the index-th piece of code inside another one; moto's version pins which one that is."""
    code = list(inner_codes(module, outer))[index]
    return types.FunctionType(code, vars(sys.modules[module]))


def inner_codes(module: str, outer: str) -> Iterator[types.CodeType]:
    """The code of every function inside another one, in the order of its text."""
    __import__(module)
    found: types.FunctionType = functools.reduce(getattr, outer.split("."), sys.modules[module])  # type: ignore[assignment] # a function, by its name
    return _inner(found.__code__)


def _inner(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _inner(constant)


_NAMES = ("empty", "fill", "private_key", "certificate", "function")
PLACES = {
    (module, f"_{name}"): name for module in ("sandbox.snapshot", "slipway_sandbox.process.snapshot") for name in _NAMES
}
"""Module and name in older snapshots to the name here."""
