"""EksCluster: Auto Mode or node groups, access for named roles only, and an order in which nothing waits in vain."""

import json
from typing import Any, NamedTuple

import pulumi
import pytest

from slipway.eks._access_entries import is_session_of
from slipway.eks._control_plane import check_key
from tests.support.components.eks.samples import EKS_CLUSTER, EXISTING_EKS_CLUSTER, RICH_EKS_CLUSTER, ROLE
from tests.support.components.mocks import ACCOUNT, ANSWERS, REGION, Built, build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY

EksCluster = COMPONENTS["EksCluster"]
CLUSTER = f"arn:aws:eks:{REGION}:{ACCOUNT}"
POLICY = "arn:aws:eks::aws:cluster-access-policy"


def new(**args: Any) -> Built:
    """A new cluster with these arguments beside the fewest."""
    return build(lambda: EksCluster("main", EKS_CLUSTER | args))


def cluster_inputs(built: Built) -> Any:
    """Inputs of the cluster itself."""
    return built.one("eks/cluster:Cluster", "main").inputs


@pytest.mark.parametrize(("args", "is_auto"), [({}, True), ({"node_groups": {"main": {}}}, False)])
def test_compute_storage_and_load_balancing_switch_together(args: dict[str, Any], is_auto: bool) -> None:
    inputs = cluster_inputs(new(**args))
    assert inputs["computeConfig"]["enabled"] is is_auto
    assert inputs["storageConfig"] == {"blockStorage": {"enabled": is_auto}}
    assert inputs["kubernetesNetworkConfig"] == {"elasticLoadBalancing": {"enabled": is_auto}}
    assert "zonalShiftConfig" not in inputs, "it is off"
    assert inputs["bootstrapSelfManagedAddons"] is False, "a switch of modes would replace the cluster otherwise"


def test_auto_mode_has_both_pools_and_one_add_on() -> None:
    built = new()
    assert cluster_inputs(built)["computeConfig"] == {
        "enabled": True,
        "nodePools": ["general-purpose", "system"],
        "nodeRoleArn": f"arn:aws:iam:{REGION}:{ACCOUNT}:main-auto",
    }
    assert [it.inputs["addonName"] for it in built.of_type("eks/addon:Addon")] == ["metrics-server"]
    assert built.of_type("eks/nodeGroup:NodeGroup") == []


def test_with_node_groups_each_add_on_comes_at_its_time() -> None:
    built = new(node_groups={"main": {}})
    early = {"Addon main-vpc-cni", "Addon main-kube-proxy", "Addon main-eks-pod-identity-agent"}
    late = {"Addon main-coredns", "Addon main-metrics-server"}
    assert {f"Addon {it.name}" for it in built.of_type("eks/addon:Addon")} == early | late
    assert {it for it in built.awaited("NodeGroup main-main") if it.startswith("Addon")} == early
    for add_on in late:
        assert "NodeGroup main-main" in built.awaited(add_on)
    enabled = built.one("eks/addon:Addon", "main-vpc-cni").inputs["configurationValues"]
    assert json.loads(enabled) == {"enableNetworkPolicy": "true"}


def test_a_node_group_has_encrypted_disks_and_metadata_that_pods_cannot_reach() -> None:
    built = build(lambda: EksCluster("main", RICH_EKS_CLUSTER))
    template = built.one("LaunchTemplate", "main-main").inputs
    assert template["blockDeviceMappings"] == [
        {"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "volumeSize": 50, "volumeType": "gp3"}}
    ]
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    group = built.one("NodeGroup", "main-main")
    assert (group.inputs["amiType"], group.inputs["capacityType"]) == ("AL2023_ARM_64_STANDARD", "SPOT")
    assert group.inputs["scalingConfig"] == {"minSize": 1, "maxSize": 6, "desiredSize": 1}
    assert group.ignore_changes == ["scalingConfig.desiredSize"]
    assert group.inputs["version"] == "1.35", "an upgrade of the cluster reaches its nodes"
    assert built.one("NodeGroup", "main-spare").inputs["amiType"] == "AL2023_x86_64_STANDARD"


def test_only_named_roles_come_in() -> None:
    built = build(lambda: EksCluster("main", RICH_EKS_CLUSTER))
    entries = {it.name: it.inputs["principalArn"] for it in built.of_type("AccessEntry")}
    assert entries == {
        "main-platform": f"{ROLE}/teams/platform",
        "main-deployer": f"{ROLE}/deployer",
        "main-support": f"{ROLE}/support",
    }
    policies = {it.name: it.inputs["policyArn"] for it in built.of_type("AccessPolicyAssociation")}
    assert policies == {
        "main-platform": f"{POLICY}/AmazonEKSClusterAdminPolicy",
        "main-deployer": f"{POLICY}/AmazonEKSClusterAdminPolicy",
        "main-support": f"{POLICY}/AmazonEKSViewPolicy",
    }
    assert cluster_inputs(built)["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }


@pytest.mark.parametrize(
    ("args", "network"),
    [
        ({}, {"endpointPrivateAccess": True, "endpointPublicAccess": False}),
        (
            {"allowed_cidr_blocks": ["203.0.113.0/24"]},
            {"endpointPrivateAccess": True, "endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]},
        ),
    ],
)
def test_the_api_has_a_public_address_for_named_networks_only(args: dict[str, Any], network: dict[str, Any]) -> None:
    subnets = {"subnetIds": ["subnet-00000001", "subnet-00000002"]}
    assert cluster_inputs(new(**args))["vpcConfig"] == subnets | network


def test_the_cluster_keeps_its_subnets_and_has_its_log_group_first() -> None:
    built = new()
    cluster = built.one("eks/cluster:Cluster", "main")
    assert cluster.ignore_changes == ["vpcConfig.subnetIds"]
    assert "LogGroup main" in cluster.depends_on
    assert built.one("LogGroup", "main").inputs["name"] == f"/aws/eks/{cluster.inputs['name']}/cluster"


def test_the_cluster_has_the_name_of_its_role_which_a_rename_keeps() -> None:
    built = build(lambda: EksCluster("main", EKS_CLUSTER), known_as=lambda name: name.replace("main", "old"))
    assert cluster_inputs(built)["name"] == "old"
    assert "name" not in built.one("iam/role:Role", "main").inputs


def test_a_given_key_encrypts_the_secrets_in_place_of_a_new_one() -> None:
    built = new(kms_key_arn=KEY)
    assert cluster_inputs(built)["encryptionConfig"] == {"provider": {"keyArn": KEY}, "resources": ["secrets"]}
    assert built.of_type("kms/key:Key") == []
    [statement] = json.loads(built.one("rolePolicy:RolePolicy", "main").inputs["policy"])["Statement"]
    assert statement["Resource"] == KEY


def test_the_kubeconfig_names_region_and_role_and_holds_no_credential() -> None:
    built = build(lambda: EksCluster("main", RICH_EKS_CLUSTER))
    outputs = built.component_outputs("EksCluster")
    config = json.loads(outputs["kubeconfig"])
    name = f"{CLUSTER}:main"
    assert config["current-context"] == name
    assert config["clusters"] == [
        {
            "name": name,
            "cluster": {
                "server": "https://main.gr7.eu-west-1.eks.amazonaws.com",
                "certificate-authority-data": "LS0tLS1CRUdJTg==",
            },
        }
    ]
    arguments = "--region eu-west-1 eks get-token --cluster-name main --role-arn"
    assert config["users"][0]["user"] == {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": [*arguments.split(), f"{ROLE}/deployer", "--output", "json"],
            "interactiveMode": "Never",
        }
    }
    command = "aws eks update-kubeconfig --name main --region eu-west-1 --role-arn"
    assert outputs["kubeconfigCommand"] == f"{command} {ROLE}/deployer"


def test_what_depends_on_the_cluster_waits_for_the_deployers_access_and_the_nodes() -> None:
    def construct() -> None:
        cluster = EksCluster("main", EKS_CLUSTER | {"node_groups": {"main": {}}})
        pulumi.CustomResource("test:index:Object", "web", {}, pulumi.ResourceOptions(depends_on=[cluster]))
        pulumi.CustomResource("test:index:Provider", "provider", {"kubeconfig": cluster.kubeconfig})

    built = build(construct)
    access = {"AccessEntry main-deployer", "AccessPolicyAssociation main-deployer"}
    assert access | {"NodeGroup main-main", "Addon main-coredns"} <= built.awaited("Object web")
    assert access <= built.awaited("Provider provider")


def test_an_existing_cluster_gives_the_same_outputs_and_makes_nothing() -> None:
    built = build(lambda: EksCluster("main", EXISTING_EKS_CLUSTER))
    assert built.counts() == {}
    outputs = built.component_outputs("EksCluster")
    assert set(outputs) == set(new().component_outputs("EksCluster"))
    assert outputs["clusterArn"] == f"{CLUSTER}:cluster/shared"
    assert outputs["deployerRoleArn"] == f"{ROLE}/deployer"
    assert json.loads(outputs["kubeconfig"])["current-context"] == f"{CLUSTER}:cluster/shared"


class Caller(NamedTuple):
    """Who runs the program, and whether a role of the cluster is theirs."""

    arn: str
    role: str
    is_theirs: bool


CALLERS = [
    Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/run-7", f"{ROLE}/ci", is_theirs=True),
    Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/run-7", f"{ROLE}/teams/ci", is_theirs=True),
    Caller(f"{ROLE}/ci", f"{ROLE}/ci", is_theirs=True),
    Caller("arn:aws:sts::210987654321:assumed-role/ci/run-7", f"{ROLE}/ci", is_theirs=False),
    Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/ci", f"{ROLE}/ci", is_theirs=False),
    Caller(f"arn:aws:iam::{ACCOUNT}:user/ci", f"{ROLE}/ci", is_theirs=False),
    Caller(f"arn:aws:iam::{ACCOUNT}:root", f"{ROLE}/root", is_theirs=False),
    Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/run-7", "no ARN", is_theirs=False),
]


@pytest.mark.parametrize(("arn", "role", "is_theirs"), CALLERS)
def test_a_caller_is_known_by_the_role_of_the_session(arn: str, role: str, is_theirs: bool) -> None:
    assert is_session_of(arn, role) is is_theirs


@pytest.mark.parametrize(
    ("caller", "says"),
    [
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/run-7", []),
        (
            f"arn:aws:iam::{ACCOUNT}:user/ann",
            [
                f"EksCluster 'main': arn:aws:iam::{ACCOUNT}:user/ann runs this program and is none of admins and viewers, so "
                f"kubectl lets it in only where it may assume {ROLE}/deployer; allow it sts:AssumeRole there, or add its role "
                "to admins"
            ],
        ),
    ],
)
def test_whoever_runs_the_program_and_has_no_access_is_told(
    caller: str, says: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    identity = {"accountId": ACCOUNT, "arn": caller}
    build(
        lambda: EksCluster("main", EKS_CLUSTER), {**ANSWERS, "aws:index/getCallerIdentity:getCallerIdentity": identity}
    )
    assert [it.message for it in caplog.records if it.levelname == "WARNING"] == says


def test_an_update_with_another_key_is_refused_before_the_old_one_is_deleted() -> None:
    old, new_key = ({"encryptionConfig": {"provider": {"keyArn": arn}}} for arn in ("arn:old", "arn:new"))
    check_key("EksCluster 'main'", old, old)
    with pytest.raises(pulumi.RunError) as caught:
        check_key("EksCluster 'main'", old, new_key)
    assert str(caught.value) == (
        "EksCluster 'main': kms_key_arn must stay the key of the cluster's creation, arn:old, which encrypts its secrets "
        "for good, got arn:new; set it back, or remove it where it was not set"
    )
