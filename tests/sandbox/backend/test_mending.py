"""What kills and full disks leave in Pulumi's file backend, and how it is mended."""

import gzip
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway_sandbox import backend
from slipway_sandbox.backend import mend

REFRESH = "run `pulumi refresh` before the next `pulumi up`"


def state_of(count: int) -> str:
    """A state with so many queues."""
    resources = [{"type": "pulumi:pulumi:Stack"}, *count * [{"type": "aws:sqs/queue:Queue"}]]
    return json.dumps({"version": 3, "checkpoint": {"latest": {"resources": resources}}})


def write(path: Path, content: str | bytes, second: int = 0) -> Path:
    """A file of so many seconds after noon."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    noon = 1795953600  # of 29 November 2026, UTC
    os.utime(path, (noon + second, noon + second))
    return path


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    """The sentences tell the time of this machine."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """The state file of stack `sandbox`, with one resource in the cloud."""
    return write(tmp_path / ".pulumi/stacks/slipway/sandbox.json", state_of(1))


def lock(state: Path, name: str, content: str) -> Path:
    return write(state / ".pulumi/locks/organization/slipway/sandbox" / name, content)


def test_a_whole_backend_is_left_alone(stack: Path, tmp_path: Path) -> None:
    write(stack.with_name("sandbox.json.attrs"), '{"user.content_type": "application/json"}')
    lock(tmp_path, "a.json", json.dumps({"pid": os.getpid(), "hostname": socket.gethostname()}))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert mend(tmp_path) == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_torn_attributes_are_removed(stack: Path, tmp_path: Path) -> None:
    attributes = write(stack.with_name("sandbox.json.attrs"), "")
    assert mend(tmp_path) == [
        "A killed pulumi or a full disk left sandbox.json.attrs half-written; removed, nothing is lost with it"
    ]
    assert not attributes.exists()
    assert stack.read_text() == state_of(1)
    write(attributes, '{"user.')
    write(tmp_path / ".pulumi/meta.yaml.attrs", "")
    assert mend(tmp_path) == [
        "A killed pulumi or a full disk left 2 files of attributes half-written; removed, nothing is lost with it"
    ]


def test_an_empty_state_is_replaced_by_the_newest_readable_copy(stack: Path, tmp_path: Path) -> None:
    write(stack, "", 9)
    write(stack.with_name("sandbox.json.bak"), "", 8)
    write(tmp_path / ".pulumi/backups/slipway/sandbox/sandbox.1.json", state_of(4), 4)
    write(tmp_path / ".pulumi/history/slipway/sandbox/sandbox-1.checkpoint.json", state_of(5), 5)
    write(tmp_path / ".pulumi/history/slipway/sandbox/sandbox-2.checkpoint.json", state_of(6)[:-9], 6)
    write(tmp_path / ".pulumi/history/slipway/sandbox/sandbox-1.history.json", state_of(7), 7)
    write(tmp_path / ".pulumi/history/slipway/another/another-1.checkpoint.json", state_of(8), 8)
    assert mend(tmp_path) == [
        "The state of stack 'sandbox' was damaged by a kill or a full disk; its copy of 2026-11-29 12:00:05, "
        f"sandbox-1.checkpoint.json, with 5 resources is in its place: {REFRESH}"
    ]
    assert stack.read_text() == state_of(5)
    assert list(stack.parent.glob("*.damaged")) == []


def test_a_torn_state_is_set_aside_and_its_last_save_comes_back(stack: Path, tmp_path: Path) -> None:
    write(stack, state_of(3)[:-5])
    write(stack.with_name("sandbox.json.bak"), state_of(2), 2)
    [said] = mend(tmp_path)
    assert "its copy of 2026-11-29 12:00:02, sandbox.json.bak, with 2 resources" in said
    assert stack.read_text() == state_of(2)
    assert stack.with_name("sandbox.json.damaged").read_text() == state_of(3)[:-5]


def test_a_compressed_state_comes_back_compressed(stack: Path, tmp_path: Path) -> None:
    stack.unlink()
    packed = write(stack.with_name("sandbox.json.gz"), b"")
    write(packed.with_name("sandbox.json.gz.bak"), gzip.compress(state_of(2).encode()))
    assert len(mend(tmp_path)) == 1
    assert gzip.decompress(packed.read_bytes()).decode() == state_of(2)


def test_a_state_without_a_readable_copy_stays_as_it_is(stack: Path, tmp_path: Path) -> None:
    write(stack, "")
    write(stack.with_name("sandbox.json.bak"), "")
    assert mend(tmp_path) == []
    assert stack.read_bytes() == b""


@pytest.mark.parametrize("name", ["a.json", "a.json.18b7.tmp"])
def test_a_torn_lock_is_removed(stack: Path, tmp_path: Path, name: str) -> None:
    torn = lock(tmp_path, name, "")
    write(torn.with_name(f"{name}.attrs"), "")
    assert mend(tmp_path) == ["A pulumi was killed while it locked stack 'sandbox'; the torn lock is removed"]
    assert list(torn.parent.iterdir()) == []


def test_nothing_is_touched_while_somebody_is_at_work(stack: Path, tmp_path: Path) -> None:
    lock(tmp_path, "a.json", json.dumps({"pid": os.getpid(), "hostname": socket.gethostname()}))
    write(stack, "")
    write(stack.with_name("sandbox.json.bak"), state_of(2))
    assert mend(tmp_path) == []
    assert stack.read_bytes() == b""


def test_a_lock_is_dead_with_its_process_and_when_its_number_is_given_anew(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    here = socket.gethostname()
    locks = {
        "ended.json": {"pid": ended.pid, "hostname": here, "timestamp": "2026-11-29T12:00:00.123456789Z"},
        "anew.json": {"pid": os.getpid(), "hostname": here, "timestamp": "2001-11-29T12:00:00.123456789+01:00"},
        "alive.json": {"pid": os.getpid(), "hostname": here, "timestamp": "2099-11-29T12:00:00Z"},
        "elsewhere.json": {"pid": ended.pid, "hostname": "another.example.com"},
        "unknown.json": {"form": "of another version"},
    }
    for name, content in locks.items():
        folder = lock(tmp_path, name, json.dumps(content)).parent
    assert mend(tmp_path) == [
        f"A pulumi (process {pid}) was killed; the lock that it left is released" for pid in (os.getpid(), ended.pid)
    ]
    assert {path.name for path in folder.iterdir()} == {"alive.json", "elsewhere.json", "unknown.json"}
    [alive] = backend.live_locks(tmp_path)
    assert (alive.project, alive.stack) == ("slipway", "sandbox")
    assert alive.holder == f"pulumi (process {os.getpid()}, since 12:00:00)"


def test_a_full_disk_leaves_state_and_copy_as_they_are(stack: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    write(stack, "")
    copy = write(stack.with_name("sandbox.json.bak"), state_of(9))
    script = (
        "import resource, signal, sys; from pathlib import Path; from slipway_sandbox import backend\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "backend.mend(Path(sys.argv[1]))"
    )
    ended = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1] == (
        f"slipway_sandbox.errors.SandboxError: the stack's state {stack} is damaged, and sandbox.json.bak cannot be put in "
        "its place (File too large); free some of the disk, and run the same command again"
    )
    assert {path.name: path.read_text() for path in stack.parent.iterdir()} == {stack.name: "", copy.name: state_of(9)}
