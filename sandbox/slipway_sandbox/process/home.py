"""The sandbox's directory, its files, and the record of its ports."""

import dataclasses
import json
import os
import secrets
from pathlib import Path

from slipway_sandbox.clock import Clock
from slipway_sandbox.errors import RESET, SandboxError
from slipway_sandbox.private_folder import keep_private

VARIABLE = "SLIPWAY_SANDBOX_DIR"
PASSPHRASE = "sandbox"  # noqa: S105 - public on purpose, see docs/adr/0002-public-sandbox-passphrase.md
CHECKOUT = Path(__file__).resolve().parents[3]


@dataclasses.dataclass(frozen=True)
class Home:
    """The files of one sandbox. `path` is absolute; two homes are two separate sandboxes."""

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

    def snapshot_base(self, sha256: str) -> Path:
        """The part of the snapshot with this digest that is AWS's own."""
        return self.path / f"snapshot-{sha256[:12]}.base"

    def snapshot_bases(self) -> list[Path]:
        """The one in use, and what a kill may have left of an earlier one."""
        return list(self.path.glob("snapshot-*.base"))

    @property
    def unsaved(self) -> Path:
        """Exists while the cloud has unsaved changes."""
        return self.path / "snapshot.unsaved"

    @property
    def state(self) -> Path:
        """Pulumi's file backend."""
        return self.path / "state"

    @property
    def cloud_id(self) -> Path:
        """Id of the cloud of the stacks' state."""
        return self.state / "cloud-id"

    @property
    def passphrase(self) -> Path:
        return self.path / "passphrase"

    @property
    def secret_key(self) -> Path:
        """The administrator's secret access key, which signs tokens for EKS clusters."""
        return self.path / "secret-key"

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
    def control_planes(self) -> Path:
        """One folder for each EKS cluster with a control plane."""
        return self.path / "control-planes"

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
            keep_private(self.state)  # Pulumi writes there, under the user's own umask
            if not self.passphrase.exists():
                write_private(self.passphrase, PASSPHRASE.encode())
            if not self.secret_key.exists():
                write_private(self.secret_key, secrets.token_hex(20).encode())
        except OSError as error:
            raise SandboxError(
                f"the sandbox's directory {self.path} cannot be written ({error.strerror}); "
                f"set {VARIABLE} to a directory of yours"
            ) from error


def users_cache() -> Path:
    """Folder of what each sandbox of this user would fetch or ask for again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway"


def locate() -> Home:
    """The home named by SLIPWAY_SANDBOX_DIR. Default: one per user, or `.sandbox` in a checkout of Slipway."""
    return Home(Path(os.path.abspath(os.environ.get(VARIABLE) or default_directory())))  # noqa: PTH100 - keeps symbolic links


def default_directory() -> Path:
    """`.sandbox` where this package runs from a checkout; else the user's own in $XDG_STATE_HOME/slipway."""
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
    """The contents of sandbox.json."""

    ports: Ports
    pid: int | None
    """Process number while it runs, else None."""
    started_at: str | None
    """When it was last ready, UTC, ISO 8601."""
    bridge_address: str | None
    """Where containers reach the AWS API, at the same port; None when Docker was not there at the start."""
    clock: Clock = dataclasses.field(default_factory=Clock)
    """The clock of its AWS. A stopped one goes on at the machine's speed."""


def read_record(home: Home) -> Record | None:
    """The contents of sandbox.json; None before the first start. Raises SandboxError when it is damaged."""
    try:
        value = json.loads(home.record.read_text())
        clock = Clock(**value.pop("clock", {}))  # one of an earlier sandbox has none
        return Record(ports=Ports(**value.pop("ports")), clock=clock, **value)
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
