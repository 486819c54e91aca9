"""A clean copy of the checkout, deployed once by `make up`, and what tests ask of it."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.clone import bare_environment, clean_copy, run, sandbox_environment
from tests.support.cloud_contents import client


@dataclass(frozen=True)
class Platform:
    """The reference platform in a clean copy of the checkout, attached to a sandbox of its own."""

    root: Path
    env: dict[str, str]
    log: str
    _known: dict[float, dict[str, Any]] = field(default_factory=dict)
    """The outputs, by the time at which the state was written."""

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy, attached to its sandbox, and return what it printed and its exit code."""
        return run(self.root, {**self.env, **env}, *command)

    def outputs(self) -> dict[str, Any]:
        """The outputs of stack `sandbox`; Pulumi is asked once for each state."""
        written = max(path.stat().st_mtime for path in (self.root / ".sandbox" / "state").rglob("*.json"))
        if written not in self._known:
            self._known[written] = json.loads(self.run("pulumi", "stack", "output", "--json").stdout)
        return self._known[written]

    def client(self, service: str) -> Any:
        """A boto3 client of the sandbox's cloud."""
        return client(self.env, service)


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
