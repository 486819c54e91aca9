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


@pytest.fixture(scope="module")
def shop(stacks: Stacks, folder: Path) -> Path:
    """Folder of a deployed stack."""
    directory = project(folder, "shop", SHOP)
    stacks.pulumi(directory, "stack", "init", "sandbox-shop-yaml")
    stacks.pulumi(directory, "up", "--yes", "--skip-preview")
    return directory


def change(directory: Path, *replacements: tuple[str, str]) -> None:
    """Change the program, that is the deployed one with these replacements."""
    program = SHOP
    for before, after in replacements:
        assert before in program
        program = program.replace(before, after)
    (directory / "Pulumi.yaml").write_text(PROJECT.format(name=directory.name) + program)


def operations(stacks: Stacks, directory: Path) -> set[str]:
    """What a preview would do, apart from leaving things as they are."""
    steps = json.loads(stacks.pulumi(directory, "preview", "--json"))["steps"]
    return {step["op"] for step in steps} - {"same", "read"}


def test_components_deploy_from_yaml_and_the_second_preview_is_empty(stacks: Stacks, shop: Path) -> None:
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


def test_a_component_in_yaml_keeps_its_resources_under_another_name_and_parent(stacks: Stacks, shop: Path) -> None:
    urn = "urn:pulumi:sandbox-shop-yaml::shop::slipway:index:Queue::work"
    change(
        shop,
        ("  work: {", "  jobs: {"),
        ("createKmsKey: true}}\noutputs", f"createKmsKey: true}}, options: {{aliases: ['{urn}']}}}}\noutputs"),
    )
    assert operations(stacks, shop) == {"update"}, "of tags with the name"
    options = f"options: {{parent: '${{cluster}}', aliases: ['{urn}']}}"
    change(shop, ("createKmsKey: true}}\noutputs", f"createKmsKey: true}}, {options}}}\noutputs"))
    stacks.pulumi(shop, "preview", "--expect-no-changes")
    change(shop)


def test_one_component_of_a_yaml_program_moves_to_another_stack_alone(stacks: Stacks, shop: Path, folder: Path) -> None:
    urn = "urn:pulumi:sandbox-shop-yaml::shop::slipway:index:FanOut::orders"
    program = SHOP[SHOP.index("  orders:") : SHOP.index("  alerts:")]
    moved = project(folder, "moved", f"resources:\n{program}")
    (moved / "Pulumi.yaml").write_text((moved / "Pulumi.yaml").read_text().replace("name: moved", "name: shop", 1))
    stacks.pulumi(moved, "stack", "init", "sandbox-orders-yaml")
    stacks.pulumi(shop, "state", "move", "--yes", "--source", "sandbox-shop-yaml", "--dest", "sandbox-orders-yaml", urn)
    change(shop, (program, ""), ('  billing: ${orders.queueUrls["billing"]}\n', ""))
    stacks.pulumi(moved, "preview", "--expect-no-changes")
    stacks.pulumi(shop, "up", "--yes", "--skip-preview")  # without the output
    stacks.pulumi(shop, "preview", "--expect-no-changes")


WRONG = """
resources:
  network: {type: "slipway:index:Network", properties: {nat: single}}
  orders: {type: "slipway:index:FanOut", properties: {queues: {billing: {}, shipping: {}}}}
  work: {type: "slipway:index:Queue", properties: {visibilityTimeoutSeconds: 50000}}
  mail: {type: "slipway:index:FanOut", properties: {queues: {mail: {maxReceives: 2000}}}}
"""


def test_a_preview_tells_every_refusal_in_the_programs_names_and_nothing_else(stacks: Stacks, folder: Path) -> None:
    wrong = project(folder, "wrong", WRONG)
    # as `pulumi package add` writes it with the official CLI
    by_path = (wrong / "Pulumi.yaml").read_text()
    line = "plugins: {providers: [{name: slipway, path: ../slipway/components}]}"
    assert line in by_path
    (wrong / "Pulumi.yaml").write_text(by_path.replace(line, "packages: {slipway: ../slipway/components}"))
    stacks.pulumi(wrong, "stack", "init", "sandbox-wrong")
    shown = stacks.run(wrong, "pulumi", "preview")
    assert shown.returncode != 0
    errors = [line.partition("has a problem: ")[2] for line in shown.stdout.partition("Diagnostics:")[2].splitlines()]
    assert sorted(filter(None, errors)) == [
        "FanOut 'mail': queues.mail.maxReceives must be a whole number 1-1000, got 2000",
        "Queue 'work': visibilityTimeoutSeconds must be a whole number 0-43200, got 50000",
    ]
    assert "closing" not in shown.stdout


WITHOUT_DEFAULTS = """
resources:
  slipway: {type: "pulumi:providers:slipway"}
  here: {type: "pulumi:providers:aws", properties: {region: eu-west-1}}
  seed: {type: "aws:sqs:Queue", options: {provider: "${here}"}}
  later: {type: "pulumi:providers:aws", properties: {region: "${seed.region}"}}
  network: {type: "slipway:index:Network", properties: {nat: none}, options: {provider: "${slipway}", providers: ["${later}"]}}
  cluster: {type: "slipway:index:Cluster", options: {provider: "${slipway}", providers: ["${later}"]}}
  topic: {type: "slipway:index:Topic", properties: {createKmsKey: true}, options: {provider: "${slipway}", providers: ["${later}"]}}
  orders: {type: "slipway:index:FanOut", properties: {queues: {billing: {}}}, options: {provider: "${slipway}", providers: ["${later}"]}}
"""
UNDER_A_PARENT = """
  inner: {type: "slipway:index:Topic", properties: {createKmsKey: true}, options: {parent: "${network}"}}
"""


def test_without_default_providers_components_use_one_that_is_not_known_until_the_update(
    stacks: Stacks, folder: Path
) -> None:
    directory = project(folder, "explicit", WITHOUT_DEFAULTS)
    stacks.pulumi(directory, "stack", "init", "sandbox-explicit")
    settings = {"config": {"pulumi:disable-default-providers": ["*"]}}
    (directory / "Pulumi.sandbox-explicit.yaml").write_text(json.dumps(settings))
    stacks.pulumi(directory, "preview")
    stacks.pulumi(directory, "up", "--yes", "--skip-preview")
    stacks.pulumi(directory, "preview", "--expect-no-changes")
    assert set(stacks.resources(directory, "pulumi:providers:aws")) == {"here", "later"}
    (directory / "Pulumi.yaml").write_text((directory / "Pulumi.yaml").read_text() + UNDER_A_PARENT)
    shown = stacks.run(directory, "pulumi", "preview")
    assert shown.returncode != 0
    assert "Default provider for 'aws' disabled" in shown.stdout, "YAML hands no parent's providers to a component"
    assert "Traceback" not in shown.stdout
    assert 'File "' not in shown.stdout
