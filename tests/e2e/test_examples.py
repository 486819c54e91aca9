"""Every example does what its README says, shows no change the second time, and leaves nothing behind."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.support.cloud_contents import resources
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

EXAMPLES = sorted(settings.parent.name for settings in (CHECKOUT / "examples").glob("*/Pulumi.yaml"))


SAID = {
    "fanout": ["archive: got it", "pager: nothing", "archive: got it", "pager: got it"],
    "shared-load-balancer": ["shop /basket", "stock /stock/7", "stock /basket"],
}


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
    from tests.support.cloud_contents import client

    ecs = client(stacks.environment, "ecs")
    return sum(len(ecs.list_tasks(cluster=arn)["taskArns"]) for arn in ecs.list_clusters()["clusterArns"])


def blocks(example: str) -> list[str]:
    """What its README tells to type: deploy and try, destroy, check the rules."""
    tried, rules = re.findall(
        r"^```\n(.*?)^```", (CHECKOUT / "examples" / example / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    first, destroy = tried.split("pulumi destroy")
    return [first, f"pulumi destroy{destroy}", rules]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_does_what_its_readme_says_and_leaves_nothing(
    stacks: Stacks, home: Path, tmp_path: Path, example: str
) -> None:
    empty = resources(stacks.environment)
    program = tmp_path / "examples" / example
    shutil.copytree(CHECKOUT / "examples" / example, program)
    for name in (".venv", "policies"):
        (tmp_path / name).symlink_to(CHECKOUT / name)
    after_make_env = {
        "PULUMI_STACK": "sandbox",
        "PULUMI_OPTION_POLICY_PACK": str(CHECKOUT / ".venv" / "bin" / "slipway-policy-pack"),
    }
    typed = Stacks(stacks.environment | after_make_env | {"PULUMI_OPTION_YES": "true"})
    first, destroy, rules = blocks(example)
    unset = first.partition("\n")[0]
    done = typed.run(program, "sh", "-ec", first)
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert [line for line in lines if line in SAID[example]] == SAID[example], done.stdout
    stacks.pulumi(program, "preview", "--expect-no-changes")
    assert (containers(home) != []) == (tasks(stacks) > 0), "the look-up of containers sees those of this sandbox"
    if example == "fanout":
        received = [line.partition(" -> ")[2].partition(" within ")[0] for line in lines if line.startswith("proved")]
        assert received == [
            "archive: this command got it raw",
            "pager: this command got it in an envelope, through its filter",
        ]
    checked = typed.run(program, "sh", "-ec", f"{unset}\n{rules}")
    assert checked.returncode == 0, checked.stdout
    done = typed.run(program, "sh", "-ec", f"{unset}\n{destroy}")
    assert done.returncode == 0, done.stdout
    assert resources(stacks.environment) == empty
    assert containers(home) == []
