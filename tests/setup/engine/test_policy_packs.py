"""Policy packs on the real CLI with Slipway's language host."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.setup.engine.conftest import Project

pytestmark = pytest.mark.engine

PACK = """
import os, sys, pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

print("pack in", os.getcwd(), "for", pulumi.get_stack(), pulumi.Config().get("size"), file=sys.stderr)

def no_stack(args, report):
    if args.resource_type == "pulumi:pulumi:Stack":
        report(f"{args.name} is a stack")

PolicyPack("sample", policies=[
    ResourceValidationPolicy("no-stack", "Stacks are refused.", no_stack, EnforcementLevel.LEVEL)
])
"""


def pack(place: Path, text: str) -> str:
    """Writes a policy pack and returns its directory."""
    directory = place / "pack"
    directory.mkdir()
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    (directory / "PulumiPolicy.yaml").write_text(json.dumps({"runtime": runtime}))
    (directory / "__main__.py").write_text(text)
    return str(directory)


def test_a_mandatory_violation_is_shown_and_fails_the_preview(project: Callable[..., Project], tmp_path: Path) -> None:
    done = project("").run(
        "preview", "--policy-pack", pack(tmp_path, PACK.replace("EnforcementLevel.LEVEL", "EnforcementLevel.MANDATORY"))
    )
    assert done.returncode != 0
    assert "[mandatory]  no-stack  (pulumi:pulumi:Stack: sample-dev)" in done.stdout
    assert "sample-dev is a stack" in done.stdout
    assert "error: preview failed" in done.stdout


def test_an_advisory_violation_is_shown_and_the_update_goes_on(project: Callable[..., Project], tmp_path: Path) -> None:
    level = PACK.replace("EnforcementLevel.LEVEL", "EnforcementLevel.ADVISORY")
    shown = project("").succeed("up", "--yes", "--skip-preview", "--policy-pack", pack(tmp_path, level))
    assert "[advisory]  no-stack  (pulumi:pulumi:Stack: sample-dev)" in shown
    assert "1 created" in shown


def test_a_pack_runs_in_its_own_directory_and_sees_stack_and_config(
    project: Callable[..., Project], tmp_path: Path
) -> None:
    stack = project("")
    stack.succeed("config", "set", "size", "large")
    level = PACK.replace("EnforcementLevel.LEVEL", "EnforcementLevel.ADVISORY")
    shown = stack.succeed("preview", "--policy-pack", pack(tmp_path, level))
    assert f"pack in {tmp_path / 'pack'} for dev large" in shown


def test_a_pack_that_fails_to_start_shows_its_error(project: Callable[..., Project], tmp_path: Path) -> None:
    done = project("").run("preview", "--policy-pack", pack(tmp_path, "raise ValueError('bad rule')\n"))
    assert done.returncode != 0
    assert "ValueError: bad rule" in done.stdout
    assert f"the policy pack in {tmp_path / 'pack'} ended before it listened; its error is above" in done.stdout


def test_a_pack_that_prints_to_stdout_is_told_to_use_stderr(project: Callable[..., Project], tmp_path: Path) -> None:
    done = project("").run("preview", "--policy-pack", pack(tmp_path, "print('hello')\n" + PACK))
    assert done.returncode != 0
    assert (
        f"the policy pack in {tmp_path / 'pack'} wrote 'hello' to stdout before its port; print to stderr"
        in done.stdout
    )
