"""Components that change their name, their stack or their past, on the real engine: everything that exists stays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: reuse
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
# Every component; the names begin with the configured one.
RENAMED = f"""
import pulumi
from slipway import (
    Bastion, Cluster, ContainerImage, FanOut, FargateService, Host, LoadBalancer, Network, Queue, QueueWorker, Topic,
)

config = pulumi.Config()
new, old = config.require("name"), config.get("oldName")


def made(kind, role, args):
    aliases = [pulumi.Alias(name=f"{{old}}-{{role}}")] if old else None
    return kind(f"{{new}}-{{role}}", args, pulumi.ResourceOptions(aliases=aliases))


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
    "container_name": "main",
}}
web = {{"desired_count": 0, "container_port": 8080, "load_balancer": sources}}
made(FargateService, "api", tasks | web | {{"service_connect": {{"namespace_arn": cluster.service_connect_namespace_arn}}}})
queues = {{"work": {{"queue_arn": queue.queue_arn, "queue_url": queue.queue_url}}}}
made(QueueWorker, "worker", tasks | {{"queues": queues, "min_tasks": 0}})
door = {{"vpc_id": network.vpc_id, "subnet_id": network.first_public_subnet_id}}
ways = {{"access": ["key_pair", "session_manager"], "key_file": "door.pem", "allowed_cidr_blocks": ["203.0.113.7/32"]}}
made(Bastion, "door", door | ways | {{"vpc_cidr_block": network.cidr_block}})
made(Host, "host", door | {{"inbound": {{"web": {{"port": 443, "cidr_block": "203.0.113.0/24"}}}}}})
"""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


def project(stacks: Stacks, folder: Path, program: str, stack: str) -> None:
    """A project with this program and a new stack."""
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "__main__.py").write_text(program)
    stacks.pulumi(folder, "stack", "init", stack)


def ids(stacks: Stacks, folder: Path, *selected: str) -> set[tuple[str, str]]:
    """Type and id of every resource of a stack that is no component."""
    exported = json.loads(stacks.pulumi(folder, "stack", "export", *selected))["deployment"]["resources"]
    return {(it["type"], it["id"]) for it in exported if "id" in it}


def steps(stacks: Stacks, folder: Path, *selected: str) -> dict[str, list[str]]:
    """Operation to the names of the resources with it in a preview, without those that stay the same."""
    shown: Any = json.loads(stacks.pulumi(folder, "preview", "--json", *selected))
    found: dict[str, list[str]] = {}
    for step in shown["steps"]:
        if step["op"] != "same":
            found.setdefault(step["op"], []).append(step["urn"].split("::", 2)[2])
    return found


def test_every_component_keeps_its_resources_under_another_name(stacks: Stacks, tmp_path: Path) -> None:
    project(stacks, tmp_path, RENAMED, "sandbox-renamed")
    stacks.pulumi(tmp_path, "config", "set", "name", "old")
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    stacks.pulumi(tmp_path, "config", "set", "name", "new")
    stacks.pulumi(tmp_path, "config", "set", "oldName", "old")
    assert set(steps(stacks, tmp_path)) == {"update"}
