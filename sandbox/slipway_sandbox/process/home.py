"""The sandbox's directory and the record in it: where everything is and on which ports."""

import dataclasses
import json
import os
from pathlib import Path

from slipway_sandbox.errors import RESET, SandboxError

VARIABLE = "SLIPWAY_SANDBOX_DIR"
PASSPHRASE = "sandbox"  # noqa: S105 - public on purpose, see docs/adr/0002-public-sandbox-passphrase.md
CHECKOUT = Path(__file__).resolve().parents[3]


@dataclasses.dataclass(frozen=True)
class Home:
    """The files of one sandbox. `path` is absolute; two homes are two sandboxes that know nothing of each other."""

    path: Path

    @property
    def record(self) -> Path:
        return self.path / "sandbox.json"

    @property
    def lock(self) -> Path:
        """Held by the sandbox for as long as it runs; its process number is in it."""
        return self.path / "sandbox.lock"

    @property
    def log(self) -> Path:
        return self.path / "sandbox.log"

    @property
    def snapshot(self) -> Path:
        return self.path / "snapshot"

    @property
    def unsaved(self) -> Path:
        """There while the cloud has changes that the snapshot has not."""
        return self.path / "snapshot.unsaved"

    @property
    def state(self) -> Path:
        """Pulumi's file backend."""
        return self.path / "state"

    @property
    def cloud_id(self) -> Path:
        """Names the cloud that the stacks' state points at."""
        return self.state / "cloud-id"

    @property
    def passphrase(self) -> Path:
        return self.path / "passphrase"

    @property
    def registry(self) -> Path:
        return self.path / "registry"

    @property
    def registry_lock(self) -> Path:
        """Held by the registry for as long as it runs; its process number is in it."""
        return self.path / "registry.lock"

    @property
    def registry_container(self) -> Path:
        """There while the registry is a container."""
        return self.path / "registry.container"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def runtime(self) -> Path:
        return self.path / "runtime"

    def prepare(self) -> None:
        """Makes the directories and the file with the stacks' passphrase. Raises SandboxError where it cannot."""
        try:
            for directory in (self.path, self.state, self.keys, self.runtime):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.passphrase.exists():
                write_private(self.passphrase, PASSPHRASE.encode())
        except OSError as error:
            raise SandboxError(
                f"the sandbox's directory {self.path} cannot be written ({error.strerror}); "
                f"set {VARIABLE} to a directory of yours"
            ) from error


def locate() -> Home:
    """The home that SLIPWAY_SANDBOX_DIR names. Default: one per user, or `.sandbox` in a checkout of Slipway."""
    return Home(Path(os.path.abspath(os.environ.get(VARIABLE) or default_directory())))  # noqa: PTH100 - keeps symbolic links


def default_directory() -> Path:
    """`.sandbox` of the checkout that this package runs from; else the user's own in $XDG_STATE_HOME/slipway."""
    if (CHECKOUT / "setup" / "steps.py").exists():
        return CHECKOUT / ".sandbox"
    # The specification has a relative path ignored: https://specifications.freedesktop.org/basedir-spec/latest/
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state.startswith("/") else Path.home() / ".local" / "state") / "slipway" / "sandbox"


@dataclasses.dataclass(frozen=True)
class Ports:
    """Ports on this machine. They stay the same over restarts: the state's URLs contain them."""

    moto: int
    """The AWS API."""
    aws: int
    """The aws provider, for the engine."""
    docker: int
    """The docker provider, for the engine."""
    registry: int
    """The image registry."""

    def __post_init__(self) -> None:
        for name, port in vars(self).items():
            if type(port) is not int or not 0 < port < 65536:
                raise ValueError(f"port {name} must be a whole number from 1 to 65535, got {port!r}")


@dataclasses.dataclass(frozen=True)
class Record:
    """What sandbox.json says."""

    ports: Ports
    pid: int | None
    """Process number while it runs, else None."""
    started_at: str | None
    """When it was last ready, UTC, ISO 8601."""
    bridge_address: str | None
    """Where containers reach the AWS API, at the same port; None when Docker was not there at the start."""


def read_record(home: Home) -> Record | None:
    """What sandbox.json says; None before the first start. Raises SandboxError when it cannot be understood."""
    try:
        value = json.loads(home.record.read_text())
        return Record(ports=Ports(**value.pop("ports")), **value)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SandboxError(
            f"{home.record} is damaged ({error}); run {RESET} to begin again with an empty cloud and an empty state"
        ) from error


def write_record(home: Home, record: Record) -> None:
    write_private(home.record, (json.dumps(dataclasses.asdict(record), indent=2) + "\n").encode())


def write_private(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, readable by its owner alone."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:  # a full disk: what is half-written would keep it full
        temporary.unlink(missing_ok=True)
        raise
