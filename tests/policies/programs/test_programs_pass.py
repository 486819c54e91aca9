"""The reference platform and every example pass the rules of the profile prod."""

import json
import runpy
from datetime import date
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import proto

from slipway_policies.engine.pack import Pack
from slipway_policies.engine.registry import ADVISORY, MANDATORY, OFF
from slipway_policies.engine.server import Analyzer
from slipway_policies.rules import all_rules
from tests.support.policies.analyzer import NO_CONTEXT, Shown, analyze, analyze_stack, struct
from tests.support.policies.registrations import registered_nodes

ROOT = Path(__file__).parents[3]
DAY = date(2026, 11, 25)  # on which the exemptions of the examples hold
EXAMPLES = sorted((ROOT / "examples").glob("*/__main__.py"))
LEVELS = {OFF: proto.DISABLED, MANDATORY: proto.MANDATORY, ADVISORY: proto.ADVISORY}
BY_NAME = {"disabled": proto.DISABLED, "advisory": proto.ADVISORY, "mandatory": proto.MANDATORY}
pytestmark = pytest.mark.filterwarnings("ignore:aws.ec2/encryptioncontrol:DeprecationWarning")


def configured(file: Path) -> Analyzer:
    """The pack with the file, given as the engine does: every rule, at its own level where the file says none."""
    given: dict[str, Any] = json.loads(file.read_text())
    told = {
        rule.name: proto.PolicyConfig(enforcementLevel=LEVELS[rule.level], properties=struct({}))
        for rule in all_rules()
    }
    for name, entry in given.items():
        settings = {} if isinstance(entry, str) else {key: it for key, it in entry.items() if key != "enforcementLevel"}
        level = entry if isinstance(entry, str) else entry.get("enforcementLevel")
        usual = told[name].enforcementLevel if name in told else proto.ADVISORY
        told[name] = proto.PolicyConfig(
            enforcementLevel=BY_NAME[level] if level else usual, properties=struct(settings)
        )
    servicer = Analyzer(Pack(all_rules(), today=DAY))
    servicer.Configure(proto.ConfigureAnalyzerRequest(policyConfig=told), NO_CONTEXT)
    return servicer


def settings_of(stack: str) -> dict[str, str]:
    """The stack's configuration as the program gets it."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    written = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    values = {key: entry["default"] for key, entry in declared.items() if "default" in entry}
    values |= {key.removeprefix("slipway:"): value for key, value in written.items() if key.startswith("slipway:")}
    return {
        f"project:{key}": value if isinstance(value, str) else json.dumps(value)  # as the engine writes them
        for key, value in values.items()
    }


def findings(program: Path, policy_config: Path, config: dict[str, str]) -> list[Shown]:
    """The pack's findings on the program under the policy config, without the line of exemptions in use."""
    from tests.support.components import mocks as support

    pulumi.runtime.set_all_config(config)
    nodes = registered_nodes(support.build(lambda: runpy.run_path(str(program)) and None))
    servicer = configured(policy_config)
    shown = [one for node in nodes for one in analyze(servicer, node.type, node.props, node.name)]
    shown += analyze_stack(servicer, *nodes)
    return [one for one in shown if " exempted: " not in one.message]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_reference_platform_holds_in_production_without_an_exemption(
    stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    rules_of_stack = ROOT / "policies" / "config" / f"{stack}.json"
    assert ("exemptions" in rules_of_stack.read_text()) is (stack == "dev")
    assert findings(ROOT / "__main__.py", rules_of_stack, settings_of(stack)) == []


@pytest.mark.parametrize("program", EXAMPLES, ids=lambda program: program.parent.name)
def test_an_example_holds_under_prod_or_says_why_not(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(program.parent)
    declared = yaml.safe_load(Path("Pulumi.yaml").read_text()).get("config", {})
    config = {f"project:{key}": str(entry["default"]) for key, entry in declared.items()}
    policy_config = program.parent / "policy-config.json"
    assert json.loads(policy_config.read_text())["pack"]["profile"] == "prod"
    assert findings(program, policy_config, config) == []
