"""What runs before a roll-out, on the real engine with real containers: in another region, by an explicit provider alone."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud_contents import client
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own
from tests.support.conditions import awaited

pytestmark = pytest.mark.e2e

SLIPWAY = str(CHECKOUT / ".venv" / "bin" / "slipway")

REGION = "eu-central-1"
PROJECT = f"""
name: before
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
config: {{"pulumi:disable-default-providers": {{value: ["*"]}}}}
"""
PROGRAM = f"""
import pulumi
import pulumi_aws as aws
from slipway import Cluster, FargateService, Job, Network, speed_up_program

speed_up_program()
far = pulumi.ResourceOptions(providers=[aws.Provider("far", region={REGION!r})])
network = Network("main", {{"nat": "none", "interface_endpoints": ["logs"]}}, far)
place = {{
    "cluster_arn": Cluster("main", {{}}, far).cluster_arn,
    "vpc_id": network.vpc_id,
    "subnet_ids": network.private_subnet_ids,
    "image": IMAGE,
}}
service = {{
    **place,
    "desired_count": 0,
    "command": ["sleep", "9999"],
    "environment": {{"VERSION": VERSION}},
    "run_before": {{"command": ["sh", "-c", COMMAND]}},
    "tags": {{"Team": "shop"}},
}}
FargateService("api", service, far)
job = {{**place, "schedule": "rate(1 day)", "paused": True, "command": ["sh", "-c", "echo 3 orders"]}}
Job("report", job, far)
"""
IMAGE = "slipway-sandbox/python:3.12"
SLOW, FAST = "sleep 5; echo migrated to $VERSION", "echo migrated to $VERSION"


@dataclass(frozen=True)
class Stack:
    """The program's stack, and its cloud in the other region."""

    stacks: Stacks
    folder: Path

    def write(self, version: str, command: str, image: str = IMAGE) -> None:
        """Write the program."""
        values = f"IMAGE, VERSION, COMMAND = {image!r}, {version!r}, {command!r}\n"
        (self.folder / "__main__.py").write_text(values + PROGRAM)

    def up(self) -> tuple[int, str]:
        """Exit code and text of an update."""
        done = self.stacks.run(self.folder, "pulumi", "up", "--yes", "--skip-preview")
        return done.returncode, done.stdout

    def killed_up(self) -> None:
        """An update whose engine and program are killed while the command runs."""
        command = ["pulumi", "up", "--yes", "--skip-preview"]
        with subprocess.Popen(
            command, cwd=self.folder, env=self.stacks.environment, stdout=subprocess.DEVNULL, start_new_session=True
        ) as engine:
            try:
                assert awaited(lambda: bool(self.tasks()) or engine.poll() is not None)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(engine.pid, signal.SIGKILL)
        self.stacks.pulumi(self.folder, "cancel", "--yes")

    def slipway(self, *arguments: str) -> tuple[int, str]:
        """Exit code and both streams of `slipway run`."""
        done = self.stacks.run(self.folder, SLIPWAY, "run", *arguments)
        return done.returncode, done.stdout

    def ecs(self) -> Any:
        """ECS of the other region."""
        return client({**self.stacks.environment, "AWS_REGION": REGION}, "ecs")

    def tasks(self) -> list[dict[str, Any]]:
        """Tasks that ran before roll-outs, the oldest first."""
        ecs, found = self.ecs(), list[dict[str, Any]]()
        for cluster in ecs.list_clusters()["clusterArns"]:
            arns = [
                arn
                for status in ("RUNNING", "STOPPED")
                for arn in ecs.list_tasks(cluster=cluster, desiredStatus=status)["taskArns"]
            ]
            found += ecs.describe_tasks(cluster=cluster, tasks=arns, include=["TAGS"])["tasks"] if arns else []
        ours = [it for it in found if it["startedBy"].startswith("slipway-run-before/api-")]
        return sorted(ours, key=lambda it: str(it["createdAt"]))

    def runs(self) -> list[tuple[int, int | None]]:
        """Revision and exit code of these tasks."""
        return [
            (int(it["taskDefinitionArn"].rpartition(":")[2]), it["containers"][0].get("exitCode"))
            for it in self.tasks()
        ]

    def revision(self) -> int:
        """Revision that the service runs."""
        ecs = self.ecs()
        [cluster] = ecs.list_clusters()["clusterArns"]
        [service] = ecs.describe_services(cluster=cluster, services=ecs.list_services(cluster=cluster)["serviceArns"])[
            "services"
        ]
        return int(service["taskDefinition"].rpartition(":")[2])


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A sandbox of this module's own, with an empty stack; stopped in the end."""
    folder = tmp_path_factory.mktemp("program")
    (folder / "Pulumi.yaml").write_text(PROJECT)
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as stacks:
        made = Stack(stacks, folder)
        made.write("1", SLOW)
        stacks.pulumi(folder, "stack", "init", "sandbox-before")
        yield made
        stacks.pulumi(folder, "destroy", "--yes", "--skip-preview")


def test_a_command_gates_each_roll_out_and_runs_by_hand(stack: Stack) -> None:
    # Killed amid the first roll-out: the second update finds the task, and starts none.
    stack.killed_up()
    code, said = stack.up()
    assert code == 0, said
    assert (stack.runs(), stack.revision()) == ([(1, 0)], 1)
    assert {"key": "Team", "value": "shop"} in stack.tasks()[0]["tags"]

    # An update that changes nothing, and a preview of it, run nothing.
    said = stack.stacks.pulumi(stack.folder, "up", "--yes", "--expect-no-changes")
    assert "runs before" not in said
    assert stack.runs() == [(1, 0)]

    # A failure: the preview says that it will run, and the service stays as it was.
    stack.write("2", "echo no database; exit 3")
    said = stack.stacks.pulumi(stack.folder, "preview")
    assert "FargateService 'api': `sh -c 'echo no database; exit 3'` runs before this roll-out\n" in said
    code, said = stack.up()
    assert code != 0
    assert "`sh -c 'echo no database; exit 3'` ended with exit code 3, so nothing was rolled out\n" in said
    assert "\n        no database\n" in said
    assert "Traceback" not in said
    assert (stack.runs(), stack.revision()) == ([(1, 0), (2, 3)], 1)

    # By hand: what the service runs now, and the code of the command; a job's own command.
    code, said = stack.slipway("api", "--", "sh", "-c", "echo by hand $VERSION; exit 7")
    assert (code, said.splitlines()[1:]) == (7, ["by hand 1"])
    assert stack.slipway("report")[0] == 0
    assert stack.slipway("reports") == (
        125,
        "error: run: the stack has no service or job 'reports'; it has api, report\n",
    )

    # Mended: it runs once more, and the roll-out follows.
    stack.write("2", FAST)
    code, said = stack.up()
    assert code == 0, said
    assert (stack.runs(), stack.revision()) == ([(1, 0), (2, 3), (2, 0)], 2)

    # No exit code is a failure.
    stack.write("3", FAST, image="slipway-sandbox/nowhere:1")
    code, said = stack.up()
    assert code != 0
    assert "` ended without an exit code, so nothing was rolled out\n" in said
    assert "CannotPullContainerError" in said
    assert (stack.runs()[-1], stack.revision()) == ((3, None), 2)
    denied = stack.stacks.run(stack.folder, SLIPWAY, "sandbox", "denied", "--json")
    assert json.loads(denied.stdout)["denied"] == []
