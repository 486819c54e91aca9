"""Packages that a YAML program adds, in a clone, and what their components say."""

import shutil
from pathlib import Path

import pytest

from setup.uv_binary import find_uv, uv_environment
from tests.support.components.stacks import Stacks
from tests.support.yaml_projects import project

pytestmark = pytest.mark.engine

WRONG = """
resources:
  network: {type: "slipway:index:Network", properties: {nat: none}}
  orders: {type: "slipway:index:FanOut", properties: {queues: {billing: {}, shipping: {}}}}
  work: {type: "slipway:index:Queue", properties: {visibilityTimeoutSeconds: 50000}}
  mail: {type: "slipway:index:FanOut", properties: {queues: {mail: {maxReceives: 2000}}}}
  letters: {type: "team:index:Mailbox"}
"""
# A package of a team, with components of ours inside.
TEAM_PLUGIN = "name: team\nruntime: {name: python, options: {virtualenv: ../slipway/.venv}}\n"
TEAM = """
from typing import TypedDict

import pulumi
from pulumi.provider.experimental import component_provider_host
from slipway import Queue


class MailboxArgs(TypedDict):
    pass


class Mailbox(pulumi.ComponentResource):
    def __init__(self, name: str, args: MailboxArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("team:index:Mailbox", name, {}, opts)
        Queue(name, {}, pulumi.ResourceOptions(parent=self))


if __name__ == "__main__":
    component_provider_host([Mailbox], "team")
"""


@pytest.fixture(scope="module")
def team(yaml_folder: Path) -> Path:
    """Folder of a second package, beside the plugin's."""
    place = yaml_folder / "team"
    place.mkdir()
    (place / "PulumiPlugin.yaml").write_text(TEAM_PLUGIN)
    (place / "__main__.py").write_text(TEAM)
    return place


REFUSALS = {
    "FanOut 'mail': queues.mail.maxReceives must be a whole number 1-1000, got 2000",
    "Queue 'work': visibilityTimeoutSeconds must be a whole number 0-43200, got 50000",
}
# The engine's words for every component that is under way when an update stops; docs/troubleshooting.md explains them.
CLOSING = "grpc: the client connection is closing"
STOPPED = "the update stopped before it was made; the other errors say why"  # the plugin's, where a look-up fails so


def test_with_added_packages_a_preview_in_a_clone_tells_every_refusal_in_the_programs_names_and_nothing_else(
    stacks: Stacks, yaml_folder: Path, team: Path
) -> None:
    wrong = project(yaml_folder, "wrong", WRONG)
    line = "plugins: {providers: [{name: slipway, path: ../slipway/components}]}\n"
    (wrong / "Pulumi.yaml").write_text((wrong / "Pulumi.yaml").read_text().replace(line, ""))
    # It installs the plugin's packages into the environment, which has no pip.
    path = f"{Path(find_uv()).parent}:{stacks.environment['PATH']}"
    registry = {key: it for key, it in uv_environment().items() if key.startswith(("UV_", "PIP_", "SSL_", "HTTP"))}
    with_uv = Stacks(stacks.environment | registry | {"PATH": path})
    with_uv.pulumi(wrong, "package", "add", "../slipway/components")
    with_uv.pulumi(wrong, "package", "add", f"../{team.name}")
    assert "\npackages:\n  slipway: ../slipway/components\n  team: ../team\n" in (wrong / "Pulumi.yaml").read_text()
    shutil.rmtree(wrong / "sdks")  # as in a clone
    with_uv.pulumi(wrong, "install")
    assert [it.name for it in (wrong / "sdks" / "slipway").iterdir()] == ["slipway-0.1.0.yaml"]
    assert [it.name for it in (wrong / "sdks" / "team").iterdir()] == ["team-0.0.0.yaml"]
    stacks.pulumi(wrong, "stack", "init", "sandbox-wrong")
    shown = stacks.run(wrong, "pulumi", "preview")
    assert shown.returncode != 0
    assert problems(shown.stdout) == REFUSALS
    assert "closing" not in shown.stdout
    assert "aws:sqs:Queue letters create" in shown.stdout, "the second package"
    assert "Network 'network': without nat and interfaceEndpoints, private subnets reach only" in shown.stdout
    done = stacks.run(wrong, "pulumi", "up", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert problems(done.stdout) & REFUSALS, "an update stops at the first"
    assert problems(done.stdout) - REFUSALS <= {CLOSING, STOPPED}
    assert "Traceback" not in done.stdout


def problems(output: str) -> set[str]:
    """What the engine says of components that were not made."""
    said = [line.partition("has a problem: ")[2] for line in output.partition("Diagnostics:")[2].splitlines()]
    return set(filter(None, said))
