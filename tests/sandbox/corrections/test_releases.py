"""What a deletion gives back, what stands in its way, and what cannot be there twice, as AWS has it.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
https://github.com/hashicorp/terraform/issues/26407 (the words of both refusals of a port)
"""

import os
from collections.abc import Iterator

import pytest
from moto.moto_api._internal.models import moto_api_backend

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient, AwsError
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Value
from tests.support.sandbox.runtime_cloud import DEBIAN

os.environ.update(MOTO_ENVIRONMENT)

CLIENT = AwsClient()
REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def _empty_cloud() -> Iterator[None]:
    moto_api_backend.reset()
    yield
    moto_api_backend.reset()


def ec2(operation: str, /, **members: Value) -> dict[str, Value]:
    return CLIENT.call("ec2", operation, REGION, **members)


def elb(operation: str, /, **members: Value) -> dict[str, Value]:
    return CLIENT.call("elbv2", operation, REGION, **members)


def subnets() -> list[str]:
    return [text(subnet, "SubnetId") for subnet in blocks(ec2("describe_subnets"), "Subnets")]


def holders() -> list[tuple[object, ...]]:
    """Interface, instance and association of each address."""
    names = ("NetworkInterfaceId", "InstanceId", "AssociationId")
    addresses = blocks(ec2("describe_addresses"), "Addresses")
    return [tuple(address.get(name) or None for name in names) for address in addresses]


def interfaces() -> list[str]:
    listed = blocks(ec2("describe_network_interfaces"), "NetworkInterfaces")
    return [text(interface, "NetworkInterfaceId") for interface in listed]


def test_a_deleted_nat_gateway_gives_its_address_back() -> None:
    address = text(ec2("allocate_address", Domain="vpc"), "AllocationId")
    first = block(ec2("create_nat_gateway", SubnetId=subnets()[0], AllocationId=address), "NatGateway")
    assert holders() != [(None, None, None)]
    ec2("delete_nat_gateway", NatGatewayId=first["NatGatewayId"])
    assert (holders(), interfaces()) == ([(None, None, None)], [])
    second = block(ec2("create_nat_gateway", SubnetId=subnets()[0], AllocationId=address), "NatGateway")
    assert second["State"] == "available"


def test_a_deleted_network_interface_gives_its_address_back() -> None:
    interface = block(ec2("create_network_interface", SubnetId=subnets()[0]), "NetworkInterface")["NetworkInterfaceId"]
    address = ec2("allocate_address", Domain="vpc")["AllocationId"]
    ec2("associate_address", AllocationId=address, NetworkInterfaceId=interface)
    assert holders()[0][0] == interface
    ec2("delete_network_interface", NetworkInterfaceId=interface)
    assert holders() == [(None, None, None)]


def test_a_terminated_instance_gives_its_address_back() -> None:
    [image] = blocks(ec2("describe_images", Filters=[DEBIAN]), "Images")
    run = {
        "ImageId": image["ImageId"],
        "InstanceType": "t3.micro",
        "SubnetId": subnets()[0],
        "MinCount": 1,
        "MaxCount": 1,
    }
    [instance] = blocks(ec2("run_instances", **run), "Instances")
    address = ec2("allocate_address", Domain="vpc")["AllocationId"]
    ec2("associate_address", AllocationId=address, InstanceId=instance["InstanceId"])
    assert holders()[0][1] == instance["InstanceId"]
    ec2("terminate_instances", InstanceIds=[instance["InstanceId"]])
    assert (holders(), interfaces()) == ([(None, None, None)], [])


def test_an_interface_that_was_asked_to_stay_outlives_its_instance() -> None:
    [image] = blocks(ec2("describe_images", Filters=[DEBIAN]), "Images")
    card: Value = [{"DeviceIndex": 0, "SubnetId": subnets()[0], "DeleteOnTermination": False}]
    run: dict[str, Value] = {"ImageId": image["ImageId"], "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    [instance] = blocks(ec2("run_instances", **run, NetworkInterfaces=card), "Instances")
    [interface] = interfaces()
    ec2("terminate_instances", InstanceIds=[instance["InstanceId"]])
    assert interfaces() == [interface]
    ec2("delete_network_interface", NetworkInterfaceId=interface)
    assert interfaces() == []


def test_a_security_group_stays_while_a_rule_of_another_names_it() -> None:
    vpc = text(blocks(ec2("describe_vpcs"), "Vpcs")[0], "VpcId")
    named, other = (
        text(ec2("create_security_group", GroupName=name, Description=name, VpcId=vpc), "GroupId")
        for name in ("a", "b")
    )
    rule: Value = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": named}]}]
    ec2("authorize_security_group_ingress", GroupId=named, IpPermissions=rule)
    ec2("authorize_security_group_ingress", GroupId=other, IpPermissions=rule)
    with pytest.raises(AwsError) as refused:
        ec2("delete_security_group", GroupId=named)
    assert (refused.value.code, refused.value.message) == (
        "DependencyViolation",
        f"resource {named} has a dependent object",
    )
    ec2("revoke_security_group_ingress", GroupId=other, IpPermissions=rule)
    ec2("delete_security_group", GroupId=named)
    ec2("delete_security_group", GroupId=other)


def answer(body: str) -> Value:
    fixed: Value = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": body}
    return [{"Type": "fixed-response", "FixedResponseConfig": fixed}]


def balancer() -> str:
    created = elb("create_load_balancer", Name="web", Subnets=subnets()[:2])
    return text(blocks(created, "LoadBalancers")[0], "LoadBalancerArn")


def listener(balancer_arn: str, port: int, body: str) -> str:
    members: dict[str, Value] = {
        "LoadBalancerArn": balancer_arn,
        "Protocol": "HTTP",
        "Port": port,
        "DefaultActions": answer(body),
    }
    return text(blocks(elb("create_listener", **members), "Listeners")[0], "ListenerArn")


def test_a_port_of_a_load_balancer_has_one_listener() -> None:
    arn = balancer()
    first = listener(arn, 80, "one")
    assert listener(arn, 80, "one") == first, "the same settings are the same listener"
    with pytest.raises(AwsError) as refused:
        listener(arn, 80, "two")
    assert (refused.value.code, refused.value.message) == (
        "DuplicateListener",
        f"A listener already exists on this port for this load balancer '{arn}'",
    )
    second = listener(arn, 81, "two")
    with pytest.raises(AwsError) as moved:
        elb("modify_listener", ListenerArn=second, Port=80, DefaultActions=answer("two"))
    assert (moved.value.code, moved.value.message) == ("ValidationError", "Listener port '80' is already in use")
    elb("modify_listener", ListenerArn=second, Port=81, DefaultActions=answer("three"))
    elb("delete_listener", ListenerArn=first)
    elb("modify_listener", ListenerArn=second, Port=80, DefaultActions=answer("two"))


def test_a_target_group_is_free_when_its_load_balancer_is_gone() -> None:
    arn, vpc = balancer(), text(blocks(ec2("describe_vpcs"), "Vpcs")[0], "VpcId")
    created = elb("create_target_group", Name="web", Protocol="HTTP", Port=80, VpcId=vpc)
    group = text(blocks(created, "TargetGroups")[0], "TargetGroupArn")
    forward: Value = [{"Type": "forward", "TargetGroupArn": group}]
    elb("create_listener", LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
    with pytest.raises(AwsError, match="ResourceInUse"):
        elb("delete_target_group", TargetGroupArn=group)
    elb("delete_load_balancer", LoadBalancerArn=arn)
    assert blocks(elb("describe_target_groups"), "TargetGroups")[0]["LoadBalancerArns"] == []
    elb("delete_target_group", TargetGroupArn=group)


def test_a_deleted_topic_takes_its_subscriptions_along() -> None:
    topic = CLIENT.call("sns", "create_topic", REGION, Name="orders")["TopicArn"]
    queue = "arn:aws:sqs:eu-west-1:123456789012:orders"
    CLIENT.call("sqs", "create_queue", REGION, QueueName="orders")
    CLIENT.call("sns", "subscribe", REGION, TopicArn=topic, Protocol="sqs", Endpoint=queue)
    CLIENT.call("sns", "delete_topic", REGION, TopicArn=topic)
    assert CLIENT.call("sns", "list_subscriptions", REGION)["Subscriptions"] == []


def test_a_rule_that_names_another_group_lets_the_first_one_go() -> None:
    vpc = text(block(ec2("create_vpc", CidrBlock="10.66.0.0/16"), "Vpc"), "VpcId")
    first, second, own = (
        text(ec2("create_security_group", GroupName=name, Description=name, VpcId=vpc), "GroupId")
        for name in ("first", "second", "own")
    )
    rule: dict[str, Value] = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    pairs: list[Value] = [{**rule, "UserIdGroupPairs": [{"GroupId": first}]}]
    made = blocks(ec2("authorize_security_group_ingress", GroupId=own, IpPermissions=pairs), "SecurityGroupRules")
    rule_id = text(made[0], "SecurityGroupRuleId")
    change: Value = [{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": {**rule, "ReferencedGroupId": second}}]
    ec2("modify_security_group_rules", GroupId=own, SecurityGroupRules=change)
    [shown] = blocks(ec2("describe_security_group_rules", SecurityGroupRuleIds=[rule_id]), "SecurityGroupRules")
    assert block(shown, "ReferencedGroupInfo")["GroupId"] == second
    ec2("delete_security_group", GroupId=first)
    with pytest.raises(AwsError, match="DependencyViolation"):
        ec2("delete_security_group", GroupId=second)
