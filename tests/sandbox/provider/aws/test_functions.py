"""Functions (data sources), as far as the components rely on them."""

import json
import os
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.readers import block
from tests.support.sandbox.provider_driver import Driver, ProviderCallError
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with provider() as (port, _):
        driver = Driver(port, {"region": "eu-west-1", "defaultTags": '{"tags": {"team": "shop"}}'})
        yield driver
        driver.close()


def test_every_function_is_the_sdks() -> None:
    for declared in services.all_functions():
        _, path, name = declared.token.split(":")
        assert path.partition("/")[2] == name, declared.token


def test_the_region_and_the_account_are_known(driver: Driver) -> None:
    assert driver.invoke("aws:index/getRegion:getRegion", {})["region"] == "eu-west-1"
    assert driver.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "123456789012"
    assert driver.invoke("aws:index/getPartition:getPartition", {})["partition"] == "aws"
    assert driver.invoke("aws:index/getDefaultTags:getDefaultTags", {})["tags"] == {"team": "shop"}


def test_availability_zones_come_sorted_and_without_the_excluded(driver: Driver) -> None:
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"
    assert driver.invoke(token, {"state": "available"})["names"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert driver.invoke(token, {"excludeNames": ["eu-west-1a"]})["names"] == ["eu-west-1b", "eu-west-1c"]


def test_the_newest_image_is_found_by_parameter_and_by_filter(driver: Driver) -> None:
    parameter = driver.invoke("aws:ssm/getParameter:getParameter", {"name": IMAGE})
    assert parameter["value"] == wire.Secret(parameter["insecureValue"])
    by_id = {"owners": ["amazon"], "filters": [{"name": "image-id", "values": [parameter["insecureValue"]]}]}
    image = driver.invoke("aws:ec2/getAmi:getAmi", by_id)
    assert (image["id"], image["architecture"]) == (parameter["insecureValue"], "x86_64")
    many = {"owners": ["amazon"], "nameRegex": "^al2023-ami-2023"}
    with pytest.raises(ProviderCallError, match=r"Your query returned \d+ results"):
        driver.invoke("aws:ec2/getAmi:getAmi", many)
    assert driver.invoke("aws:ec2/getAmi:getAmi", {**many, "mostRecent": True})["id"].startswith("ami-")


def test_a_network_is_looked_up_by_id_and_by_tag(driver: Driver) -> None:
    vpc = driver.create("aws:ec2/vpc:Vpc", "seen", {"cidrBlock": "10.55.0.0/16", "tags": {"Name": "seen"}})
    subnet = driver.create("aws:ec2/subnet:Subnet", "seen", {"vpcId": vpc.id, "cidrBlock": "10.55.1.0/24"})
    found = driver.invoke("aws:ec2/getVpc:getVpc", {"tags": {"Name": "seen"}})
    assert (found["id"], found["cidrBlock"], found["enableDnsSupport"]) == (vpc.id, "10.55.0.0/16", True)
    in_vpc = {"filters": [{"name": "vpc-id", "values": [vpc.id]}]}
    assert driver.invoke("aws:ec2/getSubnets:getSubnets", in_vpc)["ids"] == [subnet.id]
    assert driver.invoke("aws:ec2/getSubnet:getSubnet", {"id": subnet.id})["vpcId"] == vpc.id
    group = driver.invoke("aws:ec2/getSecurityGroup:getSecurityGroup", {"vpcId": vpc.id, "name": "default"})
    assert group["id"] == vpc.outputs["defaultSecurityGroupId"]
    with pytest.raises(ProviderCallError, match="no VPCs match; change the arguments so that exactly one does"):
        driver.invoke("aws:ec2/getVpc:getVpc", {"id": "vpc-0123456789abcdef0"})
    driver.delete(subnet)
    driver.delete(vpc)


def test_where_a_subnet_leads_is_looked_up(driver: Driver) -> None:
    vpc = driver.create("aws:ec2/vpc:Vpc", "led", {"cidrBlock": "10.56.0.0/16"})
    subnet = driver.create("aws:ec2/subnet:Subnet", "led", {"vpcId": vpc.id, "cidrBlock": "10.56.1.0/24"})
    gateway = driver.create("aws:ec2/internetGateway:InternetGateway", "led", {"vpcId": vpc.id})
    table = driver.create("aws:ec2/routeTable:RouteTable", "led", {"vpcId": vpc.id})
    out = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id}
    route = driver.create("aws:ec2/route:Route", "led", out)
    pair = {"routeTableId": table.id, "subnetId": subnet.id}
    joined = driver.create("aws:ec2/routeTableAssociation:RouteTableAssociation", "led", pair)
    inside = {"vpcId": vpc.id, "vpcEndpointType": "Interface", "subnetIds": [subnet.id]}
    endpoint = driver.create(
        "aws:ec2/vpcEndpoint:VpcEndpoint", "led", {**inside, "serviceName": "com.amazonaws.eu-west-1.sqs"}
    )

    def tables(name: str, value: str) -> list[str]:
        asked = {"vpcId": vpc.id, "filters": [{"name": name, "values": [value]}]}
        return list(driver.invoke("aws:ec2/getRouteTables:getRouteTables", asked)["ids"])

    assert tables("association.subnet-id", subnet.id) == [table.id]
    assert tables("association.main", "true") == [vpc.outputs["mainRouteTableId"]]
    found = driver.invoke("aws:ec2/getRouteTable:getRouteTable", {"routeTableId": table.id})
    assert [(it["cidrBlock"], it["gatewayId"], it["natGatewayId"]) for it in found["routes"]] == [
        ("0.0.0.0/0", gateway.id, "")
    ]
    assert driver.invoke("aws:ec2/getRouteTable:getRouteTable", {"subnetId": subnet.id})["id"] == table.id

    def cards(kind: str) -> list[str]:
        asked = [{"name": "vpc-id", "values": [vpc.id]}, {"name": "interface-type", "values": [kind]}]
        return list(driver.invoke("aws:ec2/getNetworkInterfaces:getNetworkInterfaces", {"filters": asked})["ids"])

    assert cards("vpc_endpoint") == list(endpoint.outputs["networkInterfaceIds"])
    assert cards("interface") == []
    for live in (endpoint, joined, route, table, gateway, subnet, vpc):
        driver.delete(live)


def test_a_policy_document_is_written_as_the_real_provider_does(driver: Driver) -> None:
    statement = {
        "sid": "Publish",
        "actions": ["sns:Publish", "sns:GetTopicAttributes"],
        "resources": ["arn:aws:sns:*:*:&{aws:username}"],
        "principals": [{"type": "Service", "identifiers": ["events.amazonaws.com"]}],
        "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["123456789012"]}],
    }
    override = json.dumps({"Statement": [{"Sid": "Other", "Effect": "Deny", "Action": "*", "Resource": "*"}]})
    found = driver.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        {"statements": [statement], "overridePolicyDocuments": [override]},
    )
    assert json.loads(found["json"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Publish",
                "Effect": "Allow",
                "Action": ["sns:GetTopicAttributes", "sns:Publish"],
                "Resource": "arn:aws:sns:*:*:${aws:username}",
                "Principal": {"Service": "events.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            },
            {"Sid": "Other", "Effect": "Deny", "Action": "*", "Resource": "*"},
        ],
    }
    assert json.loads(found["minifiedJson"]) == json.loads(found["json"])


def test_registry_credentials_lead_to_the_registry_on_this_machine(driver: Driver) -> None:
    token = driver.invoke("aws:ecr/getAuthorizationToken:getAuthorizationToken", {})
    assert (token["userName"], token["password"]) == ("AWS", "not-asked-for")
    assert token["proxyEndpoint"].startswith("http://127.0.0.1:")


def test_what_exists_is_found_by_name(driver: Driver) -> None:
    topic = driver.create("aws:sns/topic:Topic", "found", {"name": "found"})
    assert driver.invoke("aws:sns/getTopic:getTopic", {"name": "found"})["arn"] == topic.outputs["arn"]
    with pytest.raises(ProviderCallError, match="there is no topic 'lost' in eu-west-1"):
        driver.invoke("aws:sns/getTopic:getTopic", {"name": "lost"})
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = driver.create("aws:iam/role:Role", "found", {"assumeRolePolicy": trust, "name": "found"})
    assert driver.invoke("aws:iam/getRole:getRole", {"name": "found"})["uniqueId"] == role.outputs["uniqueId"]
    cluster = driver.create("aws:ecs/cluster:Cluster", "found", {"name": "found"})
    assert driver.invoke("aws:ecs/getCluster:getCluster", {"clusterName": "found"})["arn"] == cluster.id
    repository = driver.create("aws:ecr/repository:Repository", "found", {"name": "found"})
    url = driver.invoke("aws:ecr/getRepository:getRepository", {"name": "found"})["repositoryUrl"]
    assert url == repository.outputs["repositoryUrl"]
    for live in (topic, role, cluster, repository):
        driver.delete(live)


def test_the_calls_share_their_state_with_the_http_endpoint(driver: Driver) -> None:
    queue = driver.create("aws:sqs/queue:Queue", "shared", {"name": "shared"})
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    own = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox", "region_name": "eu-west-1"}
    client = boto3.client("sqs", endpoint_url=f"http://{host}:{port}", **own)
    assert client.get_queue_url(QueueName="shared")["QueueUrl"] == f"http://{host}:{port}/123456789012/shared"
    client.send_message(QueueUrl=queue.id, MessageBody="by the URL that the provider gave")
    count = AwsClient().call("sqs", "get_queue_attributes", "eu-west-1", QueueUrl=queue.id, AttributeNames=["All"])
    assert block(count, "Attributes")["ApproximateNumberOfMessages"] == "1"
    client.close()
    server.stop()
    driver.delete(queue)
