"""Micro-stacks from the wheels, in folders outside of the checkout: a platform, and two services in stacks of their own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.components.stacks import Stacks

PLATFORM = """
import slipway

slipway.speed_up_program()
import pulumi
from slipway import Cluster, LoadBalancer, Network, Topic, export_platform

network = Network("main", {"nat": "none"})
edge = LoadBalancer(
    "edge",
    {"vpc_id": network.vpc_id, "subnet_ids": network.public_subnet_ids, "allowed_cidr_blocks": ["203.0.113.0/24"]},
)
export_platform(
    {
        "network": network,
        "cluster": Cluster("main", {}),
        "load_balancer": edge,
        "topics": {"orders": Topic("orders", {"create_kms_key": True})},
        "values": {"domain": "shop.example.com"},
        "secrets": {"token": pulumi.Config().require_secret("token")},
    }
)
"""
SERVICE = """
import slipway

slipway.speed_up_program()
import pulumi
from slipway import FargateService, Platform

config = pulumi.Config()
platform = Platform.read("organization/platform/sandbox-platform")
edge, orders = platform.load_balancer, platform.topic("orders")
FargateService(
    config.require("name"),
    {
        "cluster_arn": platform.cluster.cluster_arn,
        "vpc_id": platform.network.vpc_id,
        "subnet_ids": platform.network.private_subnet_ids,
        "image": "slipway-sandbox/python:3.12",
        "desired_count": 0,
        "container_port": 8080,
        "listener": {
            "listener_arn": edge.listener_arn,
            "security_group_id": edge.security_group_id,
            "rules": {"all": {"path_patterns": [config.require("path")]}},
        },
        "environment": {"DOMAIN": platform.value("domain")},
        "links": {"TOPIC_ARN": {"publish_to": orders.topic_arn, "kms_key_arn": orders.kms_key_arn}},
        "without_verdict": True,
    },
)
pulumi.export("domain", platform.value("domain"))
pulumi.export("token", platform.secret("token"))
"""
READS = "Platform 'organization/platform/sandbox-platform': "


def program(folder: Path, name: str, text: str, virtualenv: Path) -> Path:
    """A program in a folder of its own."""
    folder.mkdir()
    project = {"name": name, "runtime": {"name": "python", "options": {"virtualenv": str(virtualenv)}}}
    (folder / "Pulumi.yaml").write_text(json.dumps(project))
    (folder / "__main__.py").write_text(text)
    return folder


def refused(stacks: Stacks, directory: Path, *arguments: str) -> str:
    """Output of a Pulumi command that must fail without a traceback."""
    done = stacks.run(directory, "pulumi", *arguments)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout
    return done.stdout


@pytest.mark.engine
def test_services_of_other_stacks_stand_on_a_platform_and_change_nothing_in_it(
    environment: Callable[..., Path], stacks: Stacks, tmp_path: Path
) -> None:
    virtualenv = environment("slipway-components")
    platform = program(tmp_path / "platform", "platform", PLATFORM, virtualenv)
    service = program(tmp_path / "service", "service", SERVICE, virtualenv)
    for name, path in (("stock", "/stock"), ("shop", "/shop")):
        stacks.pulumi(service, "stack", "init", f"sandbox-{name}")
        stacks.pulumi(service, "config", "set", "name", name)
        stacks.pulumi(service, "config", "set", "path", path)
    assert f"error: {READS}the stack must be there, got none of this name" in refused(stacks, service, "preview")
    stacks.pulumi(platform, "stack", "init", "sandbox-platform")
    assert (
        f"error: {READS}output 'platform' must be there, got no outputs; run pulumi up in that stack first"
        in refused(stacks, service, "preview")
    )

    stacks.pulumi(platform, "config", "set", "--secret", "token", "hunter2")
    stacks.pulumi(platform, "up", "--yes", "--skip-preview")
    stacks.pulumi(service, "up", "--yes", "--skip-preview")
    stacks.pulumi(service, "preview", "--expect-no-changes")
    assert json.loads(stacks.pulumi(service, "stack", "output", "--json")) == {
        "domain": "shop.example.com",
        "token": "[secret]",
    }
    policy = json.loads(stacks.inputs(service, "aws:iam/rolePolicy:RolePolicy")["shop-task"]["policy"])
    assert [statement["Action"] for statement in policy["Statement"]] == [
        ["sns:Publish"],
        ["kms:Decrypt", "kms:GenerateDataKey"],
    ]

    stacks.pulumi(service, "stack", "select", "sandbox-stock")
    stacks.pulumi(service, "config", "set", "path", "/shop")
    assert (
        "FargateService 'stock': listener.rules.all has priority 31453 like rule 'shop-all' of another stack on this listener"
    ) in refused(stacks, service, "up", "--yes")
    untouched = json.loads(stacks.pulumi(service, "stack", "export"))["deployment"]
    assert "resources" not in untouched, "the preview has made nothing"
    stacks.pulumi(service, "config", "set", "path", "/stock")
    stacks.pulumi(service, "up", "--yes")

    stacks.pulumi(platform, "preview", "--expect-no-changes", "--refresh")
    for name in ("shop", "stock"):
        stacks.pulumi(service, "destroy", "--yes", "--skip-preview", "--stack", f"sandbox-{name}")
    stacks.pulumi(platform, "destroy", "--yes", "--skip-preview")
