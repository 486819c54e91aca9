"""Clusters and roles in a test's sandbox."""

import json
from typing import Any

from slipway_sandbox.process.held_files import wait_until
from tests.support.commands import HANG_SECONDS

ACCOUNT = "123456789012"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    ],
}


AUTO_MODE: dict[str, Any] = {
    "computeConfig": {
        "enabled": True,
        "nodePools": ["general-purpose"],
        "nodeRoleArn": f"arn:aws:iam::{ACCOUNT}:role/nodes",
    },
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    "storageConfig": {"blockStorage": {"enabled": True}},
}


def create_cluster(box: Any, name: str = "main", **members: Any) -> dict[str, Any]:
    """A cluster with access entries, once it is active, as `describe_cluster` shows it."""
    eks = box.client("eks")
    subnets = [subnet["SubnetId"] for subnet in box.client("ec2").describe_subnets()["Subnets"]]
    eks.create_cluster(
        name=name,
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks",
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API"},
        **members,
    )
    return active(box, name)


def active(box: Any, name: str = "main") -> dict[str, Any]:
    """The cluster, once its control plane is ready."""
    eks = box.client("eks")
    cluster: dict[str, Any] = {}

    def has_started() -> bool:
        cluster.update(eks.describe_cluster(name=name)["cluster"])
        return bool(cluster["status"] != "CREATING")

    assert wait_until(has_started, HANG_SECONDS)
    assert cluster["status"] == "ACTIVE", box.log()
    return cluster


def trusted_role(iam: Any, name: str) -> str:
    """ARN of a new role that the account may assume."""
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"])
