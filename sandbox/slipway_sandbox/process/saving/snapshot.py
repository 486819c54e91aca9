"""The whole cloud on disk: moto's backends, pickled together, as they share objects.

What is AWS's own in it lies in a file beside the snapshot, so that a save after each change is cheap. Moto keeps nothing
by itself. A file is read by the same version of moto only.
"""

import dataclasses
import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from moto.backends import get_backend
from moto.core.base_backend import BaseBackend
from moto.core.model_instances import reset_model_data
from moto.sns.models import SNSBackend, sns_backends

from slipway_sandbox.errors import RESET, SandboxError
from slipway_sandbox.process.home import Home, write_private
from slipway_sandbox.process.saving import pickling
from slipway_sandbox.process.saving.base import Base, Store, stores_in_use

FORMATS = (1, 2)  # the first has no base: backends are whole in it, and there is nothing beside them
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
    base: str = ""
    """SHA-256 of the base, which also names its file."""


@dataclasses.dataclass(frozen=True)
class Restored:
    """What was read beside moto's backends."""

    header: Header
    creations: list[dict[str, object]]


Contents = list[tuple[str, dict[str, object], list[tuple[str, str, BaseBackend, dict[str, object]]]]]
"""Service, attributes of its store, and its backends by account and region, each with its attributes."""


def dump(base: Base, creations: list[dict[str, object]]) -> bytes:
    """The cloud beyond its base. Nothing may change meanwhile.

    `creations` are kept beside it. Raises SandboxError with the name of a service that cannot be kept.
    """
    _forget_what_moto_only_logs()
    numbers = base.numbers()
    contents = _contents(lambda backend: base.attributes(backend, numbers))
    shells = {id(backend): type(backend) for _, _, backends in contents for _, _, backend, _ in backends}
    try:
        return pickling.to_bytes((contents, creations), numbers, shells)
    except pickling.FAILURES as error:
        raise SandboxError(
            f"the cloud cannot be saved: {_culprit(contents)} holds something that cannot ({error})"
        ) from error


def write(home: Home, cloud_id: str, base: Base, content: bytes) -> str:
    """Replaces the snapshot, whole or not at all, and returns the time, UTC, ISO 8601."""
    file = home.snapshot_base(base.sha256)
    if not file.exists():
        write_private(file, base.content)
    digest, now = hashlib.sha256(content).hexdigest(), datetime.now(UTC).isoformat()
    header = Header(FORMATS[-1], MOTO_VERSION, cloud_id, now, digest, base.sha256)
    write_private(home.snapshot, json.dumps(dataclasses.asdict(header)).encode() + b"\n" + content)
    for other in home.snapshot_bases():
        if other != file:
            other.unlink(missing_ok=True)
    return now


def restore(home: Home) -> Restored | None:
    """Fills moto's backends from the snapshot; None when there is none.

    Raises SandboxError when a file is damaged or of another moto version; the backends are then as they were.
    """
    try:
        line, _, content = home.snapshot.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    header = _header(home, line)
    if hashlib.sha256(content).hexdigest() != header.sha256:
        raise _damaged(home)
    if header.format == FORMATS[0]:
        first: list[tuple[str, dict[str, object], list[tuple[str, str, BaseBackend]]]]
        first = pickling.from_bytes(content, [])  # type: ignore[assignment] # by its format
        _fill([(service, extra, [(*each, {}) for each in backends]) for service, extra, backends in first])
        return Restored(header, [])
    base: list[object] = pickling.from_bytes(_base(home, header), [])  # type: ignore[assignment] # by its format
    second: tuple[Contents, list[dict[str, object]]]
    second = pickling.from_bytes(content, base)  # type: ignore[assignment] # by its format
    _fill(second[0])
    return Restored(header, second[1])


def _header(home: Home, line: bytes) -> Header:
    try:
        header = Header(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise _damaged(home) from error
    if header.format not in FORMATS or header.moto != MOTO_VERSION:
        raise SandboxError(
            f"{home.snapshot} was written with moto {header.moto} and this is moto {MOTO_VERSION}; "
            f"install the former, or run {RESET} to begin again with an empty cloud and an empty state"
        )
    return header


def _base(home: Home, header: Header) -> bytes:
    try:
        content = home.snapshot_base(header.base).read_bytes()
    except FileNotFoundError as error:
        raise _damaged(home) from error
    if hashlib.sha256(content).hexdigest() != header.base:
        raise _damaged(home)
    return content


def _fill(contents: Contents) -> None:
    for service, extra, backends in contents:
        store = _store(service)
        vars(store).update(extra)
        for account_id, region, backend, attributes in backends:
            vars(backend).update(attributes)
            dict.__setitem__(store[account_id], region, backend)


def _damaged(home: Home) -> SandboxError:
    return SandboxError(
        f"{home.snapshot} is damaged; restore it from a backup, "
        f"or run {RESET} to begin again with an empty cloud and an empty state"
    )


def _contents(attributes: Callable[[BaseBackend], dict[str, object]]) -> Contents:
    return [
        (
            store.service_name,
            {key: value for key, value in vars(store).items() if key not in _OWN_ATTRIBUTES},
            [(account, region, backend, attributes(backend)) for account, region, backend in store.iter_backends()],
        )
        for store in stores_in_use()
    ]


def _store(service: str) -> Store:
    found: Callable[[str], Store] = get_backend  # type: ignore[assignment] # it is typed by the names of all services
    return found(service)


def _culprit(contents: Contents) -> str:
    for service, _, backends in contents:
        try:
            pickling.to_bytes([attributes for _, _, _, attributes in backends], {}, {})
        except pickling.FAILURES:
            return service
    return "moto"


def _forget_what_moto_only_logs() -> None:
    # moto keeps every object ever made and every notification ever sent, for tests to look at; here they only grow.
    reset_model_data()
    backends: Iterator[tuple[str, str, SNSBackend]] = sns_backends.iter_backends()  # type: ignore[assignment] # of this service
    for _, _, sns in backends:
        for topic in sns.topics.values():
            topic.sent_notifications.clear()
