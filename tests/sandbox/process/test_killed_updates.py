"""An update whose engine or sandbox is killed: the same command, run again, continues, and nothing is there twice."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from slipway_sandbox.process.held_files import wait_until
from tests.sandbox.conftest import ROOT, Box
from tests.support.commands import HANG_SECONDS

pytestmark = pytest.mark.engine

QUEUES = 24
PROGRAM = f"""import pulumi_aws as aws
for number in range({QUEUES}):
    aws.sqs.Queue(f"orders-{{number}}")
"""


@dataclass(frozen=True)
class Project:
    """A program with many queues, beside one sandbox."""

    box: Box
    folder: Path

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        """`slipway sandbox run -- pulumi <arguments>`, in a process group of its own."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
        environment |= {"SLIPWAY_SANDBOX_DIR": str(self.box.home.path), "PYTHONPATH": str(ROOT / "sandbox")}
        command = [sys.executable, "-m", "slipway_sandbox", "run", "--", "pulumi", *arguments, "--non-interactive"]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def must(self, *arguments: str) -> str:
        """The same where it has to succeed; what it printed."""
        with self.begin(*arguments) as process:
            said = process.communicate()[0]
        assert process.returncode == 0, said
        return said

    def queues(self) -> set[str]:
        return set(self.box.client("sqs").list_queues().get("QueueUrls", []))

    def state(self) -> set[str]:
        """Names of the queues in the stack's state."""
        resources = json.loads(self.must("stack", "export"))["deployment"].get("resources", [])
        return {resource["id"].rpartition("/")[2] for resource in resources if resource["type"].startswith("aws:sqs")}


@pytest.mark.parametrize("victim", ["engine", "sandbox"])
def test_a_killed_update_and_a_killed_destroy_continue(box: Box, tmp_path: Path, victim: str) -> None:
    runtime = f"{{name: python, options: {{virtualenv: {json.dumps(sys.prefix)}}}}}"
    (tmp_path / "Pulumi.yaml").write_text(f"name: shop\nruntime: {runtime}\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    project = Project(box, tmp_path)
    project.must("stack", "init", "sandbox")

    def killed(command: str) -> None:
        sqs = box.client("sqs")  # made before: a look must not take as long as the update
        with project.begin(command, "--yes", "--skip-preview", "--parallel=2") as process:
            assert wait_until(lambda: 0 < len(sqs.list_queues().get("QueueUrls", [])) < QUEUES, HANG_SECONDS)
            if victim == "engine":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                box.kill()
            process.communicate()

    killed("up")
    project.must("up", "--yes", "--skip-preview")
    names = {url.rpartition("/")[2] for url in project.queues()}
    assert (len(names), names) == (QUEUES, project.state())
    assert "pending operations" not in project.must("preview", "--expect-no-changes")
    killed("destroy")
    project.must("destroy", "--yes", "--skip-preview")
    assert (project.queues(), project.state()) == (set(), set())
