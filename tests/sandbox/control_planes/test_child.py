"""A program of a control plane as a child process: its lock, its log, its end, and that of an orphan."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway_sandbox.control_planes.child import Child, end_orphans
from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.held_files import holder, is_held, wait_until
from tests.support.commands import HANG_SECONDS


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A cluster's folder; whatever runs in it is ended."""
    made = tmp_path / "main-1"
    made.mkdir()
    yield made
    end_orphans(tmp_path)


def test_a_child_runs_in_its_folder_until_it_is_stopped(folder: Path) -> None:
    child = Child(folder, "etcd", ["sh", "-c", "echo in $PWD; exec sleep 600"])
    assert (child.is_running, holder(folder / "etcd.lock")) == (True, child.pid)
    assert wait_until(lambda: (folder / "etcd.log").read_text() == f"in {folder}\n", HANG_SECONDS)
    assert stat.S_IMODE((folder / "etcd.log").stat().st_mode) == 0o600
    child.stop()
    assert (child.is_running, is_held(folder / "etcd.lock")) == (False, False)


def test_a_folder_has_one_program_of_a_name(folder: Path) -> None:
    child = Child(folder, "etcd", ["sleep", "600"])
    with pytest.raises(SandboxError) as refused:
        Child(folder, "etcd", ["sleep", "600"])
    assert str(refused.value) == f"another etcd of {folder} does not end; run `slipway sandbox stop`"
    child.stop(at_once=True)


def test_a_child_sees_no_credentials_and_no_proxy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    child = Child(folder, "etcd", ["/usr/bin/env"])
    assert wait_until(lambda: not child.is_running, HANG_SECONDS)
    names = {line.partition("=")[0] for line in (folder / "etcd.log").read_text().splitlines()}
    assert names - {"PWD", "_", "SHLVL", "LC_CTYPE"} == {"PATH", "HOME"}


def test_orphans_end_also_those_that_ignore_sigterm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slipway_sandbox.control_planes.child.STOP_SECONDS", 0.2)
    ready = folder / "ready"
    stubborn = Child(folder, "etcd", ["sh", "-c", f"trap '' TERM; touch {ready}; while :; do sleep 0.1; done"])
    mild = Child(folder, "kube-scheduler", ["sleep", "600"])
    assert wait_until(ready.exists, HANG_SECONDS)
    end_orphans(folder.parent)
    assert wait_until(lambda: not stubborn.is_running and not mild.is_running, HANG_SECONDS)
    assert [path.name for path in folder.glob("*.lock") if is_held(path)] == []
