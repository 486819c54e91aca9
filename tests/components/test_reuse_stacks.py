"""Components that change their name, their stack or their past, on the real engine: everything that exists stays."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud_contents import client
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: reuse
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
# Every component; the names begin with the configured one.
EVERY_COMPONENT = f"""
import slipway

slipway.speed_up_program()
import pulumi
from slipway import (
    Bastion, Cluster, ContainerImage, FanOut, FargateService, Host, LoadBalancer, Network, Queue, QueueWorker, Topic,
)

config = pulumi.Config()
new, old = config.require("name"), config.get("oldName")


def made(kind, role, args, parent=None):
    args = args | {{"tags": {{"owner": new}}}}
    aliases = [pulumi.Alias(name=f"{{old}}-{{role}}")] if old else None
    return kind(f"{{new}}-{{role}}", args, pulumi.ResourceOptions(aliases=aliases, parent=parent))


network = made(Network, "net", {{"nat": "instance", "interface_endpoints": ["logs"]}})
cluster = made(Cluster, "cluster", {{"service_connect_namespace": "reuse.internal"}})
image = made(ContainerImage, "image", {{"context": "{CHECKOUT}/tests/support/components/image", "force_delete": True}})
queue = made(Queue, "queue", {{"create_kms_key": True}})
topic = made(Topic, "topic", {{"create_kms_key": True, "log_failed_deliveries": True}})
made(FanOut, "orders", {{"queues": {{"billing": {{}}}}, "alarm_topic_arn": topic.topic_arn}})
sources = {{"subnet_ids": network.public_subnet_ids, "allowed_cidr_blocks": ["203.0.113.0/24"]}}
made(LoadBalancer, "edge", {{"vpc_id": network.vpc_id, **sources}})
tasks = {{
    "cluster_arn": cluster.cluster_arn,
    "vpc_id": network.vpc_id,
    "subnet_ids": network.private_subnet_ids,
    "image": image.image_uri,
    "container_name": "web",
}}
web = {{"desired_count": 0, "container_port": 8080, "load_balancer": sources}}
made(FargateService, "api", tasks | web | {{"service_connect": {{"namespace_arn": cluster.service_connect_namespace_arn}}}})
twin = pulumi.ComponentResource("team:index:Twin", "twin")  # one name under two parents
made(FargateService, "api", tasks | {{"desired_count": 0}}, twin)
queues = {{"work": {{"queue_arn": queue.queue_arn, "queue_url": queue.queue_url}}}}
made(QueueWorker, "worker", tasks | {{"queues": queues, "min_tasks": 0}})
door = {{"vpc_id": network.vpc_id, "subnet_id": network.first_public_subnet_id}}
ways = {{"access": ["key_pair", "session_manager"], "key_file": "door.pem", "allowed_cidr_blocks": ["203.0.113.7/32"]}}
made(Bastion, "door", door | ways | {{"vpc_cidr_block": network.cidr_block}})
made(Host, "host", door | {{"inbound": {{"web": {{"port": 443, "cidr_block": "203.0.113.0/24"}}}}}})
pulumi.export("clusterArn", cluster.cluster_arn)
pulumi.export("vpcId", network.vpc_id)
pulumi.export("subnetIds", network.private_subnet_ids)
"""
PLATFORM, SHOP, QUEUES = "sandbox-platform", "sandbox-shop", "sandbox-queues"
SHOWN = dict(
    re.findall(
        r"^```python\n# (\w+)\n(.*?)^```", (CHECKOUT / "docs" / "moving.md").read_text(), re.MULTILINE | re.DOTALL
    )
)
"""Programs of the guide, by their first line."""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


@pytest.fixture(scope="module")
def platform(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a deployed stack with every component."""
    folder = project(tmp_path_factory.mktemp("platform"), EVERY_COMPONENT)
    stacks.pulumi(folder, "stack", "init", PLATFORM)
    configure(folder, PLATFORM, name="old")
    stacks.pulumi(folder, "up", "--yes", "--skip-preview")
    return folder


def configure(folder: Path, stack: str, others: dict[str, object] | None = None, **values: object) -> None:
    """Write the values of a stack; `others` are not the program's."""
    content = {"config": {**(others or {}), **{f"reuse:{key}": value for key, value in values.items()}}}
    (folder / f"Pulumi.{stack}.yaml").write_text(json.dumps(content))


def project(folder: Path, program: str) -> Path:
    """The folder, as a project with this program."""
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "__main__.py").write_text(program)
    return folder


def steps(stacks: Stacks, folder: Path) -> dict[str, set[str]]:
    """Operation to the resources with it in a preview, each as type and name, without those that stay the same."""
    found: dict[str, set[str]] = {}
    for step in json.loads(stacks.pulumi(folder, "preview", "--json"))["steps"]:
        if step["op"] not in ("same", "read"):
            types, name = step["urn"].split("::")[2:]
            found.setdefault(step["op"], set()).add(f"{types.rpartition('$')[2]} {name}")
    return found


def imported(spec: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """The file of an import with the components, and with the children that exist, by type and name."""
    kept = [it for it in spec["resources"] if it.get("component")]
    for it in spec["resources"]:
        key = f"{it['type']} {it.get('logicalName', it['name'])}"
        kept += [it | {"id": ids[key]}] if key in ids else []
    return spec | {"resources": kept}


def test_every_component_keeps_its_resources_under_another_name_and_tags(stacks: Stacks, platform: Path) -> None:
    configure(platform, PLATFORM, {"aws:defaultTags": {"tags": {"cost-center": "7"}}}, name="new", oldName="old")
    assert set(steps(stacks, platform)) == {"update"}


def test_a_queue_and_a_service_are_imported_into_components_and_a_component_moves_to_another_stack(
    stacks: Stacks, platform: Path, tmp_path: Path
) -> None:
    outputs = json.loads(stacks.pulumi(platform, "stack", "output", "--json"))
    service, urls = made_by_hand(stacks, outputs)
    project(tmp_path, SHOWN["import"])
    stacks.pulumi(tmp_path, "stack", "init", SHOP)
    configure(tmp_path, SHOP, **outputs)
    stacks.pulumi(tmp_path, "preview", "--import-file", "import.json")
    ids = {
        "aws:ecs/service:Service api": service,
        "aws:sqs/queue:Queue work": urls[0],
        "aws:sqs/queue:Queue work-dead": urls[1],
    }
    file = tmp_path / "import.json"
    file.write_text(json.dumps(imported(json.loads(file.read_text()), ids)))
    stacks.pulumi(
        tmp_path,
        "import",
        "--yes",
        "--skip-preview",
        "--file",
        "import.json",
        "--generate-code=false",
        "--protect=false",
    )
    planned = steps(stacks, tmp_path)
    assert set(planned) == {"create", "update"}
    assert planned["update"] == {*ids, "slipway:index:Queue work", "slipway:index:FargateService api"}
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    assert stacks.resources(tmp_path, "aws:ecs/service:Service")["api"]["outputs"]["name"] == "by-hand"
    assert {it["id"] for it in stacks.resources(tmp_path, "aws:sqs/queue:Queue").values()} == set(urls)

    stacks.pulumi(tmp_path, "stack", "init", QUEUES)
    configure(tmp_path, QUEUES, **outputs, service=False)
    configure(tmp_path, SHOP, **outputs, queue=False)
    listed = stacks.pulumi(tmp_path, "stack", "--show-urns", "--stack", SHOP)
    [urn] = re.findall(r"urn:pulumi:sandbox-shop::reuse::slipway:index:Queue::work\b", listed)
    stacks.pulumi(tmp_path, "state", "move", "--yes", "--source", SHOP, "--dest", QUEUES, urn)
    for stack in (QUEUES, SHOP):
        stacks.pulumi(tmp_path, "preview", "--stack", stack, "--expect-no-changes")


def made_by_hand(stacks: Stacks, outputs: dict[str, Any]) -> tuple[str, list[str]]:
    """A service and two queues that no stack knows: the service's id, and the queues' URLs."""
    sqs, ecs, ec2 = (client(stacks.environment, it) for it in ("sqs", "ecs", "ec2"))
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("by-hand", "by-hand-dead")]
    container = {"name": "web", "image": "slipway-sandbox/python:3.12", "command": ["sleep", "1000"]}
    ecs.register_task_definition(
        family="by-hand",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[container],
    )
    group = ec2.create_security_group(GroupName="by-hand", Description="By hand", VpcId=outputs["vpcId"])["GroupId"]
    ecs.create_service(
        cluster=outputs["clusterArn"],
        serviceName="by-hand",
        taskDefinition="by-hand",
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": outputs["subnetIds"], "securityGroups": [group]}},
    )
    return f"{outputs['clusterArn'].rpartition('/')[2]}/by-hand", urls
