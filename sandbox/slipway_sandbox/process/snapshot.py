"""The whole cloud as one file: moto's backends, pickled together, as they share objects.

Moto keeps nothing by itself. A file is read by the same version of moto only.
"""

import dataclasses
import hashlib
import importlib.metadata
import io
import json
import pickle
import threading
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from moto.backends import get_backend
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.model_instances import reset_model_data
from moto.sns.models import SNSBackend, sns_backends

from slipway_sandbox import pickled
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


Store = BackendDict[BaseBackend]
Contents = list[tuple[str, dict[str, object], list[tuple[str, str, BaseBackend]]]]
"""Service, attributes of its store, and its backends by account and region."""
Reduced = str | tuple[Callable[..., object], tuple[object, ...]]
PRIVATE_KEYS = (
    dsa.DSAPrivateKey,
    ec.EllipticCurvePrivateKey,
    ed25519.Ed25519PrivateKey,
    rsa.RSAPrivateKey,
)


def dump() -> bytes:
    """The cloud as bytes. Nothing may change meanwhile. Raises SandboxError with the name of a service that cannot be kept."""
    _forget_what_moto_only_logs()
    try:
        return _pickled(_contents())
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise SandboxError(f"the cloud cannot be saved: {_culprit()} holds something that cannot ({error})") from error


def write(home: Home, cloud_id: str, content: bytes) -> str:
    """Replaces the snapshot, whole or not at all, and returns the time, UTC, ISO 8601."""
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
    contents: Contents = _Unpickler(io.BytesIO(content)).load()  # our own file, 0600, checksum tested
    for service, extra, backends in contents:
        store = _store(service)
        vars(store).update(extra)
        for account_id, region, backend in backends:
            dict.__setitem__(store[account_id], region, backend)
    return header


def _damaged(home: Home) -> SandboxError:
    return SandboxError(
        f"{home.snapshot} is damaged; restore it from a backup, "
        f"or run {RESET} to begin again with an empty cloud and an empty state"
    )


def _contents() -> Contents:
    return [
        (
            store.service_name,
            {key: value for key, value in vars(store).items() if key not in _OWN_ATTRIBUTES},
            list(store.iter_backends()),
        )
        for store in stores_in_use()
    ]


def stores_in_use() -> list[Store]:
    """Moto's stores, one for each service in use."""
    return list(BackendDict._instances)  # type: ignore[misc] # noqa: SLF001 - moto has no public list


def _store(service: str) -> Store:
    found: Callable[[str], Store] = get_backend  # type: ignore[assignment] # it is typed by the names of all services
    return found(service)


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
    backends: Iterator[tuple[str, str, SNSBackend]] = sns_backends.iter_backends()  # type: ignore[assignment] # of this service
    for _, _, sns in backends:
        for topic in sns.topics.values():
            topic.sent_notifications.clear()


def _pickled(value: object) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Adds to plain pickle: locks, keys, certificates, moto's stores and functions made inside functions."""

    def reducer_override(self, value: object) -> Reduced:  # noqa: PLR0911 - a table of kinds
        kind = type(value)
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

    def find_class(self, module: str, name: str) -> object:
        if now := pickled.PLACES.get((module, name)):
            return getattr(pickled, now)
        return super().find_class(module, name)


_MADE_ANEW: dict[type, Callable[[], object]] = {
    type(threading.Lock()): threading.Lock,
    type(threading.RLock()): threading.RLock,
    threading.Condition: threading.Condition,
}
