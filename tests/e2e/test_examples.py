"""Every example deploys as it stands in its folder, shows no change the second time, and leaves nothing behind."""

import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.e2e.test_platform_destroy import resources
from tests.unit.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

EXAMPLES = sorted(settings.parent.name for settings in (CHECKOUT / "examples").glob("*/Pulumi.yaml"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="module")
def stacks(home: Path) -> Iterator[Stacks]:
    """One sandbox for all examples, one after the other; stopped in the end."""
    with sandbox_of_its_own(home) as made:
        yield made


def containers(home: Path) -> list[str]:
    """Containers of the sandbox, by name."""
    owner = hashlib.sha256(str((home / "runtime").resolve()).encode()).hexdigest()[:12]
    engine = docker.from_env()
    try:
        found = engine.containers.list(all=True, filters={"label": f"slipway.sandbox={owner}"})
        return [str(container.name) for container in found]
    finally:
        engine.close()


def tasks(stacks: Stacks) -> int:
    """Tasks of services that run, as Docker has to show containers for."""
    from tests.e2e.conftest import client

    ecs = client(stacks.environment, "ecs")
    return sum(len(ecs.list_tasks(cluster=arn)["taskArns"]) for arn in ecs.list_clusters()["clusterArns"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_deploys_twice_and_leaves_nothing(stacks: Stacks, home: Path, tmp_path: Path, example: str) -> None:
    empty = resources(stacks.environment)
    program = tmp_path / example
    shutil.copytree(CHECKOUT / "examples" / example, program)
    settings = program / "Pulumi.yaml"
    settings.write_text(settings.read_text().replace("../../.venv", str(CHECKOUT / ".venv")))
    stacks.pulumi(program, "stack", "init", f"sandbox-{example}")
    stacks.pulumi(program, "up", "--yes", "--skip-preview")
    stacks.pulumi(program, "preview", "--expect-no-changes")
    assert (containers(home) != []) == (tasks(stacks) > 0), "the look-up of containers sees those of this sandbox"
    if example == "fanout":
        reached = {
            severity: stacks.run(program, sys.executable, "publish.py", severity).stdout
            for severity in ("low", "critical")
        }
        assert reached == {"low": "archive: got it\npager: nothing\n", "critical": "archive: got it\npager: got it\n"}
        received = [word for key in ("archive", "pager") for word in ("--receive", key)]
        command = ("env", f"PYTHONPATH={CHECKOUT}", sys.executable, "-m", "ops", "smoke", *received)
        said = stacks.run(program, *command).stdout
        assert [line.partition(" -> ")[2].partition(" within ")[0] for line in said.splitlines()] == [
            "archive: this command got it raw",
            "pager: this command got it in an envelope, through its filter",
        ], said

    stacks.pulumi(program, "destroy", "--yes", "--skip-preview")
    assert resources(stacks.environment) == empty
    assert containers(home) == []
