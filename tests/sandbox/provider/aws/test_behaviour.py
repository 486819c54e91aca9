"""What the provider refuses, names, hides and waits for, as the real one does."""

import json
import os
import re
from collections.abc import Iterator

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol import wire
from tests.support.sandbox.provider_driver import Driver, ProviderCallError
from tests.support.sandbox.provider_world import Registry, provider

os.environ.update(MOTO_ENVIRONMENT)

VPC = "aws:ec2/vpc:Vpc"
QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
ROLE = "aws:iam/role:Role"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
REPOSITORY = "aws:ecr/repository:Repository"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
CLIENT = AwsClient()


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[int, Registry]]:
    with provider(retry_seconds=0.6) as found:
        yield found


@pytest.fixture
def driver(world: tuple[int, Registry]) -> Iterator[Driver]:
    driver = Driver(world[0], {"region": "eu-west-1"})
    yield driver
    driver.close()


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"delaySecond": 1}, "delaySecond", "unknown property 'delaySecond'; did you mean 'delaySeconds'?"),
        ({"delaySeconds": "soon"}, "delaySeconds", 'must be a number, got "soon"'),
        ({"delaySeconds": 1.5}, "delaySeconds", "must be a whole number, got 1.5"),
        ({"delaySeconds": 901}, "delaySeconds", "expected delaySeconds to be in the range (0 - 900), got 901"),
        ({"fifoQueue": "maybe"}, "fifoQueue", 'must be true or false, got "maybe"'),
        ({"tags": ["a"]}, "tags", 'must be a map, got ["a"]'),
        ({"tags": {"a": ["b"]}}, 'tags["a"]', 'must be a string, got ["b"]'),
        ({"name": {"a": 1}}, "name", 'must be a string, got {"a": 1}'),
        (
            {"policy": "{"},
            "policy",
            "must be JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        ({"name": "a.fifo"}, "name", "a FIFO queue's name ends with .fifo, and no other's does, got 'a.fifo'"),
    ],
)
def test_a_wrong_input_is_refused_with_its_path(
    driver: Driver, inputs: wire.Properties, path: str, reason: str
) -> None:
    assert driver.check(QUEUE, "q", inputs)[1] == [(path, reason)]


def test_a_missing_input_is_refused_at_every_depth(driver: Driver) -> None:
    inputs = {"loadBalancerArn": "arn", "defaultActions": [{"redirect": {}}]}
    failures = driver.check("aws:lb/listener:Listener", "l", inputs)[1]
    assert failures == [
        ("defaultActions[0].redirect.statusCode", "missing required property 'statusCode'"),
        ("defaultActions[0].type", "missing required property 'type'"),
    ]


def test_unknown_values_pass_the_check(driver: Driver) -> None:
    inputs = {"name": wire.UNKNOWN, "delaySeconds": wire.UNKNOWN, "tags": {"a": wire.UNKNOWN}, "policy": wire.UNKNOWN}
    assert driver.checked(QUEUE, "q", inputs)["delaySeconds"] is wire.UNKNOWN


@pytest.mark.parametrize(
    ("token", "inputs", "pattern"),
    [
        (QUEUE, {}, r"orders-[0-9a-f]{7}"),
        (QUEUE, {"fifoQueue": True}, r"orders-[0-9a-f]{7}\.fifo"),
        (TOPIC, {"fifoTopic": True}, r"orders-[0-9a-f]{7}\.fifo"),
        (QUEUE, {"namePrefix": "shop-"}, r"shop-[0-9a-f]{26}"),
        ("aws:kms/alias:Alias", {"targetKeyId": "k"}, r"alias/orders-[0-9a-f]{7}"),
    ],
)
def test_a_name_is_found_as_the_real_provider_does(
    driver: Driver, token: str, inputs: wire.Properties, pattern: str
) -> None:
    assert re.fullmatch(pattern, driver.checked(token, "orders", inputs)["name"])


def test_a_repository_is_named_in_lower_case(driver: Driver) -> None:
    assert re.fullmatch(r"shopapi-[0-9a-f]{7}", driver.checked(REPOSITORY, "ShopApi", {})["name"])


def test_a_found_name_stays_over_updates_and_one_seed_gives_one_name(driver: Driver) -> None:
    first = driver.checked(QUEUE, "orders", {})
    assert driver.checked(QUEUE, "orders", {"delaySeconds": 3}, first)["name"] == first["name"]
    assert driver.checked(QUEUE, "orders", {})["name"] == first["name"]


def test_a_load_balancer_name_over_32_characters_is_refused(driver: Driver) -> None:
    _, failures = driver.check("aws:lb/loadBalancer:LoadBalancer", "n" * 25, {"subnets": ["a", "b"]})
    assert failures[0][0] == "name"
    assert failures[0][1].endswith("33 characters, and AWS takes 32; shorten the resource's name or set 'name'")


def test_an_undeclared_type_and_function_are_named_with_the_place_to_add_them(driver: Driver) -> None:
    tail = "(docs/sandbox-types.md shows how), or use a stack on the real AWS"
    with pytest.raises(ProviderCallError) as caught:
        driver.check("aws:neptune/cluster:Cluster", "c", {})
    assert str(caught.value) == (
        "the sandbox has no resource type aws:neptune/cluster:Cluster; "
        f"declare it in slipway_sandbox/provider/services/neptune.py {tail}"
    )
    with pytest.raises(ProviderCallError, match=re.escape("the sandbox has no function aws:ec2/getEip:getEip; ")):
        driver.invoke("aws:ec2/getEip:getEip", {})


def test_an_aws_error_names_resource_operation_code_and_what_to_do(driver: Driver) -> None:
    inputs = {"vpcId": "vpc-12345678", "cidrBlock": "10.0.0.0/24"}
    with pytest.raises(ProviderCallError) as caught:
        driver.create("aws:ec2/subnet:Subnet", "s", inputs)
    assert str(caught.value) == (
        "aws:ec2/subnet:Subnet 's': CreateSubnet failed with InvalidVpcID.NotFound: VpcID vpc-12345678 does not exist; "
        "was it deleted behind Pulumi's back? `pulumi refresh` finds out"
    )


def test_a_secret_input_is_a_secret_output_and_so_are_the_tags_made_of_it(driver: Driver) -> None:
    live = driver.create(TOPIC, "secret", {"displayName": wire.Secret("hush"), "tags": {"a": wire.Secret("b")}})
    assert live.outputs["displayName"] == wire.Secret("hush")
    assert live.outputs["tags"] == wire.Secret({"a": "b"})
    assert live.outputs["tagsAll"] == wire.Secret({"a": "b"})
    refreshed = driver.read(live)
    assert refreshed is not None
    assert refreshed.outputs == live.outputs
    driver.delete(live)


def test_instances_have_their_own_region_and_default_tags(world: tuple[int, Registry], driver: Driver) -> None:
    other = Driver(world[0], {"region": "us-east-1", "defaultTags": '{"tags": {"team": "shop", "a": "x"}}'})
    live = other.create(QUEUE, "far", {"tags": {"a": "b"}})
    assert live.outputs["arn"].startswith("arn:aws:sqs:us-east-1:123456789012:far-")
    assert (live.outputs["tags"], live.outputs["tagsAll"]) == ({"a": "b"}, {"team": "shop", "a": "b"})
    assert CLIENT.call("sqs", "list_queue_tags", "us-east-1", QueueUrl=live.id)["Tags"] == live.outputs["tagsAll"]
    bare = Driver(world[0], {"region": "us-east-1"})
    assert bare.diff(live, {"tags": {"a": "b"}})["details"] == {"tagsAll": "UPDATE"}
    bare.close()
    assert driver.create(QUEUE, "own", {"region": "eu-west-2"}).outputs["region"] == "eu-west-2"
    other.delete(live)
    other.close()


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"regoin": "x"}, "aws:regoin is not a key of the aws provider; did you mean aws:region?"),
        ({"region": "eu-wset-1"}, "aws:region must be an AWS region such as eu-west-1, got 'eu-wset-1'"),
        (
            {"endpoints": '[{"sqs": "https://sqs.eu-west-1.amazonaws.com"}]'},
            "aws:endpoints has 'https://sqs.eu-west-1.amazonaws.com' for sqs, and the sandbox's provider only talks to this "
            "machine; remove it, or unset PULUMI_DEBUG_PROVIDERS to use the released provider",
        ),
    ],
)
def test_a_configuration_that_leads_elsewhere_is_refused(
    world: tuple[int, Registry], configuration: wire.Properties, message: str
) -> None:
    with pytest.raises(ProviderCallError) as caught:
        Driver(world[0], configuration)
    assert str(caught.value) == message


def test_a_resource_that_is_half_made_is_recorded_and_finished_by_the_next_update(driver: Driver) -> None:
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    arn = "arn:aws:iam::123456789012:policy/missing"
    with pytest.raises(ProviderCallError, match="AttachRolePolicy failed with NoSuchEntity") as caught:
        driver.create(ROLE, "half", {"assumeRolePolicy": trust, "managedPolicyArns": [arn]})
    live = driver.incomplete(caught.value, ROLE, "half")
    assert live.id.startswith("half-")
    assert "managedPolicyArns" not in live.inputs
    fixed = {"assumeRolePolicy": trust, "managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
    assert driver.diff(live, fixed)["changed"] == ["managedPolicyArns"]
    live = driver.update(live, fixed)
    driver.delete(live)
    assert driver.read(live) is None


ABSENT = "sg-0123456789abcdef0"


def test_a_group_whose_rules_fail_is_not_orphaned(driver: Driver) -> None:
    vpc = driver.create(VPC, "half", {"cidrBlock": "10.79.0.0/16"})
    rule = {"protocol": "tcp", "fromPort": 1, "toPort": 2}
    with pytest.raises(ProviderCallError, match=r"AuthorizeSecurityGroupIngress failed with") as caught:
        driver.create(GROUP, "half", {"vpcId": vpc.id, "ingress": [{**rule, "securityGroups": [ABSENT]}]})
    live = driver.incomplete(caught.value, GROUP, "half")
    assert live.id.startswith("sg-")
    live = driver.update(live, {"vpcId": vpc.id, "ingress": [{**rule, "cidrBlocks": ["10.0.0.0/9"]}]})
    assert driver.read(live) == live
    driver.delete(live)
    driver.delete(vpc)


def test_an_instance_leaves_nothing_behind(driver: Driver) -> None:
    vpc = driver.create(VPC, "box", {"cidrBlock": "10.76.0.0/16"})
    inputs = {"vpcId": vpc.id, "cidrBlock": "10.76.1.0/24", "mapPublicIpOnLaunch": True}
    subnet = driver.create("aws:ec2/subnet:Subnet", "box", inputs)
    image = driver.invoke("aws:ssm/getParameter:getParameter", {"name": IMAGE})["insecureValue"]
    given = {"ami": image, "instanceType": "t3.micro", "subnetId": subnet.id, "privateIp": "10.76.1.9"}
    instance = driver.create("aws:ec2/instance:Instance", "box", given)
    assert (instance.outputs["privateIp"], instance.outputs["associatePublicIpAddress"]) == ("10.76.1.9", True)
    assert driver.read(instance) == instance
    driver.delete(instance)
    assert CLIENT.call("ec2", "describe_network_interfaces", "eu-west-1")["NetworkInterfaces"] == []
    driver.delete(subnet)
    driver.delete(vpc)


def test_an_association_goes_before_its_replacement_comes(driver: Driver) -> None:
    vpc = driver.create(VPC, "tied", {"cidrBlock": "10.78.0.0/16"})
    subnet = driver.create("aws:ec2/subnet:Subnet", "tied", {"vpcId": vpc.id, "cidrBlock": "10.78.1.0/24"})
    one, two = (driver.create("aws:ec2/routeTable:RouteTable", name, {"vpcId": vpc.id}) for name in ("one", "two"))
    association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    tie = driver.create(association, "tied", {"subnetId": subnet.id, "routeTableId": one.id})
    diff = driver.diff(tie, {"subnetId": subnet.id, "routeTableId": two.id})
    assert (diff["replaces"], diff["before"]) == (["routeTableId"], True)
    for live in (tie, one, two, subnet, vpc):
        driver.delete(live)


def test_what_is_still_used_is_waited_for_and_then_named(driver: Driver) -> None:
    vpc = driver.create(VPC, "busy", {"cidrBlock": "10.77.0.0/16"})
    subnet = driver.create("aws:ec2/subnet:Subnet", "busy", {"vpcId": vpc.id, "cidrBlock": "10.77.1.0/24"})
    with pytest.raises(
        ProviderCallError, match=r"DeleteVpc failed with DependencyViolation: .*something still uses it"
    ):
        driver.delete(vpc)
    driver.delete(subnet)
    driver.delete(vpc)
    assert driver.read(vpc) is None


def test_json_means_the_same_in_any_order_and_lists_are_sets(driver: Driver) -> None:
    one = {"Statement": [{"Effect": "Allow", "Action": ["a:B", "a:C"], "Principal": {"AWS": "*"}}]}
    two = {"Statement": {"Principal": {"AWS": ["*"]}, "Action": ["a:C", "a:B"], "Effect": "Allow"}}
    role = driver.create(ROLE, "json", {"assumeRolePolicy": json.dumps(one)})
    assert driver.diff(role, {"assumeRolePolicy": json.dumps(two)})["details"] == {}
    driver.delete(role)


def test_a_resource_moves_with_its_providers_region(world: tuple[int, Registry], driver: Driver) -> None:
    live = driver.create(TOPIC, "moves", {})
    other = Driver(world[0], {"region": "us-east-1"})
    assert other.diff(live, {})["details"] == {"region": "UPDATE_REPLACE"}
    assert other.diff(live, {"region": "eu-west-1"})["details"] == {}
    other.close()
    driver.delete(live)


def test_a_replacement_under_the_same_name_deletes_first(driver: Driver) -> None:
    named = driver.create(TOPIC, "named", {"name": "named"})
    assert driver.diff(named, {"name": "named", "region": "eu-west-2"})["before"] is True
    found = driver.create(TOPIC, "found", {})
    assert driver.diff(found, {"region": "eu-west-2"})["before"] is False
    driver.delete(named)
    driver.delete(found)


def test_a_repository_with_images_goes_with_force_delete_only(world: tuple[int, Registry], driver: Driver) -> None:
    registry = world[1]
    live = driver.create(REPOSITORY, "r", {"name": "shop/kept"})
    assert live.outputs["repositoryUrl"] == f"{registry.address}/shop/kept"
    registry.images["shop/kept"] = {"1": "sha256:aa", "latest": "sha256:aa", "2": "sha256:bb"}
    with pytest.raises(ProviderCallError, match=r"RepositoryNotEmptyException: .*; set forceDelete to delete"):
        driver.delete(live)
    live = driver.update(live, {"name": "shop/kept", "forceDelete": True})
    driver.delete(live)
    assert registry.images["shop/kept"] == {}
    assert driver.read(live) is None


def test_a_queue_keeps_its_policy_when_another_attribute_is_set(driver: Driver) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    queue = driver.create(QUEUE, "policed", {})
    held = driver.create("aws:sqs/queuePolicy:QueuePolicy", "p", {"queueUrl": queue.id, "policy": policy})
    allow = {"queueUrl": queue.id, "redriveAllowPolicy": '{"redrivePermission": "denyAll"}'}
    driver.create("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "r", allow)
    driver.update(queue, {"delaySeconds": 3})
    assert driver.read(held) == held
    driver.delete(held)
    assert driver.read(held) is None
    driver.delete(queue)
