"""Start of the background process, its end, and a wipe."""

import contextlib
import dataclasses
import os
import select
import shutil
import signal
import subprocess
import sys
import time

from slipway_sandbox import clock, disk
from slipway_sandbox.clock import Clock
from slipway_sandbox.control_planes.child import end_orphans
from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process import stacks
from slipway_sandbox.process.held_files import holder, is_held, one_at_a_time, wait_until
from slipway_sandbox.process.home import VARIABLE, Home, Record, read_record, write_record
from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.process.reports import cloud_status, running
from slipway_sandbox.process.status import RUNNING
from slipway_sandbox.registry import process as registry

READY_SECONDS = 180.0  # a registry may have to be fetched first
STOP_SECONDS = 45.0  # containers get their stop timeout
KILL_SECONDS = 5.0
LOG_BYTES = 10_000_000  # a longer log is set aside at the next start


def start(home: Home, speed: float | None = None) -> tuple[Record, bool]:
    """The running sandbox's record, and whether this call started it. Raises SandboxError when it cannot start.

    `speed` is that of its clock. Default: as SLIPWAY_SANDBOX_SPEED says, else 1; one that runs keeps its own. One that runs without Docker is started anew where Docker answers now, perhaps at another DOCKER_HOST.
    """
    if not is_held(home.lock):  # one that runs is stopped by its provider, and may still destroy
        _require_room(home)
    home.prepare()
    with one_at_a_time(home.path) as turn:
        stacks.resources_by_stack(home)  # a damaged state is told here, whether the cloud is fine or not
        if record := running(home):
            running_speed = record.clock.speed
            if speed not in (None, running_speed):
                raise SandboxError(
                    f"the sandbox already runs at speed {running_speed:g}, got {speed:g}; run `slipway sandbox stop` first"
                )
            if not _has_lost_docker(record):
                return record, False
            speed = running_speed
            _end(home)
        return _spawn(home, turn, speed or _usual_speed()), True


def _usual_speed() -> float:
    return clock.speed_of(os.environ.get(clock.VARIABLE) or "1", clock.VARIABLE)


def _require_room(home: Home) -> None:
    if lacking := disk.shortage(home.path, disk.START_MIB, "the sandbox"):
        raise SandboxError(f"{lacking}; free some, or set {VARIABLE} to a directory on another disk")


def stop(home: Home) -> bool:
    """Ends the sandbox, whatever state it is in; False when none was running.

    Raises SandboxError when it had to be killed or could not save the cloud.
    """
    if not home.path.is_dir():
        return False
    with one_at_a_time(home.path):
        return _end(home)


def reset(home: Home) -> bool:
    """Empties cloud, state, registry and keys together; True when the sandbox ran and runs again, on the same ports."""
    home.prepare()
    with one_at_a_time(home.path) as turn:
        record = None
        with contextlib.suppress(SandboxError):  # a damaged record is one of the reasons to reset
            record = running(home)
        with contextlib.suppress(SandboxError):  # killed: nothing that it holds is needed any more
            _end(home)
        for directory in (home.state, home.registry, home.control_planes, home.keys, home.runtime):
            if directory.exists():
                shutil.rmtree(directory)
        for file in (home.snapshot, *home.snapshot_bases(), home.unsaved, home.record):
            file.unlink(missing_ok=True)
        home.prepare()
        if record is None:
            return False
        write_record(home, dataclasses.replace(record, pid=None, started_at=None, clock=Clock()))
        _spawn(home, turn, record.clock.speed)
        return True


def _has_lost_docker(record: Record) -> bool:
    try:
        if cloud_status(record.ports.moto)["containers"] == RUNNING:
            return False
    except SandboxError:  # busy: whoever needs the answer is told
        return False
    from slipway_sandbox import docker_daemon  # noqa: PLC0415 - 0.1 s, only where the sandbox has no Docker

    return docker_daemon.answers()


def _spawn(home: Home, turn: int, speed: float) -> Record:
    began = time.monotonic()
    if home.log.exists() and home.log.stat().st_size > LOG_BYTES:
        home.log.replace(home.log.with_suffix(".old.log"))
    reading, writing = os.pipe()
    with contextlib.ExitStack() as opened:
        opened.callback(os.close, reading)
        log = opened.enter_context(os.fdopen(os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", "slipway_sandbox.process.cloud", str(home.path), str(writing), str(turn)],
            cwd=home.path,
            env=_environment() | {clock.VARIABLE: f"{speed:g}"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[writing, turn],
        )
        os.close(writing)
        try:
            said = _line(reading, READY_SECONDS - (time.monotonic() - began))
        except BaseException:  # Ctrl-C too: nothing half-started stays behind
            _kill(process)
            raise
        if said != b"\n":
            _kill(process)
            raise SandboxError(said.decode().strip() or f"the sandbox did not start; the end of {home.log} says why")
    process.returncode = 0  # it stays; without this Popen warns that it was not waited for
    record = running(home)
    if record is None:
        raise SandboxError(f"the sandbox ended as soon as it was ready; the end of {home.log} says why")
    return record


def _line(descriptor: int, seconds: float) -> bytes:
    """Reads one line; returns b"" when the writer ends or stays silent for so long."""
    deadline, said = time.monotonic() + seconds, b""
    while not said.endswith(b"\n"):
        if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return b""
        piece = os.read(descriptor, 65536)
        if not piece:
            return b""
        said += piece
    return said


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(KILL_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _environment() -> dict[str, str]:
    """The caller's environment, without variables for other AWS endpoints; moto reads its own when it is imported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_", "PULUMI_"))}
    # Each of the many threads would have an arena of its own, which keeps what it has once needed.
    return kept | MOTO_ENVIRONMENT | {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"}


def _end(home: Home) -> bool:
    pid = holder(home.lock)
    if pid is None:
        _clear_up(home)
        return False
    os.kill(pid, signal.SIGTERM)
    if not wait_until(lambda: not is_held(home.lock), STOP_SECONDS):
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_held(home.lock), KILL_SECONDS)
        _clear_up(home)
    if home.unsaved.exists():
        raise SandboxError(
            f"the sandbox has ended without saving its last changes, {home.log} says why; "
            "start it again and run `pulumi refresh` before the next `pulumi up`"
        )
    return True


def _clear_up(home: Home) -> None:
    """Ends the registry, control planes and containers of a killed sandbox."""
    registry.end_orphan(home)
    end_orphans(home.control_planes)
    record = None
    with contextlib.suppress(SandboxError):
        record = read_record(home)
        if record is None or record.pid is None:  # it ended by itself, or there was none
            return
    from docker.errors import DockerException  # noqa: PLC0415 - these import moto, and are needed after a kill only

    from slipway_sandbox.runtime.containers.host import DockerHost  # noqa: PLC0415
    from slipway_sandbox.runtime.controller import Controller  # noqa: PLC0415
    from slipway_sandbox.runtime.ecs.task_identity import TaskIdentities  # noqa: PLC0415

    owner = Controller(TaskIdentities(""), registry="", home=home.runtime).owner
    with (
        contextlib.suppress(DockerException),
        contextlib.closing(DockerHost(owner, "")) as host,
    ):  # no daemon, no containers
        host.removals.everything()
    if record:
        write_record(home, dataclasses.replace(record, pid=None, started_at=None))
