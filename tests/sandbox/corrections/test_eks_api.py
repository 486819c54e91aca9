"""EKS as boto3 sees it on the sandbox's endpoint: what moto lacks is there, is kept over a restart and goes with the cluster."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import Box

ROLE = "arn:aws:iam::123456789012:role/eks"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def refusal(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def start_without_control_planes(box: Box) -> None:
    """Starts the sandbox with a user's cache that has no Kubernetes: its clusters are records alone."""
    ended = box.run("start", XDG_CACHE_HOME=str(box.home.path / "cache"))
    assert ended.returncode == 0, ended.stderr


def test_a_cluster_lives_with_what_is_in_it(box: Box) -> None:
    start_without_control_planes(box)
    ec2, eks = box.client("ec2"), box.client("eks")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    made = eks.create_cluster(name="main", roleArn=ROLE, resourcesVpcConfig={"subnetIds": subnets})["cluster"]
    group = made["resourcesVpcConfig"]["clusterSecurityGroupId"]
    assert made["resourcesVpcConfig"]["endpointPublicAccess"] is True
    assert (made["status"], not box.home.control_planes.exists()) == ("ACTIVE", True)
    assert ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["GroupName"].startswith(
        "eks-cluster-sg-main-"
    )

    assert_updates_are_of_one_kind_and_in_the_first_zones(eks, subnets)
    assert_access_needs_its_mode(eks)
    assert_versions_come_one_by_one(eks, made["version"])
    eks.associate_access_policy(clusterName="main", principalArn=ROLE, policyArn=VIEW, accessScope={"type": "cluster"})
    addon = eks.create_addon(clusterName="main", addonName="vpc-cni", tags={"a": "b"})["addon"]
    identity = {"namespace": "web", "serviceAccount": "api", "roleArn": ROLE}
    pod = eks.create_pod_identity_association(clusterName="main", **identity)["association"]
    eks.tag_resource(resourceArn=addon["addonArn"], tags={"c": "d"})

    box.must("stop")
    start_without_control_planes(box)
    assert eks.list_associated_access_policies(clusterName="main", principalArn=ROLE)["associatedAccessPolicies"][0][
        "accessScope"
    ] == {"type": "cluster", "namespaces": []}
    assert eks.describe_addon(clusterName="main", addonName="vpc-cni")["addon"]["tags"] == {"a": "b", "c": "d"}
    assert [
        each["associationId"] for each in eks.list_pod_identity_associations(clusterName="main")["associations"]
    ] == [pod["associationId"]]

    eks.delete_cluster(name="main")
    assert refusal(eks.list_addons, clusterName="main")[0] == "ResourceNotFoundException"
    assert refusal(ec2.describe_security_groups, GroupIds=[group])[0] == "InvalidGroup.NotFound"


def assert_updates_are_of_one_kind_and_in_the_first_zones(eks: Any, subnets: list[str]) -> None:
    one_kind = ("InvalidParameterException", "Only one type of update can be allowed.")
    network, policy = {"endpointPrivateAccess": True}, {"supportType": "STANDARD"}
    update = eks.update_cluster_config
    assert refusal(update, name="main", resourcesVpcConfig=network, upgradePolicy=policy) == one_kind
    assert refusal(update, name="main", resourcesVpcConfig={**network, "subnetIds": subnets}) == one_kind
    zones = "Provided subnets belong to the AZs 'eu-west-1a'. But they should belong to the exact set of AZs"
    assert refusal(update, name="main", resourcesVpcConfig={"subnetIds": subnets[:1]})[1].startswith(zones)
    half = "For EKS Auto Mode, please ensure that all required configs, including computeConfig,"
    assert refusal(update, name="main", computeConfig={"enabled": True})[1].startswith(half)
    pools = "When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided."
    auto: dict[str, Any] = {
        "storageConfig": {"blockStorage": {"enabled": True}},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    }
    assert refusal(update, name="main", computeConfig={"enabled": True, "nodeRoleArn": ROLE}, **auto)[1] == pools


def assert_access_needs_its_mode(eks: Any) -> None:
    assert refusal(eks.create_access_entry, clusterName="main", principalArn=ROLE) == (
        "InvalidRequestException",
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
    )
    update = eks.update_cluster_config(name="main", accessConfig={"authenticationMode": "API"})["update"]
    assert eks.describe_update(name="main", updateId=update["id"])["update"]["status"] == "Successful"
    entry = eks.create_access_entry(clusterName="main", principalArn=ROLE)["accessEntry"]
    assert (entry["type"], entry["username"]) == (
        "STANDARD",
        "arn:aws:sts::123456789012:assumed-role/eks/{{SessionName}}",
    )
    assert refusal(eks.create_access_entry, clusterName="main", principalArn=ROLE)[0] == "ResourceInUseException"


def assert_versions_come_one_by_one(eks: Any, version: str) -> None:
    next_one, one_after = (f"1.{int(version.partition('.')[2]) + step}" for step in (1, 2))
    assert refusal(eks.update_cluster_version, name="main", version=one_after) == (
        "InvalidParameterException",
        f"Unsupported Kubernetes minor version update from {version} to {one_after}",
    )
    eks.update_cluster_version(name="main", version=next_one)
    assert eks.describe_cluster(name="main")["cluster"]["version"] == next_one
