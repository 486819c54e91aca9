"""Transforms, providers and ignoreChanges given to a component reach every child: all components in one real preview."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.components.samples import COMPONENTS
from tests.support.components.stacks import CHECKOUT, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: options
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = f"""
import sys

sys.path.insert(0, {str(CHECKOUT)!r})

import pulumi
import pulumi_aws

from tests.support.components.samples import COMPONENTS, FEWEST, RICHEST

# The sandbox builds for this machine, from its own registry.
NOT_HERE = [("ContainerImage", "architecture"), ("ContainerImage", "cache_from")]


def leave_tags(args):
    options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(ignore_changes=["tags"]))
    return pulumi.ResourceTransformResult(args.props, options)


elsewhere = pulumi_aws.Provider("elsewhere", region="eu-west-2")
for case, samples in (("few", FEWEST), ("all", RICHEST)):
    for kind, component in COMPONENTS.items():
        options = pulumi.ResourceOptions(transforms=[leave_tags], providers=[elsewhere])
        args = {{key: value for key, value in samples[kind].items() if (kind, key) not in NOT_HERE}}
        component(f"{{case}}-{{kind.lower()}}"[:20].rstrip("-"), args, options)
"""


def test_what_a_component_is_given_reaches_every_child(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    with sandbox_of_its_own(tmp_path / "sandbox") as stacks:
        stacks.pulumi(tmp_path, "stack", "init", "sandbox-options")
        shown = stacks.pulumi(tmp_path, "preview", "--json")
    steps: list[dict[str, Any]] = json.loads(shown[shown.index("{") :])["steps"]
    children = [step["newState"] for step in steps if "$" in step["urn"].split("::")[2]]
    assert {urn.split("::")[2].split("$")[0] for urn in (it["urn"] for it in children)} == {
        f"slipway:index:{kind}" for kind in COMPONENTS
    }
    without = [it["urn"] for it in children if "tags" not in it.get("ignoreChanges", []) and it["custom"]]
    assert without == [], "a transform did not reach these"
    strangers = [
        it["urn"] for it in children if it["type"].startswith("aws:") and "::elsewhere::" not in it.get("provider", "")
    ]
    assert strangers == [], "the provider did not reach these"
