"""An inline program of the Automation API: its process, its workspace and its image are in three folders."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.components.stacks import Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROGRAM = Path(__file__).parent / "programs" / "inline_image.py"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as stacks:
        yield stacks


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with an image's files, and a workspace beside them."""
    checkout = tmp_path / "checkout"
    (checkout / "app").mkdir(parents=True)
    (checkout / "app" / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    (checkout / "infra" / "workspace").mkdir(parents=True)
    (checkout / "infra" / "workspace" / "Pulumi.yaml").write_text("name: inline\nruntime: python\n")
    return checkout


def run(stacks: Stacks, command: str, stack: str, context: Path, workspace: Path | None = None) -> str:
    process = context.parent / "infra"
    done = stacks.run(process, sys.executable, str(PROGRAM), command, stack, str(context), str(workspace or ""))
    assert done.returncode == 0, done.stdout
    return done.stdout


def moved(checkout: Path) -> Path:
    """The checkout of another machine."""
    other = checkout.parent / "another" / "machine"
    shutil.copytree(checkout, other)
    shutil.rmtree(checkout)
    return other


def test_in_another_checkout_and_another_temporary_workspace_nothing_changes(stacks: Stacks, checkout: Path) -> None:
    stack = "sandbox-inline-temporary"
    built = run(stacks, "up", stack, checkout / "app")
    assert json.loads(built) == [["../app", "../app/Dockerfile"]], "relative to the process's folder"
    other = moved(checkout)
    run(stacks, "preview", stack, other / "app")
    run(stacks, "destroy", stack, other / "app")


def test_in_another_checkout_with_its_own_workspace_nothing_changes(stacks: Stacks, checkout: Path) -> None:
    stack = "sandbox-inline"
    built = run(stacks, "up", stack, checkout / "app", checkout / "infra" / "workspace")
    assert json.loads(built) == [["../../app", "../../app/Dockerfile"]], "relative to the workspace"
    other = moved(checkout)
    run(stacks, "preview", stack, other / "app", other / "infra" / "workspace")
    run(stacks, "destroy", stack, other / "app", other / "infra" / "workspace")
