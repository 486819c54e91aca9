"""Arguments of EksCluster that work."""

from typing import Any

from tests.support.components.service_samples import KEY

ROLE = "arn:aws:iam::123456789012:role"
SUBNETS = {"subnet_ids": ["subnet-00000001", "subnet-00000002"]}
EKS_CLUSTER: dict[str, Any] = SUBNETS | {"admins": {"deployer": f"{ROLE}/deployer"}}
RICH_EKS_CLUSTER: dict[str, Any] = SUBNETS | {
    "admins": {"platform": f"{ROLE}/teams/platform", "deployer": f"{ROLE}/deployer"},
    "viewers": {"support": f"{ROLE}/support"},
    "deployer": "deployer",
    "version": "1.35",
    "support_type": "EXTENDED",
    "node_groups": {
        "main": {
            "instance_types": ["m7g.large", "m6g.large"],
            "min_size": 1,
            "max_size": 6,
            "disk_gib": 50,
            "spot": True,
        },
        "spare": {},
    },
    "add_ons": {
        "aws-ebs-csi-driver": {
            "version": "v1.44.0-eksbuild.1",
            "service_account_role_arns": {"ebs-csi-controller-sa": f"{ROLE}/volumes"},
        },
        "coredns": {"version": "v1.12.1-eksbuild.2"},
    },
    "allowed_cidr_blocks": ["203.0.113.0/24"],
    "kms_key_arn": KEY,
    "log_retention_days": 90,
    "deletion_protection": True,
    "tags": {"team": "shop"},
}
OTHER_EKS_CLUSTER: dict[str, Any] = EKS_CLUSTER | {
    "node_pools": ["general-purpose"],
    "add_ons": {"aws-efs-csi-driver": {}},
}
EXISTING_EKS_CLUSTER: dict[str, Any] = {"cluster_name": "shared", "deployer_role_arn": f"{ROLE}/deployer"}
