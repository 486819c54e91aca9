"""Programs as they are found in the wild, unmodified on the real CLI: created, no change, destroyed, nothing left."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from tests.support.sandbox.leftovers import leftovers
from tests.support.sandbox.provider_world import provider
from tests.support.sandbox.pulumi_project import Project, project_of

os.environ.update(MOTO_ENVIRONMENT)

pytestmark = pytest.mark.engine

PROGRAMS = Path(__file__).parent / "programs"
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2")
ALONE: dict[str, dict[str, Any]] = {
    "alb_by_path": {"url": "https://example.com", "rules": 2},
    "events_in_two_regions": {
        "tags": {
            region: {"owner": "events", "region": region, "team": "shop"} for region in ("eu-west-1", "us-east-1")
        },
        "token": "hush-hush",
    },
    "fargate_in_the_default_vpc": {},
    "hub_and_spoke": {"hub_subnets": 2},
    "kubernetes_control_plane": {},
    "web_server": {"architecture": "x86_64"},
}
"""Programs that need no other stack, and what they export."""


@pytest.fixture(scope="module")
def provider_port() -> Iterator[int]:
    with provider(retry_seconds=10) as (port, _):
        yield port


def outputs_of(project: Project) -> dict[str, Any]:
    outputs: dict[str, Any] = json.loads(project.run("stack", "output", "--json", "--show-secrets"))
    return outputs


@pytest.mark.parametrize("name", ALONE)
def test_a_program_is_created_has_no_second_change_and_leaves_nothing(
    name: str, provider_port: int, tmp_path: Path
) -> None:
    project = project_of(PROGRAMS / f"{name}.py", tmp_path, provider_port)
    project.run("config", "set", "--secret", "token", "hush-hush")
    project.run("up", "--yes", "--skip-preview")
    project.run("preview", "--expect-no-changes")
    exported = outputs_of(project)
    assert {key: exported[key] for key in ALONE[name]} == ALONE[name]
    assert "hush-hush" not in project.run("stack", "export")
    project.run("destroy", "--yes", "--skip-preview")
    assert leftovers(*REGIONS) == {}


def test_every_program_is_run() -> None:
    assert {path.stem for path in PROGRAMS.glob("*.py")} == ALONE.keys() | {"shared_platform", "application"}


def test_a_stack_uses_what_another_one_exports(provider_port: int, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("platform", "application")]
    for folder in folders:
        folder.mkdir()
    platform = project_of(PROGRAMS / "shared_platform.py", folders[0], provider_port, tmp_path / "state")
    application = project_of(PROGRAMS / "application.py", folders[1], provider_port, tmp_path / "state")
    application.run("config", "set", "platform", "organization/shared-platform/test")
    platform.run("up", "--yes", "--skip-preview")
    application.run("up", "--yes", "--skip-preview")
    application.run("preview", "--expect-no-changes")
    given, taken = outputs_of(platform), outputs_of(application)
    assert taken["service"].startswith(f"{given['cluster']['name']}/worker-")
    assert taken["password"] == "hush-hush"
    assert "hush-hush" not in application.run("stack", "export")
    application.run("destroy", "--yes", "--skip-preview")
    platform.run("destroy", "--yes", "--skip-preview")
    assert leftovers(*REGIONS) == {}
