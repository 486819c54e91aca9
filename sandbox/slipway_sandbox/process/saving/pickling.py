"""Pickle for moto's backends: it also takes locks, keys, certificates, moto's stores and functions made inside functions."""

import io
import pickle
import threading
import types
from collections.abc import Callable, Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from moto.backends import get_backend
from moto.core.base_backend import BackendDict

from slipway_sandbox import pickled

Reduced = str | tuple[Callable[..., object], tuple[object, ...]]
PRIVATE_KEYS = (
    dsa.DSAPrivateKey,
    ec.EllipticCurvePrivateKey,
    ed25519.Ed25519PrivateKey,
    rsa.RSAPrivateKey,
)
FAILURES = (pickle.PicklingError, TypeError, AttributeError)
"""Raised for a value that cannot be pickled."""


def to_bytes(value: object, base: Mapping[int, int], shells: Mapping[int, type]) -> bytes:
    """The value, pickled. Objects of `base` are named by their number, those of `shells` are left without content.

    Both have the `id` of an object as key: `base` to its number, `shells` to its class.
    """
    buffer = io.BytesIO()
    _Pickler(buffer, base, shells).dump(value)
    return buffer.getvalue()


def from_bytes(content: bytes, base: Sequence[object]) -> object:
    """The value of `to_bytes`; `base` has its numbered objects."""
    return _Unpickler(content, base).load()  # our own file, 0600, checksum tested


class _Pickler(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, base: Mapping[int, int], shells: Mapping[int, type]) -> None:
        super().__init__(buffer, pickle.HIGHEST_PROTOCOL)
        self._base, self._shells = base, shells

    def reducer_override(self, value: object) -> Reduced:  # noqa: PLR0911 - a table of kinds
        number = self._base.get(id(value))
        if number is not None:
            return pickled.part_of_base, (number,)
        kind = type(value)
        if id(value) in self._shells:
            return pickled.empty, (kind,)
        if kind in _MADE_ANEW:
            return _MADE_ANEW[kind], ()
        if isinstance(value, types.FunctionType) and "<locals>" in value.__qualname__ and not value.__closure__:
            outer = value.__qualname__.partition(".<locals>")[0]
            codes = pickled.inner_codes(value.__module__, outer)
            index = next(number for number, code in enumerate(codes) if code is value.__code__)
            return pickled.function, (value.__module__, outer, index)
        if isinstance(value, BackendDict):
            return get_backend, (value.service_name,)
        if isinstance(value, dict) and kind.__module__.startswith("moto."):
            # By the raw contents: moto's own methods answer and store something else.
            state = (dict(dict.items(value)), vars(value), getattr(value, "default_factory", None))
            return pickled.empty, (kind,), state, None, None, pickled.fill  # type: ignore[return-value] # as Python 3.8 and newer have it
        if isinstance(value, x509.Certificate):
            return pickled.certificate, (value.public_bytes(serialization.Encoding.PEM),)
        if isinstance(value, PRIVATE_KEYS):
            pem = value.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            return pickled.private_key, (pem,)
        return NotImplemented  # type: ignore[no-any-return] # plain pickle's way


class _Unpickler(pickle.Unpickler):
    """Finds the functions of older snapshots at their present place."""

    def __init__(self, content: bytes, base: Sequence[object]) -> None:
        super().__init__(io.BytesIO(content))
        self._base = base

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == (pickled.__name__, pickled.part_of_base.__name__):
            return self._base.__getitem__
        if now := pickled.PLACES.get((module, name)):
            return getattr(pickled, now)
        return super().find_class(module, name)


_MADE_ANEW: dict[type, Callable[[], object]] = {
    type(threading.Lock()): threading.Lock,
    type(threading.RLock()): threading.RLock,
    threading.Condition: threading.Condition,
}
