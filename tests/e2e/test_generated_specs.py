"""Two hundred services and workers with generated arguments, in one preview of the real engine with the policy pack."""

import json
from pathlib import Path

import pytest

from tests.support.components.generated_specs import specs
from tests.support.components.stacks import CHECKOUT, sandbox_of_its_own

pytestmark = pytest.mark.e2e

COUNT = 200
PROJECT = f"""
name: generated
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = """
import json
from pathlib import Path

import slipway

slipway.speed_up_program()
for number, (kind, args) in enumerate(json.loads(Path("specs.json").read_text())):
    if "listener" in args:
        args["listener"]["listener_arn"] += str(number)
    getattr(slipway, kind)(f"s{number}", args)
"""


def test_every_spec_previews_and_passes_the_policy_pack(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "specs.json").write_text(json.dumps(specs(COUNT)))
    with sandbox_of_its_own(tmp_path / "sandbox") as stacks:
        stacks.pulumi(tmp_path, "stack", "init", "sandbox-generated")
        shown = stacks.pulumi(tmp_path, "preview", "--json", "--policy-pack", str(CHECKOUT / "policies"))
    steps = json.loads(shown[shown.index("{") :])["steps"]
    made = [step["urn"] for step in steps if step["op"] == "create" and ":Service::" in step["urn"]]
    assert len(made) == COUNT
