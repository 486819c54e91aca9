"""Calls that AWS refuses, on the corrected moto."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws

from slipway_sandbox import corrections

REGION = "eu-west-1"
ROLE = "arn:aws:iam::123456789012:role/eks"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    corrections.install()
    with mock_aws():
        yield


def refused(call: Any, **members: Any) -> tuple[str, str, int]:
    """Code, message and status of a call's error."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    response = caught.value.response
    return response["Error"]["Code"], response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("network", [None, {}, {"subnetIds": []}], ids=["no network", "no subnets", "empty list"])
def test_eks_makes_no_cluster_without_subnets(network: dict[str, list[str]] | None) -> None:
    eks = boto3.client("eks", REGION, config=Config(parameter_validation=False))
    members = {} if network is None else {"resourcesVpcConfig": network}
    # Source: https://github.com/pulumi/pulumi-eks/issues/311
    sentence = "Subnets specified must be in at least two different AZs"
    assert refused(eks.create_cluster, name="main", roleArn=ROLE, **members) == (
        "InvalidParameterException",
        sentence,
        400,
    )
    assert eks.list_clusters()["clusters"] == []
    eks.close()


def test_cloud_map_makes_one_private_namespace_of_a_name_in_a_vpc() -> None:
    cloud_map = boto3.client("servicediscovery", REGION)
    for name, vpc in (("a.internal", "vpc-1"), ("b.internal", "vpc-1"), ("a.internal", "vpc-2")):
        cloud_map.create_private_dns_namespace(Name=name, Vpc=vpc)
    # Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html
    code, _, status = refused(cloud_map.create_private_dns_namespace, Name="a.internal", Vpc="vpc-1")
    assert (code, status) == ("NamespaceAlreadyExists", 400)
    names = [namespace["Name"] for namespace in cloud_map.list_namespaces()["Namespaces"]]
    assert sorted(names) == ["a.internal", "a.internal", "b.internal"]
    cloud_map.close()
