"""The workflow for GitHub Actions names existing folders and commands."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "docs" / "github-actions" / "policies.yml"


def test_the_workflow_starts_the_pack_and_the_report_that_are_here() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    steps = workflow["jobs"]["policies"]["steps"]
    [folder] = [step["with"]["path"] for step in steps if step.get("with", {}).get("repository")]
    commands = [step["run"] for step in steps if "run" in step]
    assert f"pip install {folder}/ops {folder}/policies" in commands
    project = tomllib.loads((ROOT / "policies" / "pyproject.toml").read_text())["project"]
    assert {"slipway-cli"} < {re.split(r"[<>=]", name)[0] for name in project["dependencies"]}, (
        "of ops, not of the index"
    )
    assert list(project["entry-points"]["slipway.commands"]) == ["policies"]
    assert 'echo "PULUMI_OPTION_POLICY_PACK=$(slipway policies path)" >> "$GITHUB_ENV"' in commands
    [report] = [step for step in steps if "policies report" in step.get("run", "")]
    assert report["if"] == "always()"
    assert {name for step in steps for name in step} <= {"uses", "with", "run", "name", "if", "env"}
