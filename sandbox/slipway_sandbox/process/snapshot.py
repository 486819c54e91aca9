"""The whole cloud as one file: moto's backends, pickled together so that what they share stays shared.

moto keeps nothing by itself. The file is only read by the moto version that wrote it.
"""

import dataclasses
import functools
import hashlib
import importlib.metadata
import io
import json
import pickle
import sys
import threading
import types
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

from slipway_sandbox.errors import RESET, SandboxError
from slipway_sandbox.process.home import Home, write_private

FORMAT = 1
MOTO_VERSION = importlib.metadata.version("moto")
_OWN_ATTRIBUTES = frozenset({"backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"})


@dataclasses.dataclass(frozen=True)
class Header:
    """First line of the file, as JSON."""

    format: int
    moto: str
    cloud_id: str
    saved_at: str
    sha256: str


def dump() -> bytes:
    """The cloud as bytes. Nothing may change meanwhile. Raises SandboxError naming the service that cannot be kept."""
    _forget_what_moto_only_logs()
    try:
        return _pickled(_contents())
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise SandboxError(f"the cloud cannot be saved: {_culprit()} holds something that cannot ({error})") from error


def write(home: Home, cloud_id: str, content: bytes) -> str:
    """Replaces the snapshot, whole or not at all, and returns when that was, UTC, ISO 8601."""
    header = Header(FORMAT, MOTO_VERSION, cloud_id, datetime.now(UTC).isoformat(), hashlib.sha256(content).hexdigest())
    write_private(home.snapshot, json.dumps(dataclasses.asdict(header)).encode() + b"\n" + content)
    return header.saved_at


def restore(home: Home) -> Header | None:
    """Fills moto's backends from the snapshot and returns its header; None when there is none.

    Raises SandboxError when the file is damaged or of another moto version; the backends are then as they were.
    """
    try:
        line, _, content = home.snapshot.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    try:
        header = Header(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise _damaged(home) from error
    if (header.format, header.moto) != (FORMAT, MOTO_VERSION):
        raise SandboxError(
            f"{home.snapshot} was written with moto {header.moto} and this is moto {MOTO_VERSION}; "
            f"install the former, or run {RESET} to begin again with an empty cloud and an empty state"
        )
    if hashlib.sha256(content).hexdigest() != header.sha256:
        raise _damaged(home)
    for service, extra, backends in pickle.loads(content):  # noqa: S301 - our own file, 0600, checksum tested
        store = get_backend(service)
        vars(store).update(extra)
        for account_id, region, backend in backends:
            dict.__setitem__(store[account_id], region, backend)
    return header


def _damaged(home: Home) -> SandboxError:
    return SandboxError(
        f"{home.snapshot} is damaged; restore it from a backup, "
        f"or run {RESET} to begin again with an empty cloud and an empty state"
    )


def _contents() -> list[tuple[str, dict[str, Any], list[tuple[str, str, Any]]]]:
    return [
        (
            store.service_name,
            {key: value for key, value in vars(store).items() if key not in _OWN_ATTRIBUTES},
            list(store.iter_backends()),
        )
        for store in stores_in_use()
    ]


def stores_in_use() -> list[Any]:
    """moto's stores, one a service, that have something in some account."""
    return list(cast(Any, BackendDict)._instances)  # noqa: SLF001 - moto has no public list


def _culprit() -> str:
    for service, _, backends in _contents():
        try:
            _pickled(backends)
        except (pickle.PicklingError, TypeError, AttributeError):
            return service
    return "moto"


def _forget_what_moto_only_logs() -> None:
    # moto keeps every object ever made and every notification ever sent, for tests to look at; here they only grow.
    reset_model_data()
    for _, _, sns in cast(Any, get_backend("sns")).iter_backends():
        for topic in sns.topics.values():
            topic.sent_notifications.clear()


def _pickled(value: Any) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Adds what plain pickle refuses: locks, keys, certificates, moto's stores and functions made inside functions."""

    def reducer_override(self, value: Any) -> Any:  # noqa: PLR0911 - a table of kinds
        kind = type(value)
        if kind in _MADE_ANEW:
            return _MADE_ANEW[kind], ()
        if kind is types.FunctionType and "<locals>" in value.__qualname__ and not value.__closure__:
            outer = value.__qualname__.partition(".<locals>")[0]
            codes = list(_inner_codes(_attribute(value.__module__, outer).__code__))
            return _function, (
                value.__module__,
                outer,
                next(i for i, code in enumerate(codes) if code is value.__code__),
            )
        if isinstance(value, BackendDict):
            return get_backend, (value.service_name,)
        if isinstance(value, dict) and kind.__module__.startswith("moto."):
            # By the raw contents: moto's own methods answer and store something else.
            state = (dict(dict.items(value)), vars(value), getattr(value, "default_factory", None))
            return _empty, (kind,), state, None, None, _fill
        if isinstance(value, x509.Certificate):
            return _certificate, (value.public_bytes(serialization.Encoding.PEM),)
        if hasattr(kind, "private_bytes"):
            return _private_key, (value.private_bytes(*_KEY_FORMAT, serialization.NoEncryption()),)
        return NotImplemented


_MADE_ANEW: dict[Any, Any] = {
    type(threading.Lock()): threading.Lock,
    type(threading.RLock()): threading.RLock,
    threading.Condition: threading.Condition,
}
_KEY_FORMAT = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)


def _empty(kind: type[dict[Any, Any]]) -> dict[Any, Any]:
    return kind.__new__(kind)


def _fill(value: Any, state: tuple[dict[Any, Any], dict[str, Any], Any]) -> None:
    items, attributes, default_factory = state
    dict.update(value, items)
    vars(value).update(attributes)
    if default_factory is not None:
        value.default_factory = default_factory


def _private_key(pem: bytes) -> Any:
    return serialization.load_pem_private_key(pem, password=None)


def _certificate(pem: bytes) -> Any:
    return x509.load_pem_x509_certificate(pem)


def _function(module: str, outer: str, index: int) -> types.FunctionType:
    """The function made by the index-th piece of code inside another; the moto version pins what that is."""
    code = list(_inner_codes(_attribute(module, outer).__code__))[index]
    return types.FunctionType(code, vars(sys.modules[module]))


def _attribute(module: str, path: str) -> Any:
    __import__(module)
    return functools.reduce(getattr, path.split("."), sys.modules[module])


def _inner_codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _inner_codes(constant)
