"""A program in a stack of its own, on the real CLI, attached to a provider of the sandbox."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway_sandbox.identities import administrator
from tests.support import commands
from tests.support.conditions import awaited

ROOT = Path(__file__).parents[3]


@dataclass
class Project:
    """A program in a stack of its own, on the real CLI."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, ok: bool = True, **variables: str) -> str:
        done = commands.run(_command(arguments), self.folder, self.environment | variables)
        assert (done.returncode == 0) is ok, done.stdout
        return done.stdout

    def killed(self, *arguments: str, when: Callable[[], bool], **variables: str) -> None:
        """The command, killed with all its children as soon as `when` holds; its state is written at each step."""
        environment = {name: it for name, it in self.environment.items() if name not in commands.STATE_AT_THE_END}
        with subprocess.Popen(
            _command(arguments),
            cwd=self.folder,
            env=environment | variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            assert awaited(lambda: process.poll() is not None or when())
            assert process.poll() is None, "it ended before"
            os.killpg(process.pid, signal.SIGKILL)

    def state(self) -> dict[str, Any]:
        """Resources of the stack by name."""
        listed = json.loads(self.run("stack", "export"))["deployment"].get("resources", [])
        return {each["urn"].rpartition("::")[2]: each for each in listed}


def _command(arguments: Sequence[str]) -> list[str]:
    pulumi = shutil.which("pulumi", path=f"{Path.home()}/.pulumi/bin:{os.environ['PATH']}")
    assert pulumi, "there is no pulumi; `make up` installs it"
    return [pulumi, *arguments, "--non-interactive", "--color", "never"]


def project_of(program: Path, folder: Path, provider_port: int, state: Path | None = None, **variables: str) -> Project:
    """The program copied to `folder`, with stack `test`; `state` is a backend that it shares with other projects.

    `variables` join those of its environment, or take their place.
    """
    shutil.copy(program, folder / "__main__.py")
    backend = state or folder / "state"
    backend.mkdir(exist_ok=True)
    runtime = f"{{name: python, options: {{virtualenv: {json.dumps(sys.prefix)}}}}}"
    (folder / "Pulumi.yaml").write_text(f"name: {program.stem.replace('_', '-')}\nruntime: {runtime}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    environment |= {
        **administrator.VARIABLES,
        "PYTHONPATH": str(ROOT),
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{provider_port}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "SLIPWAY_SANDBOX_STACKS": "test, importing",
        **commands.STATE_AT_THE_END,
        **variables,
    }
    project = Project(folder, environment)
    project.run("stack", "init", "test")
    project.run("config", "set", "aws:region", "eu-west-1")
    return project
