"""EksCluster on the real engine: each harmless change is an update in place, and what goes is gone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud_contents import client
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: clusters
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = """
import json
from pathlib import Path

import pulumi
from pulumi_aws import iam, kms
from slipway import EksCluster, Network

wanted = json.loads(Path("wanted.json").read_text())
zones, is_tagged = wanted.get("zones", 2), wanted.get("is_tagged", False)
endpoints = {"nat": "none", "endpoints_for": ["EksCluster"]}
network = Network("main", {**endpoints, "eks_subnet_tags": is_tagged, "zone_count": zones})
trust = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}]})
roles = {name: iam.Role(name, assume_role_policy=trust).arn for name in ("deployer", "ops", "support")}
args = {
    "subnet_ids": network.private_subnet_ids,
    "admins": {name: roles[name] for name in wanted.get("admins", ["deployer"])},
    "deployer": "deployer",
    **wanted.get("more", {}),
}
if wanted.get("other_key"):
    args["kms_key_arn"] = kms.Key("other").arn
name = wanted.get("name", "main")
aliases = [pulumi.Alias(name="main")] if name != "main" else None
cluster = EksCluster(name, args, pulumi.ResourceOptions(aliases=aliases))
existing = EksCluster("taken", {"cluster_name": cluster.cluster_name, "deployer_role_arn": roles["deployer"]})
pulumi.export("taken", existing.kubeconfig)
for output in ("cluster_name", "kubeconfig", "kubeconfig_command", "log_group_name"):
    pulumi.export(output, getattr(cluster, output))
"""
CLUSTER, SUBNET = "aws:eks/cluster:Cluster", "aws:ec2/subnet:Subnet"
GROUPS = {"node_groups": {"main": {"instance_types": ["m7g.large"]}}}


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


class Program:
    """A stack of the program above."""

    def __init__(self, stacks: Stacks, folder: Path) -> None:
        self.stacks, self.folder = stacks, folder
        (folder / "Pulumi.yaml").write_text(PROJECT)
        (folder / "__main__.py").write_text(PROGRAM)
        stacks.pulumi(folder, "stack", "init", "sandbox-clusters")

    def want(self, **wanted: Any) -> None:
        """Writes what the program reads."""
        (self.folder / "wanted.json").write_text(json.dumps(wanted))

    def up(self, **wanted: Any) -> str:
        """Updates, and returns what the engine says."""
        self.want(**wanted)
        return self.stacks.pulumi(self.folder, "up", "--yes", "--skip-preview")

    def outputs(self) -> Any:
        """Outputs of the stack."""
        return json.loads(self.stacks.pulumi(self.folder, "stack", "output", "--json"))

    def ids(self) -> dict[str, str]:
        """Ids of the cluster and of what would replace it; the nodes' role follows from their kind."""
        state = self.stacks.state(self.folder)
        kinds = (CLUSTER, "aws:iam/role:Role", "aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup")
        found = {f"{kind} {name}": str(it["id"]) for kind in kinds for name, it in state[kind].items()}
        return {key: value for key, value in found.items() if not key.endswith(("-flow", "-auto", "-nodes"))}


def test_harmless_changes_replace_nothing_and_a_destroyed_cluster_leaves_nothing(
    stacks: Stacks, tmp_path: Path
) -> None:
    program = Program(stacks, tmp_path)
    eks = client(stacks.environment, "eks")
    program.want()
    stacks.pulumi(tmp_path, "preview")
    said = program.up()
    assert "runs this program and is none of admins and viewers, so kubectl lets it in only where it may assume" in said
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    first, ids, subnets = program.outputs(), program.ids(), stacks.resources(tmp_path, SUBNET)
    name = first["cluster_name"]
    cluster = eks.describe_cluster(name=name)["cluster"]
    assert cluster["resourcesVpcConfig"]["endpointPublicAccess"] is False
    assert eks.list_access_entries(clusterName=name)["accessEntries"] == [
        stacks.resources(tmp_path, "aws:iam/role:Role")["deployer"]["outputs"]["arn"]
    ]
    assert first["taken"] == first["kubeconfig"], "an existing cluster has the same outputs"
    assert first["log_group_name"] == f"/aws/eks/{name}/cluster"
    assert first["kubeconfig_command"].startswith(
        f"aws eks update-kubeconfig --name {name} --region eu-west-1 --role-arn"
    )

    changes: dict[str, Any] = {
        "tags": {"team": "shop"},
        "log_retention_days": 90,
        "allowed_cidr_blocks": ["203.0.113.0/24"],
        "support_type": "EXTENDED",
        "deletion_protection": True,
        "add_ons": {"metrics-server": {"version": "v0.8.0-eksbuild.2"}},
    }
    program.up(more=changes, admins=["deployer", "ops"], zones=3, is_tagged=True)
    cluster = eks.describe_cluster(name=name)["cluster"]
    assert cluster["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert len(cluster["resourcesVpcConfig"]["subnetIds"]) == 2, "a network that grows does not reach the cluster"
    tagged = stacks.resources(tmp_path, SUBNET)
    assert tagged["main-private-a"]["inputs"]["tags"]["kubernetes.io/role/internal-elb"] == "1"
    assert {name: tagged[name]["id"] for name in subnets} == {name: it["id"] for name, it in subnets.items()}
    assert (cluster["upgradePolicy"], cluster["deletionProtection"]) == ({"supportType": "EXTENDED"}, True)
    assert len(eks.list_access_entries(clusterName=name)["accessEntries"]) == 2
    program.want(more=changes | {"tags": {}}, other_key=True)
    refused = stacks.run(tmp_path, "pulumi", "up", "--yes", "--skip-preview")
    assert refused.returncode != 0
    assert "kms_key_arn must stay the key of the cluster's creation" in refused.stdout

    program.up(more={"allowed_cidr_blocks": ["203.0.113.0/24"], **GROUPS}, name="shop")
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes", "--refresh")
    assert sorted(program.ids().values()) == sorted(ids.values())
    assert program.outputs()["kubeconfig"] == first["kubeconfig"]
    assert eks.describe_cluster(name=name)["cluster"]["computeConfig"]["enabled"] is False
    assert len(eks.list_nodegroups(clusterName=name)["nodegroups"]) == 1

    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
    assert left_behind(stacks) == ([], [], [])
    program.up()
    assert program.outputs()["cluster_name"] != name
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
    assert left_behind(stacks) == ([], [], [])


def left_behind(stacks: Stacks) -> tuple[list[str], list[str], list[str]]:
    """Clusters, log groups of clusters, and roles."""
    groups = client(stacks.environment, "logs").describe_log_groups(logGroupNamePrefix="/aws/eks")["logGroups"]
    roles = client(stacks.environment, "iam").list_roles()["Roles"]
    return (
        client(stacks.environment, "eks").list_clusters()["clusters"],
        [group["logGroupName"] for group in groups],
        [role["RoleName"] for role in roles if not role["Path"].startswith("/aws-service-role/")],
    )
