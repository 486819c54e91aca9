"""Promises of single declarations, beyond the common life of every type."""

import os
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.process.saving import snapshot
from slipway_sandbox.process.saving.base import Base
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from tests.support.sandbox.example_world import ExampleWorld
from tests.support.sandbox.provider_driver import Driver, ProviderCallError
from tests.support.sandbox.provider_examples import EXAMPLES
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

CLIENT = AwsClient()
REGION = "eu-west-1"


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with provider() as (port, _):
        driver = Driver(port, {"region": REGION})
        yield driver
        driver.close()


@pytest.fixture
def world(driver: Driver) -> Iterator[ExampleWorld]:
    world = ExampleWorld(driver, EXAMPLES)
    yield world
    world.end()


def test_an_instance_is_what_its_launch_template_says_where_the_program_is_silent(world: ExampleWorld) -> None:
    live = world.need("templated_instance")
    [reservation] = blocks(CLIENT.call("ec2", "describe_instances", REGION, InstanceIds=[live.id]), "Reservations")
    [instance] = blocks(reservation, "Instances")
    assert block(instance, "MetadataOptions")["HttpTokens"] == "required"
    assert text(block(instance, "IamInstanceProfile"), "Arn").endswith(world.look_up("profile", "name"))
    assert (instance["SubnetId"], instance["InstanceType"]) == (world.look_up("subnet", "id"), "t3.nano")
    assert [group["GroupId"] for group in blocks(instance, "SecurityGroups")] == [world.look_up("group", "id")]
    assert "PublicIpAddress" not in instance
    disks = blocks(instance, "BlockDeviceMappings")
    assert [block(disk, "Ebs")["DeleteOnTermination"] for disk in disks] == [True]


def test_a_new_version_of_a_template_is_unknown_in_the_preview_of_what_uses_it(world: ExampleWorld) -> None:
    live = world.need("template")
    inputs = world.inputs({**EXAMPLES["template"].properties, "instanceType": "t3.large"})
    assert world.driver.preview_update(live, inputs)["latestVersion"] is wire.UNKNOWN
    changed = world.live["template"] = world.driver.update(live, inputs)
    assert (changed.outputs["latestVersion"], changed.outputs["defaultVersion"]) == (2, 2)


def test_outputs_that_other_resources_are_given_are_there(world: ExampleWorld) -> None:
    endpoint = world.need("endpoint")
    s3 = world.driver.invoke("aws:ec2/getPrefixList:getPrefixList", {"name": "com.amazonaws.eu-west-1.s3"})
    assert (endpoint.outputs["prefixListId"], endpoint.outputs["cidrBlocks"]) == (s3["id"], s3["cidrBlocks"])
    assert world.look_up("parameter", "arn") == "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/token"
    assert world.look_up("discovery_service", "namespaceId") == world.look_up("private_namespace", "id")
    assert world.look_up("side_bucket", "hostedZoneId") == "Z1BKCTXD74EZPE"


def test_the_route_of_a_gateway_endpoint_is_no_drift_and_stays_when_the_tables_own_routes_change(
    world: ExampleWorld,
) -> None:
    example = EXAMPLES["inline_table"]
    table, endpoint = world.need("inline_table"), world.need("endpoint")
    tables = {"routeTableIds": [table.id]}
    world.live["endpoint"] = world.driver.update(endpoint, world.inputs({**EXAMPLES["endpoint"].properties, **tables}))
    assert world.driver.read(table) == table
    world.live["inline_table"] = world.driver.update(table, world.inputs({**example.properties, **example.change}))
    [found] = blocks(CLIENT.call("ec2", "describe_route_tables", REGION, RouteTableIds=[table.id]), "RouteTables")
    own = [route for route in blocks(found, "Routes") if route["Origin"] == "CreateRoute"]
    assert sorted(text(route, "DestinationCidrBlock", "") or text(route, "GatewayId") for route in own) == [
        "0.0.0.0/0",
        "192.168.0.0/16",
        endpoint.id,
    ]
    world.order.remove("endpoint")
    world.driver.delete(world.live["endpoint"])
    assert world.driver.read(world.live["endpoint"]) is None


def test_a_resource_that_is_still_there_is_not_taken_for_deleted_as_something_else_is_missing(
    world: ExampleWorld,
) -> None:
    from moto.ec2.models import ec2_backends

    endpoint, table = world.need("endpoint"), world.look_up("table", "id")
    tables = ec2_backends["123456789012"][REGION].route_tables
    lost = tables.pop(table)
    with pytest.raises(ProviderCallError, match=r"DeleteVpcEndpoints failed with InvalidRouteTableID\.NotFound"):
        world.driver.delete(endpoint)
    tables[table] = lost


def test_a_changed_scaling_policy_leaves_no_alarms_behind(world: ExampleWorld) -> None:
    example = EXAMPLES["scaling_policy"]
    policy = world.need("scaling_policy")
    policy = world.driver.update(policy, world.inputs({**example.properties, **example.change}))
    world.order.remove("scaling_policy")
    world.driver.delete(policy)
    assert CLIENT.call("cloudwatch", "describe_alarms", REGION)["MetricAlarms"] == []


def test_a_changed_listener_keeps_the_certificates_that_were_added(world: ExampleWorld) -> None:
    added, listener = world.need("listener_certificate"), world.need("tls_listener")
    example = EXAMPLES["tls_listener"]
    world.live["tls_listener"] = world.driver.update(listener, world.inputs({**example.properties, **example.change}))
    assert world.driver.read(added) == added


def test_an_acl_is_refused_by_a_bucket_whose_owner_owns_everything(driver: Driver) -> None:
    bucket = driver.create("aws:s3/bucket:Bucket", "plain", {})
    with pytest.raises(ProviderCallError, match="AccessControlListNotSupported: The bucket does not allow ACLs"):
        driver.create("aws:s3/bucketAcl:BucketAcl", "acl", {"bucket": bucket.id, "acl": "public-read"})
    driver.delete(bucket)


def test_an_object_is_named_as_its_resource_and_holds_what_was_given(driver: Driver) -> None:
    bucket = driver.create("aws:s3/bucket:Bucket", "site", {"forceDestroy": True})
    for name, body in (
        ("text.txt", {"content": "hi"}),
        ("asset.txt", {"source": wire.Asset({"text": "hi", "hash": "1"})}),
    ):
        made = driver.create("aws:s3/bucketObject:BucketObject", name, {"bucket": bucket.id, **body})
        assert (made.id, made.outputs["key"]) == (f"{bucket.id}/{name}", name)
        stored = CLIENT.client("s3", REGION).get_object(Bucket=bucket.id, Key=name)
        assert stored["Body"].read() == b"hi"
    driver.delete(bucket)


def test_a_bucket_that_never_stops_filling_is_given_up_with_what_to_do(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.s3.models import S3Backend

    bucket = driver.create("aws:s3/bucket:Bucket", "busy", {"forceDestroy": True})
    CLIENT.call("s3", "put_object", REGION, Bucket=bucket.id, Key="0")
    empty = S3Backend.delete_bucket

    def write_and_delete(backend: S3Backend, bucket_name: str) -> object:
        backend.put_object(bucket_name, "log", b"one more")
        return empty(backend, bucket_name)

    with monkeypatch.context() as patched:
        patched.setattr(S3Backend, "delete_bucket", write_and_delete)
        with pytest.raises(ProviderCallError, match=r"BucketNotEmpty: .*; something keeps writing into it; stop that"):
            driver.delete(bucket)
    driver.delete(bucket)
    assert driver.read(bucket) is None


def test_a_zone_with_records_is_not_deleted_unless_forced(driver: Driver) -> None:
    zone = driver.create("aws:route53/zone:Zone", "kept", {"name": "kept.example"})
    record = {"zoneId": zone.id, "name": "www", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}
    made = driver.create("aws:route53/record:Record", "www", record)
    assert made.outputs["fqdn"] == "www.kept.example"
    with pytest.raises(ProviderCallError, match="HostedZoneNotEmpty"):
        driver.delete(zone)
    with pytest.raises(ProviderCallError, match=r"Tried to create resource record set \[name='www.kept.example.'"):
        driver.create("aws:route53/record:Record", "again", record)
    forced = driver.update(zone, {"name": "kept.example", "forceDestroy": True})
    driver.delete(forced)
    assert driver.read(forced) is None


def test_an_access_keys_password_for_mail_follows_from_its_secret(driver: Driver) -> None:
    user = driver.create("aws:iam/user:User", "mailer", {"forceDestroy": True})
    key = driver.create("aws:iam/accessKey:AccessKey", "mailer", {"user": user.id})
    assert key.outputs["sesSmtpPasswordV4"].startswith("B")  # version 4, in base64
    assert driver.read(key) == key, "the secret that IAM tells once stays known"
    driver.delete(user)


def test_over_http_moto_has_what_was_added_to_it(world: ExampleWorld) -> None:
    endpoint = world.need("connect_endpoint")
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    key = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    client = boto3.client("ec2", endpoint_url=f"http://{host}:{port}", region_name=REGION, **key)
    try:
        found = client.describe_instance_connect_endpoints()["InstanceConnectEndpoints"]
    finally:
        client.close()
        server.stop()
    assert [(each["InstanceConnectEndpointId"], each["State"]) for each in found] == [(endpoint.id, "create-complete")]


def test_the_cloud_can_be_saved_with_every_type_in_it(world: ExampleWorld) -> None:
    for name in EXAMPLES:
        world.need(name)
    assert len(snapshot.dump(Base(), [])) > 0
