"""A clean copy of the checkout, deployed once by `make up`, and what tests ask of it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Platform:
    """The reference platform in a clean copy of the checkout, attached to a sandbox of its own."""

    root: Path
    env: dict[str, str]
    log: str

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy, attached to its sandbox, and return what it printed and its exit code."""
        return run(self.root, {**self.env, **env}, *command)

    def outputs(self) -> dict[str, Any]:
        """The outputs of stack `sandbox`."""
        loaded: dict[str, Any] = json.loads(self.run("pulumi", "stack", "output", "--json").stdout)
        return loaded

    def client(self, service: str) -> Any:
        """A boto3 client of the sandbox's cloud."""
        return client(self.env, service)


def client(env: dict[str, str], service: str) -> Any:
    """A boto3 client of the cloud that the environment `env` is attached to."""
    return boto3.client(
        service,
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=Config(inject_host_prefix=False, retries={"max_attempts": 0}),
    )


def run(root: Path, env: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal; output and errors come back as one text in `stdout`, exit code unchecked."""
    return subprocess.run(
        command,
        cwd=root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1500,
    )


def clean_copy(destination: Path) -> Path:
    """Copy what a clone would hold (tracked files, and new ones that git does not ignore) to `destination`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, destination / name)
    return destination


def bare_environment() -> dict[str, str]:
    """The environment of a new shell: nothing that attaches to a sandbox, no virtual environment."""
    mine = ("AWS_", "PULUMI_", "SLIPWAY_", "VIRTUAL_ENV", "PYTEST_", "MAKE", "MFLAGS")
    return {key: value for key, value in os.environ.items() if not key.startswith(mine)}


def sandbox_environment(root: Path, env: dict[str, str]) -> dict[str, str]:
    """`env` after `eval "$(make env)"` in `root`."""
    script = 'exports="$(make -s env)" && eval "$exports" && env -0'
    shell = subprocess.run(["sh", "-c", script], cwd=root, env=env, capture_output=True, text=True, check=True)
    return dict(entry.split("=", 1) for entry in shell.stdout.split("\0") if entry)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """`make up` in a clean copy; destroyed and stopped when the tests are over."""
    root = clean_copy(tmp_path_factory.mktemp("clone"))
    env = bare_environment()
    try:
        made = run(root, env, "make", "up")
        assert made.returncode == 0, made.stdout
        yield Platform(root, sandbox_environment(root, env), made.stdout)
    finally:
        run(root, env, "make", "down")
