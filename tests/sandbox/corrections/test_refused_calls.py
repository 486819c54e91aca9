"""Calls that AWS refuses, on the corrected moto."""

import json
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


def test_ecr_tells_a_scan_from_an_image_and_a_repository_that_are_not_there() -> None:
    ecr = boto3.client("ecr", REGION)
    ecr.create_repository(repositoryName="app")
    ecr.create_repository(repositoryName="scanned", imageScanningConfiguration={"scanOnPush": True})

    def findings(repository: str, tag: str) -> Any:
        return ecr.describe_image_scan_findings(repositoryName=repository, imageId={"imageTag": tag})

    def code(repository: str, tag: str) -> str:
        return refused(lambda: findings(repository, tag))[0]

    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = json.dumps(
        {"schemaVersion": 2, "mediaType": kind, "config": {"digest": "sha256:1", "size": 1}, "layers": []}
    )
    digests = {
        name: ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag="1")["image"]["imageId"][
            "imageDigest"
        ]
        for name in ("app", "scanned")
    }
    assert code("none", "1") == "RepositoryNotFoundException"
    assert code("app", "2") == "ImageNotFoundException"
    assert code("app", "1") == "ScanNotFoundException"
    answer = findings("scanned", "1")
    assert answer["registryId"] == "123456789012"
    assert answer["imageId"] == {"imageDigest": digests["scanned"], "imageTag": "1"}
    assert answer["imageScanStatus"]["status"] == "UNSUPPORTED_IMAGE"
    ecr.start_image_scan(repositoryName="app", imageId={"imageTag": "1"})
    assert findings("app", "1")["imageScanStatus"]["status"] == "UNSUPPORTED_IMAGE"
    ecr.close()
