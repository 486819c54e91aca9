"""Programs in YAML with the component plugin, from folders outside of the checkout."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.dynamic import public_half
from tests.support.components.stacks import Stacks
from tests.support.yaml_projects import project

pytestmark = pytest.mark.engine

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
def shop(stacks: Stacks, yaml_folder: Path) -> Path:
    """Folder of a deployed stack."""
    directory = project(yaml_folder, "shop", SHOP)
    stacks.pulumi(directory, "stack", "init", "sandbox-shop-yaml")
    stacks.pulumi(directory, "up", "--yes", "--skip-preview")
    return directory


def change(directory: Path, *replacements: tuple[str, str]) -> None:
    """Change the program, that is the deployed one with these replacements."""
    program = SHOP
    for before, after in replacements:
        assert before in program
        program = program.replace(before, after)
    project(directory.parent, directory.name, program)


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


def test_one_component_of_a_yaml_program_moves_to_another_stack_alone(
    stacks: Stacks, shop: Path, yaml_folder: Path
) -> None:
    urn = "urn:pulumi:sandbox-shop-yaml::shop::slipway:index:FanOut::orders"
    program = SHOP[SHOP.index("  orders:") : SHOP.index("  alerts:")]
    moved = project(yaml_folder, "moved", f"resources:\n{program}")
    (moved / "Pulumi.yaml").write_text((moved / "Pulumi.yaml").read_text().replace("name: moved", "name: shop", 1))
    stacks.pulumi(moved, "stack", "init", "sandbox-orders-yaml")
    stacks.pulumi(shop, "state", "move", "--yes", "--source", "sandbox-shop-yaml", "--dest", "sandbox-orders-yaml", urn)
    change(shop, (program, ""), ('  billing: ${orders.queueUrls["billing"]}\n', ""))
    stacks.pulumi(moved, "preview", "--expect-no-changes")
    stacks.pulumi(shop, "up", "--yes", "--skip-preview")  # without the output
    stacks.pulumi(shop, "preview", "--expect-no-changes")


WITHOUT_DEFAULTS = """
resources:
  slipway: {type: "pulumi:providers:slipway"}
  here: {type: "pulumi:providers:aws", properties: {region: eu-west-1}}
  seed: {type: "aws:sqs:Queue", options: {provider: "${here}"}}
  later: {type: "pulumi:providers:aws", properties: {region: "${seed.region}"}}
  network: {type: "slipway:index:Network", properties: {nat: none, interfaceEndpoints: [logs]}, OPTIONS}
  cluster: {type: "slipway:index:Cluster", OPTIONS}
  topic: {type: "slipway:index:Topic", properties: {createKmsKey: true}, OPTIONS}
  orders: {type: "slipway:index:FanOut", properties: {queues: {billing: {}}}, OPTIONS}
  api: {type: "slipway:index:FargateService", properties: {TASK, desiredCount: 0}, OPTIONS}
  work:
    type: slipway:index:QueueWorker
    properties:
      queues: {orders: {queueArn: '${orders.queueArns["billing"]}', queueUrl: '${orders.queueUrls["billing"]}'}}
      minTasks: 0
      maxTasks: 1
      backlogPerTask: 10
      TASK
    OPTIONS
  nightly: {type: "slipway:index:Job", properties: {TASK, schedule: "cron(0 3 * * ? *)"}, OPTIONS}
  door:
    type: slipway:index:Bastion
    properties:
      vpcId: ${network.vpcId}
      vpcCidrBlock: ${network.cidrBlock}
      subnetId: ${network.firstPublicSubnetId}
      allowedCidrBlocks: ["203.0.113.7/32"]
      keyFile: keys/door.pem
    OPTIONS
"""
OPTIONS = 'options: {provider: "${slipway}", providers: ["${later}"]}'
TASK = {
    "clusterArn": "${cluster.clusterArn}",
    "vpcId": "${network.vpcId}",
    "subnetIds": "${network.privateSubnetIds}",
    "image": f"localhost:1/api@sha256:{'a' * 64}",
}
UNDER_A_PARENT = """
  inner: {type: "slipway:index:Topic", properties: {createKmsKey: true}, options: {parent: "${network}"}}
"""


def without_defaults() -> str:
    """The program, with the options and the arguments that its components share."""
    task = "\n      ".join(f"{key}: {json.dumps(value)}" for key, value in TASK.items())
    inline = ", ".join(f"{key}: {json.dumps(value)}" for key, value in TASK.items())
    program = WITHOUT_DEFAULTS.replace("OPTIONS", OPTIONS)
    return program.replace("{TASK", f"{{{inline}").replace("      TASK\n", f"      {task}\n")


@pytest.fixture(scope="module")
def explicit(stacks: Stacks, yaml_folder: Path) -> Iterator[Path]:
    """Folder of a stack deployed without default providers; destroyed in the end, and with it the key file."""
    directory = project(yaml_folder, "explicit", without_defaults())
    stacks.pulumi(directory, "stack", "init", "sandbox-explicit")
    settings = {"config": {"pulumi:disable-default-providers": ["*"]}}
    (directory / "Pulumi.sandbox-explicit.yaml").write_text(json.dumps(settings))
    stacks.pulumi(directory, "preview")
    stacks.pulumi(directory, "up", "--yes", "--skip-preview")
    yield directory
    stacks.pulumi(directory, "destroy", "--yes", "--skip-preview")
    assert not (directory / "keys" / "door.pem").exists(), "the plugin removes it, without the program"


def test_without_default_providers_components_use_one_that_is_not_known_until_the_update(
    stacks: Stacks, explicit: Path
) -> None:
    stacks.pulumi(explicit, "preview", "--expect-no-changes")
    assert set(stacks.resources(explicit, "pulumi:providers:aws")) == {"here", "later"}
    assert set(stacks.resources(explicit, "pulumi:providers:slipway")) == {"slipway"}
    key = stacks.resources(explicit, "slipway:index:PrivateKey")["door"]["outputs"]
    assert public_half(explicit / "keys" / "door.pem") == key["public_key"].removesuffix(" door")


def test_in_yaml_a_component_takes_no_providers_from_its_parent(stacks: Stacks, explicit: Path) -> None:
    program = (explicit / "Pulumi.yaml").read_text()
    (explicit / "Pulumi.yaml").write_text(program + UNDER_A_PARENT)
    shown = stacks.run(explicit, "pulumi", "preview")
    (explicit / "Pulumi.yaml").write_text(program)
    assert shown.returncode != 0
    assert "Default provider for 'aws' disabled" in shown.stdout
    assert "Traceback" not in shown.stdout
    assert 'File "' not in shown.stdout


IN_PYTHON = """
import pulumi
import pulumi_aws as aws
from slipway import Bastion, Cluster, FanOut, FargateService, Job, Network, QueueWorker, Topic

here = aws.Provider("here", region="eu-west-1")
seed = aws.sqs.Queue("seed", opts=pulumi.ResourceOptions(provider=here))
python = pulumi.ProviderResource("pulumi-python", "python", {})
opts = pulumi.ResourceOptions(providers=[aws.Provider("later", region=seed.region), python])
network = Network("network", {"nat": "none", "interface_endpoints": ["logs"]}, opts)
cluster = Cluster("cluster", {}, opts)
Topic("topic", {"create_kms_key": True}, opts)
orders = FanOut("orders", {"queues": {"billing": {}}}, opts)
task = {
    "cluster_arn": cluster.cluster_arn,
    "vpc_id": network.vpc_id,
    "subnet_ids": network.private_subnet_ids,
    "image": "localhost:1/api@sha256:" + "a" * 64,
}
FargateService("api", task | {"desired_count": 0}, opts)
queue = {"queue_arn": orders.queue_arns["billing"], "queue_url": orders.queue_urls["billing"]}
QueueWorker("work", task | {"queues": {"orders": queue}, "min_tasks": 0, "max_tasks": 1, "backlog_per_task": 10}, opts)
Job("nightly", task | {"schedule": "cron(0 3 * * ? *)"}, opts)
place = {"vpc_id": network.vpc_id, "vpc_cidr_block": network.cidr_block, "subnet_id": network.first_public_subnet_id}
Bastion("door", place | {"allowed_cidr_blocks": ["203.0.113.7/32"], "key_file": "keys/door.pem"}, opts)
"""


def test_a_program_that_moves_from_yaml_to_python_keeps_every_resource_and_the_key(
    stacks: Stacks, explicit: Path
) -> None:
    program = (explicit / "Pulumi.yaml").read_text()
    options = "options: {virtualenv: ../slipway/.venv}"
    (explicit / "Pulumi.yaml").write_text(f"name: explicit\nruntime: {{name: python, {options}}}\n")
    (explicit / "__main__.py").write_text(IN_PYTHON)
    steps = json.loads(stacks.pulumi(explicit, "preview", "--json"))["steps"]
    (explicit / "__main__.py").unlink()
    (explicit / "Pulumi.yaml").write_text(program)
    kinds = [(step["urn"].split("::")[2].rpartition("$")[2], step["op"]) for step in steps]
    changed = {(kind, op) for kind, op in kinds if op not in ("same", "read") and kind != "pulumi:providers:aws"}
    assert changed == {
        ("pulumi-python:dynamic/slipway:PrivateKey", "update"),
        ("pulumi:providers:pulumi-python", "create"),
        ("pulumi:providers:slipway", "delete"),
    }


def test_a_service_in_yaml_that_does_not_start_fails_the_update_and_stays_red(stacks: Stacks, explicit: Path) -> None:
    program = (explicit / "Pulumi.yaml").read_text()
    (explicit / "Pulumi.yaml").write_text(program.replace("desiredCount: 0}", "desiredCount: 1, command: [serve]}"))
    done = stacks.run(explicit, "pulumi", "up", "--yes", "--skip-preview")
    assert done.returncode != 0
    verdict = done.stdout.partition("aws:ecs:Service (api):\n")[2].split("\n\n")[0]
    assert ":2 was rolled back to api-" in verdict
    assert "\n      look at: check that the image exists, and that the subnets have a way to its registry" in verdict
    assert "service 'api': the deployment failed, for the reasons given beside aws:ecs:Service" in done.stdout
    shown = stacks.pulumi(explicit, "preview")
    assert "warning: service 'api': the deployment of api-" in shown, "nothing changed, and it is red still"


def test_a_protected_component_outlives_a_destroy_of_its_stack_alone(stacks: Stacks, shop: Path) -> None:
    cluster = '  cluster: {type: "slipway:index:Cluster"'
    change(shop, (cluster, f"{cluster}, options: {{protect: true}}"))
    stacks.pulumi(shop, "up", "--yes", "--skip-preview")
    kept = stacks.resources(shop, "aws:ecs/cluster:Cluster")
    done = stacks.run(shop, "pulumi", "destroy", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert stacks.resources(shop, "aws:ecs/cluster:Cluster") == kept
    assert "aws:ec2/vpc:Vpc" not in stacks.state(shop)
