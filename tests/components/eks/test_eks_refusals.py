"""EksCluster refuses in one sentence, before the first resource."""

from typing import Any

import pytest

from tests.support.components.eks.samples import EKS_CLUSTER, EXISTING_EKS_CLUSTER, ROLE
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY

EksCluster = COMPONENTS["EksCluster"]
DEPLOYER = f"{ROLE}/deployer"
SESSION = "arn:aws:sts::123456789012:assumed-role/deployer/run-7"
USER = "arn:aws:iam::123456789012:user/ann"
LINKED = f"{ROLE}/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"
LIKE = "write it like arn:aws:iam::123456789012:role/deployer"
TWO_ADMINS = {"ci": f"{ROLE}/ci", "ops": f"{ROLE}/ops"}


def group(**args: object) -> dict[str, Any]:
    """Arguments with one node group."""
    return {"node_groups": {"main": args}}


NEW: list[Refused] = [
    Refused({"admins": None}, "admins is required for a new cluster, got nothing; name the roles that administer it, such as "
            f'{{"deployer": "{DEPLOYER}"}}'),
    Refused({"admins": {}}, f'admins must have at least one entry, got none; for example {{"deployer": "{DEPLOYER}"}}'),
    Refused({"subnet_ids": None}, "subnet_ids is required for a new cluster, got nothing; give it private subnets of two zones, "
            "such as those of a Network"),
    Refused({"subnet_ids": ["subnet-00000001"]}, "subnet_ids must be of two zones at least, got 1"),
    Refused({"admins": {"ci": SESSION}}, f"admins.ci must be the ARN of a role, got '{SESSION}'; {LIKE}"),
    Refused({"viewers": {"ann": USER}}, f"viewers.ann must be the ARN of a role, got '{USER}'; {LIKE}"),
    Refused({"admins": {"eks": LINKED}}, f"admins.eks must not be a service-linked role, got {LINKED}; EKS lets in none, name a "
            "role of your own"),
    Refused({"viewers": {"all": DEPLOYER}}, f"viewers.all must be another role than admins.deployer, got {DEPLOYER} in both; "
            "remove one"),
    Refused({"viewers": {"deployer": f"{ROLE}/b"}}, "the keys of viewers must not be those of admins, got 'deployer' in both; an "
            "administrator may view, remove it"),
    Refused({"admins": {"my role": DEPLOYER}}, "the keys of admins must be letters, digits and hyphens and start with a letter, "
            "got 'my role'"),
    Refused({"admins": TWO_ADMINS}, "deployer is required where admins has several entries, got nothing; set it to ci or ops"),
    Refused({"admins": TWO_ADMINS, "deployer": "opss"}, "deployer must be one of ci, ops, got 'opss'; did you mean ops?"),
    Refused({"version": "1.35.2"}, "version must be a minor version of Kubernetes, got '1.35.2'; write it like 1.35, EKS chooses "
            "the patch"),
    Refused({"support_type": "NONE"}, "support_type must be one of STANDARD, EXTENDED, got 'NONE'"),
    Refused({"allowed_cidr_blocks": ["0.0.0.0/0"]}, "allowed_cidr_blocks must not be open to everyone, got 0.0.0.0/0; name your "
            "own network as 203.0.113.7/32, or leave it empty and use Session Manager"),
    Refused({"allowed_cidr_blocks": ["203.0.113.0/24", "10.0.0.0/8"]}, "allowed_cidr_blocks[1] must be a public network, got "
            "10.0.0.0/8; the private address needs no entry, remove it"),
    Refused({"allowed_cidr_blocks": [f"198.51.100.{number}/32" for number in range(41)]}, "allowed_cidr_blocks must be at most "
            "40 networks, got 41; join networks, or use a private address"),
    Refused({"kms_key_arn": "alias/aws/eks"}, "kms_key_arn must be the ARN of a KMS key, got 'alias/aws/eks'; write it like "
            "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    Refused({"node_pools": []}, "node_pools must have at least one entry, got none; for example general-purpose"),
    Refused({"node_pools": ["general"]}, "node_pools[0] must be one of general-purpose, system, got 'general'; did you mean "
            "general-purpose?"),
    Refused({"node_pools": ["system"], **group()}, "set node_pools or node_groups, got both; node_pools are those of Auto Mode"),
    Refused({"node_groups": {}}, 'node_groups must have at least one entry, got none; for example {"main": {}}'),
    Refused(group(instance_types=["m7g.large", "m7i.large"]), "node_groups.main.instance_types must be of one processor "
            "architecture, got ['m7g.large', 'm7i.large']; make a node group for each"),
    Refused(group(min_size=3, max_size=2), "node_groups.main.max_size must be at least min_size 3, got 2; raise it"),
    Refused(group(disk_gib=8), "node_groups.main.disk_gib must be a whole number 20-16384, got 8"),
    Refused({"add_ons": {"coredns": {}}}, "add_ons.coredns must not be set with Auto Mode, which has it built in; remove it, or "
            "set node_groups"),
    Refused({"add_ons": {"EFS": {}}}, "add_ons must be names of EKS add-ons, such as aws-efs-csi-driver, got 'EFS'; write it as "
            "EKS does"),
    Refused({"add_ons": {"metrics-server": {"version": "0.8.0"}}}, "add_ons.metrics-server.version must be a version of an EKS "
            "add-on, got '0.8.0'; write it like v1.20.4-eksbuild.1"),
    Refused({"deployer_role_arn": DEPLOYER}, "deployer_role_arn goes with cluster_name, got no cluster_name; set it too"),
    Refused({"cluster_name": "shared", "deployer_role_arn": DEPLOYER}, "subnet_ids cannot be set with cluster_name, which uses an "
            "existing cluster without changes; remove one"),
]  # fmt: skip

EXISTING: list[Refused] = [
    Refused({"cluster_name": "-shared"}, "cluster_name must be 1-100 letters, digits, hyphens and underscores, and start with a "
            "letter or digit, got '-shared'"),
    Refused({"deployer_role_arn": None}, "deployer_role_arn is required with cluster_name, got nothing; set the role of your "
            "deployments, which the cluster's owner has let in"),
    Refused({"deployer_role_arn": USER}, f"deployer_role_arn must be the ARN of a role, got '{USER}'; {LIKE}"),
    Refused({"kms_key_arn": KEY}, "kms_key_arn cannot be set with cluster_name, which uses an existing cluster without changes; "
            "remove one"),
]  # fmt: skip


@pytest.mark.parametrize(("args", "says"), NEW)
def test_a_wrong_argument_of_a_new_cluster_is_refused(args: dict[str, object], says: str) -> None:
    assert refusal(lambda: EksCluster("main", EKS_CLUSTER | args)) == f"EksCluster 'main': {says}"


@pytest.mark.parametrize(("args", "says"), EXISTING)
def test_a_wrong_argument_of_an_existing_cluster_is_refused(args: dict[str, object], says: str) -> None:
    assert refusal(lambda: EksCluster("main", EXISTING_EKS_CLUSTER | args)) == f"EksCluster 'main': {says}"


def test_a_name_that_aws_does_not_take_is_refused() -> None:
    rule = "the name must be letters, digits and hyphens and start with a letter, got 'main_1'"
    assert refusal(lambda: EksCluster("main_1", EKS_CLUSTER)) == f"EksCluster 'main_1': {rule}"
