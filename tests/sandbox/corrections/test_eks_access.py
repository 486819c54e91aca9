"""Who is let into a cluster along with its creation.

Sources: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessConfigRequest.html
https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2968 (the words of the refusal)
"""

import os
from collections.abc import Iterator

import boto3
import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient, AwsError
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Value

os.environ.update(MOTO_ENVIRONMENT)

CLIENT = AwsClient()
REGION = "eu-west-1"
CREATOR = "arn:aws:iam::123456789012:user/moto"
ROLE = "arn:aws:iam::123456789012:role/eks"
NODES = "arn:aws:iam::123456789012:role/nodes"
IN_USE = "The specified access entry resource is already in use on this cluster."


@pytest.fixture(autouse=True)
def _empty_cloud() -> Iterator[None]:
    moto_api_backend.reset()
    yield
    moto_api_backend.reset()


def eks(operation: str, /, **members: Value) -> dict[str, Value]:
    return CLIENT.call("eks", operation, REGION, **members)


def subnets() -> list[str]:
    listed = CLIENT.call("ec2", "describe_subnets", REGION)
    return [text(subnet, "SubnetId") for subnet in blocks(listed, "Subnets")]


def create(access: Value) -> None:
    eks("create_cluster", name="main", roleArn=ROLE, resourcesVpcConfig={"subnetIds": subnets()}, accessConfig=access)


def entries() -> Value:
    return eks("list_access_entries", clusterName="main")["accessEntries"]


@pytest.mark.parametrize("mode", ["API", "API_AND_CONFIG_MAP"])
@pytest.mark.parametrize("choice", [{}, {"bootstrapClusterCreatorAdminPermissions": True}])
def test_the_creator_of_a_cluster_is_its_administrator(mode: str, choice: dict[str, Value]) -> None:
    create({"authenticationMode": mode, **choice})
    assert CLIENT.call("sts", "get_caller_identity", REGION)["Arn"] == CREATOR
    assert entries() == [CREATOR]
    listed = eks("list_associated_access_policies", clusterName="main", principalArn=CREATOR)
    policy = blocks(listed, "associatedAccessPolicies")[0]
    assert policy["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert policy["accessScope"] == {"type": "cluster", "namespaces": []}
    with pytest.raises(AwsError) as refused:
        eks("create_access_entry", clusterName="main", principalArn=CREATOR)
    assert (refused.value.code, refused.value.message) == ("ResourceInUseException", IN_USE)


def test_a_creator_who_is_kept_out_may_enter_by_an_entry() -> None:
    create({"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False})
    assert entries() == []
    eks("create_access_entry", clusterName="main", principalArn=CREATOR)
    assert entries() == [CREATOR]


def test_the_nodes_of_a_group_are_let_in() -> None:
    create({"authenticationMode": "API"})
    eks("create_nodegroup", clusterName="main", nodegroupName="web", subnets=subnets(), nodeRole=NODES)
    entry = block(eks("describe_access_entry", clusterName="main", principalArn=NODES), "accessEntry")
    assert (entry["type"], entry["kubernetesGroups"]) == ("EC2_LINUX", ["system:nodes"])
    with pytest.raises(AwsError) as refused:
        eks("create_access_entry", clusterName="main", principalArn=NODES, type="EC2_LINUX")
    assert (refused.value.code, refused.value.message) == ("ResourceInUseException", IN_USE)
    eks("create_nodegroup", clusterName="main", nodegroupName="jobs", subnets=subnets(), nodeRole=NODES)
    assert entries() == [CREATOR, NODES]


def test_the_pods_of_a_fargate_profile_are_let_in() -> None:
    create({"authenticationMode": "API"})
    profile: dict[str, Value] = {"fargateProfileName": "web", "podExecutionRoleArn": NODES, "subnets": subnets()}
    eks("create_fargate_profile", clusterName="main", selectors=[{"namespace": "web"}], **profile)
    entry = block(eks("describe_access_entry", clusterName="main", principalArn=NODES), "accessEntry")
    groups = ["system:bootstrappers", "system:nodes", "system:node-proxier"]
    assert (entry["type"], entry["kubernetesGroups"]) == ("FARGATE_LINUX", groups)


def test_a_role_as_creator_enters_as_the_role_and_not_as_its_session() -> None:
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = block(CLIENT.call("iam", "create_role", REGION, RoleName="deploy", AssumeRolePolicyDocument=trust), "Role")
    session = CLIENT.call("sts", "assume_role", REGION, RoleArn=role["Arn"], RoleSessionName="ci")
    key = text(block(session, "Credentials"), "AccessKeyId")
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    own = {"aws_access_key_id": key, "aws_secret_access_key": "sandbox", "region_name": REGION}
    client = boto3.client("eks", endpoint_url=f"http://{host}:{port}", **own)
    network, mode = {"subnetIds": subnets()}, {"authenticationMode": "API"}
    client.create_cluster(name="main", roleArn=ROLE, resourcesVpcConfig=network, accessConfig=mode)
    assert entries() == [role["Arn"]]
    client.close()
    server.stop()
