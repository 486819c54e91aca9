"""Programs with one broken rule per resource: a real preview finds each rule at its own resource."""

import ast
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slipway_policies.rules import all_rules
from tests.support.commands import HANG_SECONDS
from tests.support.policies.any_aws import attached

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROGRAMS = sorted((HERE / "broken").glob("*.py"))
NAMES = {rule.name for rule in all_rules()}
SETTINGS: dict[str, dict[str, object]] = {
    "allowed-regions": {"regions": ["eu-west-1", "us-east-1"]},
    "component-contract": {"children": {"shop:index:Service": ["aws:cloudwatch/metricAlarm:MetricAlarm"]}},
    "ecs-taskdef-image-registry": {"allowedRegistries": ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/"]},
    "monthly-cost-cap": {"mostUsd": 1},
    "required-tags": {"keys": ["owner"]},
}


def broken_in(program: Path) -> set[str]:
    """The rules named in the program."""
    tree = ast.walk(ast.parse(program.read_text()))
    return {str(node.value) for node in tree if isinstance(node, ast.Constant)} & NAMES


@dataclass(frozen=True)
class Shell:
    """Where the programs are previewed."""

    folder: Path
    environment: dict[str, str]

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the real CLI."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )

    def findings(self, program: Path) -> list[dict[str, Any]]:
        """The pack's findings on the program, with every rule switched on."""
        shutil.copy(program, self.folder / "__main__.py")
        found = self.pulumi(
            "preview", "--json", "--policy-pack", str(ROOT / "policies"), "--policy-pack-config", "config.json"
        )
        assert found.returncode == 0, found.stdout[-3000:] + found.stderr
        events = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
        return [event["policyEvent"] for event in events if "policyEvent" in event]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A project with a stack, attached to a provider for every resource type."""
    folder = tmp_path_factory.mktemp("broken")
    options = {"virtualenv": str(ROOT / ".venv")}
    (folder / "Pulumi.yaml").write_text(json.dumps({"name": "shop", "runtime": {"name": "python", "options": options}}))
    levels = {name: {"enforcementLevel": "advisory", **SETTINGS.get(name, {})} for name in NAMES}
    (folder / "config.json").write_text(json.dumps(levels))
    with attached() as provider:
        environment = provider | {
            "PATH": os.pathsep.join([str(Path.home() / ".pulumi" / "bin"), os.environ["PATH"]]),
            "HOME": str(Path.home()),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_BACKEND_URL": f"file://{folder}",
            "PULUMI_CONFIG_PASSPHRASE": "only for this test",
            "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
            "SLIPWAY_SANDBOX_STACKS": "dev",
        }
        made = Shell(folder, environment)
        for arguments in (("stack", "init", "dev"), ("config", "set", "aws:region", "eu-west-1")):
            done = made.pulumi(*arguments)
            assert done.returncode == 0, done.stderr
        yield made


@pytest.mark.engine
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_preview_finds_every_broken_rule_at_its_own_resource(shell: Shell, program: Path) -> None:
    found = shell.findings(program)
    at_home = {one["policyName"] for one in found if one.get("resourceUrn", "").endswith(f"::{one['policyName']}")}
    assert broken_in(program) - at_home == set()
    assert not any("failed here" in one["message"] for one in found)
    assert not any("hunter2" in one["message"] for one in found)


def test_no_rule_is_without_a_program_that_breaks_it() -> None:
    assert set().union(*map(broken_in, PROGRAMS)) == NAMES
