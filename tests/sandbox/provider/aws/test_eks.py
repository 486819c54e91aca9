"""EKS through the provider: look-ups, a token, and the version of a cluster."""

import base64
import os
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.x509 import load_pem_x509_certificate

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.protocol import wire
from tests.support.sandbox.example_world import ExampleWorld
from tests.support.sandbox.provider_driver import Driver, ProviderCallError
from tests.support.sandbox.provider_examples import EXAMPLES
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)


@pytest.fixture(scope="module")
def world() -> Iterator[ExampleWorld]:
    with provider() as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        world = ExampleWorld(driver, EXAMPLES)
        yield world
        world.end()
        driver.close()


def test_a_cluster_is_looked_up_by_name(world: ExampleWorld) -> None:
    cluster = world.need("eks_cluster")
    found = world.driver.invoke("aws:eks/getCluster:getCluster", {"name": cluster.id})
    same = ("arn", "endpoint", "version", "status", "roleArn", "vpcConfig", "identities", "enabledClusterLogTypes")
    assert {name: found[name] for name in same} == {name: cluster.outputs[name] for name in same}
    assert found["certificateAuthorities"] == [cluster.outputs["certificateAuthority"]]
    assert load_pem_x509_certificate(base64.b64decode(cluster.outputs["certificateAuthority"]["data"]))
    assert (found["computeConfigs"], found["tags"]) == ([], {"a": "b"})
    with pytest.raises(ProviderCallError, match="getCluster: DescribeCluster failed with ResourceNotFoundException"):
        world.driver.invoke("aws:eks/getCluster:getCluster", {"name": "none"})


def test_a_block_that_eks_completes_is_unknown_where_it_will_be(world: ExampleWorld) -> None:
    properties = world.inputs(EXAMPLES["eks_cluster"].properties)
    network = world.driver.preview("aws:eks/cluster:Cluster", "new", properties)["vpcConfig"]
    assert network["subnetIds"] == properties["vpcConfig"]["subnetIds"]
    assert network["clusterSecurityGroupId"] is wire.UNKNOWN
    assert world.need("eks_cluster").outputs["vpcConfig"]["clusterSecurityGroupId"].startswith("sg-")


def test_the_token_is_an_address_of_sts_that_is_signed_for_the_cluster(world: ExampleWorld) -> None:
    found = world.driver.invoke("aws:eks/getClusterAuth:getClusterAuth", {"name": "main"})
    assert isinstance(found["token"], wire.Secret)
    kind, _, encoded = str(found["token"].value).partition(".")
    assert kind == "k8s-aws-v1"
    url = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    query = parse_qs(url.query)
    assert (url.hostname, query["Action"]) == ("sts.eu-west-1.amazonaws.com", ["GetCallerIdentity"])
    assert (query["X-Amz-SignedHeaders"], query["X-Amz-Expires"]) == (["host;x-k8s-aws-id"], ["60"])


def test_a_cluster_is_upgraded_by_one_version(world: ExampleWorld) -> None:
    cluster = world.need("eks_cluster")
    inputs = world.inputs(EXAMPLES["eks_cluster"].properties)
    with pytest.raises(ProviderCallError, match=r"Unsupported Kubernetes minor version update from 1\.33 to 1\.35"):
        world.driver.update(cluster, {**inputs, "version": "1.35"})
    upgraded = world.driver.update(cluster, {**inputs, "version": "1.34"})
    assert upgraded.outputs["version"] == "1.34"
    world.live["eks_cluster"] = upgraded


def auto_mode(*, is_on: bool, **compute: object) -> dict[str, object]:
    return {
        "computeConfig": {"enabled": is_on, **compute},
        "storageConfig": {"blockStorage": {"enabled": is_on}},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": is_on}},
    }


def test_auto_mode_is_switched_in_place_and_another_node_role_is_another_cluster(world: ExampleWorld) -> None:
    cluster = world.need("eks_cluster")
    plain = {**world.inputs(EXAMPLES["eks_cluster"].properties), "version": cluster.outputs["version"]}
    role = world.need("instance_role").outputs["arn"]
    on = {**plain, **auto_mode(is_on=True, nodePools=["system"], nodeRoleArn=role)}
    cluster = world.driver.update(cluster, on)
    assert cluster.outputs["computeConfig"] == {"enabled": True, "nodePools": ["system"], "nodeRoleArn": role}
    other = {**plain, **auto_mode(is_on=True, nodePools=["system"], nodeRoleArn=world.need("role").outputs["arn"])}
    assert world.driver.diff(cluster, other)["replaces"] == ["computeConfig"]
    without_pools = {**plain, **auto_mode(is_on=True)}
    assert world.driver.diff(cluster, without_pools)["replaces"] == []
    off = {**plain, **auto_mode(is_on=False)}
    network = {**world.inputs(EXAMPLES["eks_cluster"].change)["vpcConfig"], "endpointPublicAccess": True}
    cluster = world.driver.update(cluster, {**off, "vpcConfig": network})
    assert cluster.outputs["computeConfig"]["enabled"] is False
    assert cluster.outputs["vpcConfig"]["publicAccessCidrs"] == ["198.51.100.0/24"]
    world.live["eks_cluster"] = cluster
