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
from tests.support.conditions import awaited

pytestmark = pytest.mark.e2e

# An example, to the one whose stack it reads: they are deployed one after the other, and destroyed in the other order.
STANDS_ON = {"service": "platform"}
EXAMPLES = sorted(
    settings.parent.name
    for settings in (CHECKOUT / "examples").glob("*/Pulumi.yaml")
    if settings.parent.name not in STANDS_ON.values()
)
SAID = {
    "fanout": ["archive: got it", "pager: nothing", "archive: got it", "pager: got it"],
    "job": ["report: 3 orders"],
    "service": ["202"],
    "shared-load-balancer": ["shop /basket", "stock /stock/7", "stock /basket"],
}
PROVED = {
    "fanout": ["archive: this command got it raw", "pager: this command got it in an envelope, through its filter"],
    "service": ["billing: service billing got it in an envelope"],
}
NEW_LINE = "\n"


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
    for name in (".venv", "policies", "app"):
        (tmp_path / name).symlink_to(CHECKOUT / name)
    after_make_env = {
        "PULUMI_STACK": "sandbox",
        "PULUMI_OPTION_POLICY_PACK": str(CHECKOUT / ".venv" / "bin" / "slipway-policy-pack"),
    }
    typed = Stacks(stacks.environment | after_make_env | {"PULUMI_OPTION_YES": "true"})
    steps = [name for name in (STANDS_ON.get(example), example) if name]
    outputs = [deployed(typed, tmp_path / "examples" / name, name) for name in steps]
    lines = outputs[-1].splitlines()
    assert [line for line in lines if line in SAID[example]] == SAID[example], outputs[-1]
    # A job's task ends meanwhile: its container goes first, then ECS says so.
    agree = awaited(lambda: (containers(home) != []) == (tasks(stacks) > 0))
    assert agree, "the look-up of containers sees those of this sandbox"
    received = [line.partition(" -> ")[2].partition(" within ")[0] for line in lines if line.startswith("proved")]
    # Services have names with a suffix of their own.
    assert [re.sub(r"(service \w+)-\w+", r"\1", line) for line in received] == PROVED.get(example, [])
    if example in STANDS_ON:
        used, platform = resources(stacks.environment), tmp_path / "examples" / STANDS_ON[example]
        refused = stacks.run(platform, "pulumi", "destroy", "--yes", "--skip-preview")
        assert "export_platform 'platform': what other stacks use must stay, got ECS service" in refused.stdout
        assert resources(stacks.environment) == used, "nothing is deleted"
    for name in reversed(steps):
        first, destroy, rules = blocks(name)
        assert rules.startswith("pulumi preview --policy-pack "), "the second preview, which is empty"
        for command in (f"export PULUMI_OPTION_EXPECT_NO_CHANGES=true\n{rules}", destroy):
            done = typed.run(tmp_path / "examples" / name, "sh", "-ec", f"{first.partition(NEW_LINE)[0]}\n{command}")
            assert done.returncode == 0, done.stdout
    assert resources(stacks.environment) == empty
    assert containers(home) == []


def deployed(typed: Stacks, program: Path, example: str) -> str:
    """What a copy of an example says to the first commands of its README."""
    shutil.copytree(CHECKOUT / "examples" / example, program)
    done = typed.run(program, "sh", "-ec", blocks(example)[0])
    assert done.returncode == 0, done.stdout
    return done.stdout
