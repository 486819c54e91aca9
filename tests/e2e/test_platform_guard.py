"""A platform that another stack uses: it is not destroyed and loses no part, until its user has moved or it is told to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.cloud_contents import client, resources
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: NAME
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PLATFORM = """
import pulumi_aws as aws
from slipway import Cluster, FargateService, Network, Topic, export_platform

network, cluster = Network("main", {"zone_count": 1, "nat": "none"}), Cluster("main", {})
# Of this stack, so no user: what it deploys beside the shared parts.
aws.ec2.SecurityGroup("database", vpc_id=network.vpc_id)
place = {"cluster_arn": cluster.cluster_arn, "vpc_id": network.vpc_id, "subnet_ids": network.private_subnet_ids}
FargateService("proxy", place | {"image": "slipway-sandbox/python:3.12", "desired_count": 0})
export_platform({"network": network, "cluster": cluster, "topics": {"orders": Topic("orders", {})}})
"""
SHOP = """
from slipway import FanOut, FargateService, Platform

platform = Platform.read("organization/platform/sandbox-platform")
FanOut("shop", {"topic_arn": platform.topic("orders").topic_arn, "queues": {"billing": {}}})
for name in SERVICES:
    FargateService(
        name,
        {
            "cluster_arn": platform.cluster.cluster_arn,
            "vpc_id": platform.network.vpc_id,
            "subnet_ids": platform.network.private_subnet_ids,
            "image": "slipway-sandbox/python:3.12",
            "desired_count": 0,
        },
    )
"""
GUARD = "urn:pulumi:sandbox-platform::platform::pulumi-python:dynamic/slipway:PlatformGuard::platform"
CLUSTER = "urn:pulumi:sandbox-platform::platform::slipway:index:Cluster$aws:ecs/cluster:Cluster::main"


class World(NamedTuple):
    """A platform and a stack on it."""

    stacks: Stacks
    platform: Path
    shop: Path

    def up(self, folder: Path) -> None:
        """Deploy a stack, which must succeed."""
        self.stacks.pulumi(folder, "up", "--yes", "--skip-preview")

    def refused(self, *command: str) -> str:
        """What a command on the platform says that the guard must refuse: the users in the sentence."""
        done = self.stacks.run(self.platform, "pulumi", *command)
        assert done.returncode != 0, done.stdout
        assert "Traceback" not in done.stdout
        start, end = (
            "export_platform 'platform': what other stacks use must stay, got ",
            "; move or destroy these first",
        )
        assert f"{end}, or go on all the same with `pulumi state delete '{GUARD}'`" in done.stdout
        return done.stdout.rpartition(start)[2].partition(end)[0]

    def clusters(self) -> list[str]:
        """Names of the clusters at AWS."""
        arns = client(self.stacks.environment, "ecs").list_clusters()["clusterArns"]
        return [arn.rpartition("/")[2] for arn in arns]

    def service(self, name: str) -> str:
        """Physical name of a service of the shop."""
        return str(self.stacks.resources(self.shop, "aws:ecs/service:Service")[name]["outputs"]["name"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Both stacks deployed to a sandbox of this module's own."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as stacks:
        folders = []
        for name, program in (("platform", PLATFORM), ("shop", SHOP.replace("SERVICES", '["shop"]'))):
            folder = tmp_path_factory.mktemp(name)
            (folder / "Pulumi.yaml").write_text(PROJECT.replace("NAME", name))
            (folder / "__main__.py").write_text(program)
            stacks.pulumi(folder, "stack", "init", f"sandbox-{name}")
            stacks.pulumi(folder, "up", "--yes", "--skip-preview")
            folders.append(folder)
        yield World(stacks, *folders)


def test_a_second_service_changes_nothing_in_the_platform(world: World) -> None:
    (world.shop / "__main__.py").write_text(SHOP.replace("SERVICES", '["shop", "returns"]'))
    world.up(world.shop)
    world.stacks.pulumi(world.platform, "preview", "--expect-no-changes")
    (world.shop / "__main__.py").write_text(SHOP.replace("SERVICES", '["shop"]'))
    world.up(world.shop)


def test_a_used_cluster_is_replaced_in_no_preview_and_deleted_once_its_user_has_moved(world: World) -> None:
    [old] = world.clusters()
    user = f"ECS service '{world.service('shop')}' in cluster '{old}'"
    assert world.refused("preview", "--replace", CLUSTER) == user
    assert world.refused("up", "--yes", "--skip-preview", "--replace", CLUSTER) == user
    assert world.refused("preview") == user
    assert len(world.clusters()) == 2
    world.up(world.shop)
    world.up(world.platform)
    assert len(world.clusters()) == 1
    assert old not in world.clusters()


def test_a_used_platform_is_destroyed_once_it_is_told_to_and_its_user_lives_on(world: World) -> None:
    before = resources(world.stacks.environment)
    [cluster] = world.clusters()
    groups = client(world.stacks.environment, "ec2").describe_security_groups()["SecurityGroups"]
    [group] = [it["GroupName"] for it in groups if it["GroupName"].startswith("shop")]
    [vpc] = world.stacks.resources(world.platform, "aws:ec2/vpc:Vpc").values()
    [topic] = world.stacks.resources(world.platform, "aws:sns/topic:Topic").values()
    queues = world.stacks.resources(world.shop, "aws:sqs/queue:Queue")
    assert world.refused("destroy", "--yes", "--skip-preview").split(", ") == [
        f"ECS service '{world.service('shop')}' in cluster '{cluster}'",
        f"sqs subscription '{queues['shop-billing']['outputs']['name']}' to topic '{topic['outputs']['name']}'",
        f"security group '{group}' in {vpc['id']}",
    ]
    assert resources(world.stacks.environment) == before
    world.stacks.pulumi(world.platform, "preview", "--expect-no-changes")

    world.stacks.pulumi(world.platform, "state", "delete", "--yes", GUARD)
    # AWS deletes no cluster with services.
    assert world.stacks.run(world.platform, "pulumi", "destroy", "--yes", "--skip-preview").returncode != 0
    world.stacks.pulumi(world.shop, "preview")
    world.up(world.platform)
    world.up(world.shop)
    for folder in (world.shop, world.platform):
        world.stacks.pulumi(folder, "destroy", "--yes", "--skip-preview")
    assert world.clusters() == []
    outputs = json.loads(world.stacks.pulumi(world.platform, "stack", "output", "--json"))
    assert outputs == {}
