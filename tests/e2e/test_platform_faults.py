"""What goes wrong on the machine is one sentence with the fix: Docker, ports, a stopped sandbox, damaged state."""

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Platform
from tests.support.clone import run, sandbox_environment

pytestmark = pytest.mark.e2e


class Clone:
    """The clone of the platform's tests with a sandbox and a stack of its own, both empty."""

    def __init__(self, platform: Platform, directory: Path) -> None:
        self.root = platform.root
        self.sandbox_directory = directory
        self.env = {**platform.env, "SLIPWAY_SANDBOX_DIR": str(directory)}
        self.python = str(platform.root / ".venv" / "bin" / "python")

    def sandbox(self, command: str) -> tuple[int, str]:
        """`slipway sandbox <command>`: exit code and what it printed."""
        ended = run(self.root, self.env, self.python, "-m", "slipway_sandbox", command)
        return ended.returncode, ended.stdout

    def make(self, target: str, **env: str) -> tuple[int, str]:
        """`make <target>`: exit code and what it printed."""
        ended = run(self.root, {**self.env, **env}, "make", target)
        return ended.returncode, ended.stdout


@pytest.fixture
def clone(platform: Platform, tmp_path: Path) -> Iterator[Clone]:
    made = Clone(platform, tmp_path / "sandbox")
    try:
        yield made
    finally:
        made.sandbox("stop")


def test_a_dead_docker_daemon_stops_make_up_with_the_fix(clone: Clone) -> None:
    code, said = clone.make("up", DOCKER_HOST="unix:///nonexistent/docker.sock")
    assert code != 0
    assert (
        "no Docker daemon answers at DOCKER_HOST=unix:///nonexistent/docker.sock; start it there or unset DOCKER_HOST"
    ) in said
    assert "Traceback" not in said
    assert not clone.sandbox_directory.exists(), "nothing was begun"


def test_a_taken_port_is_named_with_the_fix(clone: Clone) -> None:
    assert clone.sandbox("start")[0] == 0
    assert clone.sandbox("stop")[0] == 0
    port = json.loads((clone.sandbox_directory / "sandbox.json").read_text())["ports"]["moto"]
    with socket.create_server(("127.0.0.1", port)):
        code, said = clone.make("up")
    assert code != 0
    assert f"port {port}" in said
    assert "slipway sandbox reset" in said
    assert "Traceback" not in said


def test_a_stopped_sandbox_is_named_with_the_fix(clone: Clone) -> None:
    assert clone.sandbox("start")[0] == 0
    attached = sandbox_environment(clone.root, clone.env)
    assert run(clone.root, attached, "pulumi", "stack", "init", "sandbox").returncode == 0
    assert clone.sandbox("stop")[0] == 0
    preview = run(clone.root, attached, "pulumi", "preview")
    assert preview.returncode != 0
    assert "does not answer at 127.0.0.1:" in preview.stdout
    assert "run slipway sandbox start" in preview.stdout
    assert "Traceback" not in preview.stdout
    code, said = clone.make("env")
    assert code != 0
    assert "is not running; run `slipway sandbox start`" in said
    code, said = clone.make("down")
    assert code == 0
    assert "the sandbox is not running, so nothing is destroyed; make up starts it" in said


@pytest.mark.parametrize("running", [True, False])
def test_a_damaged_state_file_is_named_with_the_fix(clone: Clone, running: bool) -> None:
    assert clone.sandbox("start")[0] == 0
    attached = sandbox_environment(clone.root, clone.env)
    assert run(clone.root, attached, "pulumi", "stack", "init", "sandbox").returncode == 0
    [state] = [path for path in (clone.sandbox_directory / "state").rglob("sandbox.json") if "stacks" in path.parts]
    state.write_text('{"version": 3, "checkpoint": {"stack": "organ')
    if not running:
        assert clone.sandbox("stop")[0] == 0
    code, said = clone.make("up")
    assert code != 0
    assert f"the stack's state {state} is damaged" in said
    assert "slipway sandbox reset" in said
    assert "Traceback" not in said


def test_a_cloud_that_vanished_under_a_stack_is_named_with_the_fix(clone: Clone, platform: Platform) -> None:
    assert clone.sandbox("start")[0] == 0
    assert clone.sandbox("stop")[0] == 0
    theirs = platform.root / ".sandbox" / "state"
    shutil.copytree(theirs, clone.sandbox_directory / "state", dirs_exist_ok=True)
    code, said = clone.sandbox("start")
    assert code != 0
    assert "slipway sandbox reset" in said
