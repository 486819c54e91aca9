"""The workflow for GitHub Actions names what exists."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "docs" / "github-actions" / "policies.yml"


def test_the_workflow_starts_the_pack_and_the_report_that_are_here() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    steps = workflow["jobs"]["policies"]["steps"]
    [pack] = [step["with"]["path"] for step in steps if step.get("with", {}).get("repository")]
    started = workflow["env"]["PULUMI_OPTION_POLICY_PACK"].rpartition(f"/{pack}/")[2]
    assert (ROOT / started).read_text().startswith("#!")
    [report] = [step for step in steps if "policies report" in step.get("run", "")]
    assert report["env"] == {"PYTHONPATH": pack}
    assert report["if"] == "always()"
    assert {name for step in steps for name in step} <= {"uses", "with", "run", "name", "if", "env"}
