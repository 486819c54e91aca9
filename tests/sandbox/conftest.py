"""A sandbox of its own for a test, in a directory of its own, and the certainty that nothing of it stays behind."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from slipway_sandbox.process.held_files import holder, is_held, wait_until
from slipway_sandbox.process.home import Home
from tests.support.commands import HANG_SECONDS

ROOT = Path(__file__).parents[2]


def without_notes(stderr: str) -> str:
    """What a command said on stderr, without its notes on what this machine lacks."""
    return "".join(line for line in stderr.splitlines(keepends=True) if not line.startswith("note: "))


class Box:
    """One sandbox, driven by its commands."""

    def __init__(self, path: Path) -> None:
        self.home = Home(path)
        self._clients = contextlib.ExitStack()

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """`slipway sandbox <arguments>`, exit code unchecked."""
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **env}
        return subprocess.run(
            [sys.executable, "-m", "slipway_sandbox", *arguments],
            cwd=ROOT,
            env={**environment, "SLIPWAY_SANDBOX_DIR": str(self.home.path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
        )

    def must(self, *arguments: str) -> str:
        """The same where it has to succeed; returns what it printed."""
        ended = self.run(*arguments)
        assert ended.returncode == 0, f"{ended.stderr}\n{self.log()}"
        return ended.stdout

    def refusal(self, *arguments: str, **env: str) -> str:
        """The one sentence with which a command refuses."""
        ended = self.run(*arguments, **env)
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended
        return ended.stderr.removeprefix("error: ").strip()

    def status(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.must("status", "--json"))
        return loaded

    def client(self, service: str, address: str = "127.0.0.1") -> Any:
        """A boto3 client of this sandbox's cloud, closed at the end of the test."""
        client = boto3.client(
            service,
            endpoint_url=f"http://{address}:{self.status()['ports']['moto']}",
            region_name="eu-west-1",
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",
            config=Config(inject_host_prefix=False, retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )
        self._clients.callback(client.close)
        return client

    def log(self) -> str:
        return self.home.log.read_text() if self.home.log.exists() else ""

    def saved(self) -> None:
        """Returns once the cloud is on disk."""
        assert wait_until(lambda: self.home.snapshot.exists() and not self.home.unsaved.exists(), HANG_SECONDS), (
            self.log()
        )

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        pid = holder(self.home.lock)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: not is_held(self.home.lock), HANG_SECONDS)

    def close(self) -> None:
        """Whatever the test did: nothing of this sandbox runs afterwards."""
        self._clients.close()
        if self.home.path.is_dir():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.run("stop")
        for lock in (self.home.lock, self.home.registry_lock, *self.home.control_planes.glob("*/*.lock")):
            if pid := holder(lock):
                os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def boxed(path: Path) -> Iterator[Box]:
    box = Box(path)
    try:
        yield box
    finally:
        box.close()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A sandbox that was never started."""
    with boxed(tmp_path / "home") as made:
        yield made


@pytest.fixture(scope="session")
def shared_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A running sandbox for tests that leave it so, and do not mind what else is in it."""
    with boxed(tmp_path_factory.mktemp("shared") / "home") as made:
        made.must("start")
        yield made


@pytest.fixture(scope="session")
def _kept_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with boxed(tmp_path_factory.mktemp("kept") / "home") as made:
        made.must("start")
        made.client("sqs").create_queue(QueueName="orders")
        made.must("stop")
        yield made.home.path


@pytest.fixture
def kept_box(_kept_home: Path, tmp_path: Path) -> Iterator[Box]:
    """A stopped sandbox with queue `orders` in its snapshot."""
    shutil.copytree(_kept_home, tmp_path / "home")
    with boxed(tmp_path / "home") as made:
        yield made
