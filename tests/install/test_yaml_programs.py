"""Programs in YAML with the component plugin, from folders outside of the checkout."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.components.stacks import Stacks

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
PROJECT = """
name: {name}
runtime: yaml
plugins: {{providers: [{{name: slipway, path: ../slipway/components}}]}}
"""
SHOP = """
resources:
  network: {type: "slipway:index:Network", properties: {nat: none, interfaceEndpoints: [logs]}}
  cluster: {type: "slipway:index:Cluster"}
  orders:
    type: slipway:index:FanOut
    properties:
      queues:
        billing: {maxReceives: 3}
        shipping: {filterPolicy: {kind: [physical]}}
  alerts: {type: "slipway:index:Topic", properties: {createKmsKey: true}}
  work: {type: "slipway:index:Queue", properties: {topicArns: ["${alerts.topicArn}"], createKmsKey: true}}
outputs:
  vpcId: ${network.vpcId}
  clusterName: ${cluster.clusterName}
  billing: ${orders.queueUrls["billing"]}
"""


@pytest.fixture(scope="module")
def folder(environment: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the plugin's, and beside that the environment which PulumiPlugin.yaml names."""
    place = tmp_path_factory.mktemp("yaml")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    shutil.copytree(ROOT / "components", place / "slipway" / "components", ignore=ignored)
    (place / "slipway" / ".venv").symlink_to(environment("slipway-components"))
    return place


def project(folder: Path, name: str, program: str) -> Path:
    """A YAML program in a folder of its own."""
    directory = folder / name
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text(PROJECT.format(name=name) + program)
    return directory


def test_components_deploy_from_yaml_and_the_second_preview_is_empty(stacks: Stacks, folder: Path) -> None:
    shop = project(folder, "shop", SHOP)
    stacks.pulumi(shop, "stack", "init", "sandbox-shop-yaml")
    stacks.pulumi(shop, "up", "--yes", "--skip-preview")
    stacks.pulumi(shop, "preview", "--expect-no-changes")
    outputs = json.loads(stacks.pulumi(shop, "stack", "output", "--json"))
    assert {key: value.partition("-")[0] for key, value in outputs.items() if key != "billing"} == {
        "vpcId": "vpc",
        "clusterName": "cluster",
    }
    assert "/123456789012/orders-billing-" in outputs["billing"]
    limits = {
        name: json.loads(it["redrivePolicy"])["maxReceiveCount"]
        for name, it in stacks.inputs(shop, "aws:sqs/redrivePolicy:RedrivePolicy").items()
    }
    assert limits == {"orders-billing": 3, "orders-shipping": 5, "work": 5}
    stacks.pulumi(shop, "destroy", "--yes", "--skip-preview")


WRONG = """
resources:
  network: {type: "slipway:index:Network", properties: {nat: single}}
  orders: {type: "slipway:index:FanOut", properties: {queues: {billing: {}, shipping: {}}}}
  work: {type: "slipway:index:Queue", properties: {visibilityTimeoutSeconds: 50000}}
  mail: {type: "slipway:index:FanOut", properties: {queues: {mail: {maxReceives: 2000}}}}
"""


def test_a_preview_tells_every_refusal_in_the_programs_names_and_nothing_else(stacks: Stacks, folder: Path) -> None:
    wrong = project(folder, "wrong", WRONG)
    stacks.pulumi(wrong, "stack", "init", "sandbox-wrong")
    shown = stacks.run(wrong, "pulumi", "preview")
    assert shown.returncode != 0
    errors = [line.partition("has a problem: ")[2] for line in shown.stdout.partition("Diagnostics:")[2].splitlines()]
    assert sorted(filter(None, errors)) == [
        "FanOut 'mail': queues.mail.maxReceives must be a whole number 1-1000, got 2000",
        "Queue 'work': visibilityTimeoutSeconds must be a whole number 0-43200, got 50000",
    ]
    assert "closing" not in shown.stdout
