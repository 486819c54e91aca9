"""The real engine attached to a sandbox of one test module's own."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import commands

CHECKOUT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Stacks:
    """A shell attached to the sandbox."""

    environment: dict[str, str]

    def run(self, directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
        """Both streams of a command as one text, and its exit code."""
        return commands.run(list(command), directory, self.environment)

    def pulumi(self, directory: Path, *arguments: str) -> str:
        """Output of a Pulumi command that must succeed."""
        done = self.run(directory, "pulumi", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def inputs(self, directory: Path, kind: str) -> dict[str, dict[str, Any]]:
        """Inputs in state, by name, of the resources of a type."""
        return {name: it["inputs"] for name, it in self.resources(directory, kind).items()}

    def resources(self, directory: Path, kind: str) -> dict[str, dict[str, Any]]:
        """State, by name, of the resources of a type."""
        return self.state(directory)[kind]

    def state(self, directory: Path) -> dict[str, dict[str, dict[str, Any]]]:
        """State, by type and name, of all resources."""
        found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for it in json.loads(self.pulumi(directory, "stack", "export"))["deployment"]["resources"]:
            found[it["type"]][it["urn"].split("::")[-1]] = it
        return found


@contextmanager
def sandbox_of_its_own(home: Path, speed: int = 1) -> Iterator[Stacks]:
    """A shell attached to a new sandbox, whose clock runs so many times as fast; stopped in the end."""
    mine = ("AWS_", "PULUMI_", "SLIPWAY_")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(mine)}
    clean["PATH"] = os.pathsep.join([str(Path.home() / ".pulumi" / "bin"), clean["PATH"]])
    clean |= {"SLIPWAY_SANDBOX_DIR": str(home), "SLIPWAY_SANDBOX_SPEED": str(speed)}

    def sandbox(command: str) -> str:
        done = Stacks(clean).run(CHECKOUT, sys.executable, "-m", "slipway_sandbox", command)
        assert done.returncode == 0, done.stdout
        return done.stdout

    sandbox("start")
    try:
        script = f'eval "$({sys.executable} -m slipway_sandbox env)" && env -0'
        shown = Stacks(clean).run(CHECKOUT, "sh", "-c", script).stdout
        attached = dict(entry.split("=", 1) for entry in shown.split("\0") if entry)
        yield Stacks(attached | commands.STATE_AT_THE_END)
    finally:
        sandbox("stop")
