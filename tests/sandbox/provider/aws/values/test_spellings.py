"""Other spellings that AWS or the real provider takes: taken, and no change when they are read back."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.readers import block
from tests.support.sandbox.provider_driver import Driver
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
ANSWER = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "200"}}


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with provider(retry_seconds=0.6) as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        yield driver
        driver.close()


def outputs(driver: Driver, token: str, inputs: Mapping[str, object]) -> dict[str, Any]:
    """The outputs of a new resource after a refresh, without a change by it."""
    live = driver.create(token, "spelled", inputs)
    read = driver.read(live)
    assert read is not None, "the refresh takes it for deleted"
    assert driver.diff(live, inputs)["changed"] == []
    assert driver.diff(read, inputs)["changed"] == []
    return read.outputs


@pytest.mark.parametrize(
    ("cpu", "memory"), [("1 vCPU", "2 GB"), ("1vcpu", "2GB"), ("1024", "2048"), ("1.0 vCPU", "2.0 gb")]
)
def test_a_task_size_in_words_is_read_back_in_units(driver: Driver, cpu: str, memory: str) -> None:
    container = json.dumps([{"name": "app", "image": "app:1"}])
    fargate = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    inputs = {"family": "sized", "containerDefinitions": container, "cpu": cpu, "memory": memory, **fargate}
    answered = outputs(driver, TASK, inputs)
    assert (answered["cpu"], answered["memory"]) == ("1024", "2048")
    live = driver.create(TASK, "sized", inputs)
    assert driver.diff(live, {**inputs, "cpu": "1 vCPU", "memory": "2 GB"})["changed"] == []
    assert driver.diff(live, {**inputs, "memory": "3 GB"})["replaces"] == ["memory"]


def test_a_task_size_that_fargate_does_not_offer_is_refused_in_words_too(driver: Driver) -> None:
    container = json.dumps([{"name": "app", "image": "app:1"}])
    inputs = {"family": "sized", "containerDefinitions": container, "requiresCompatibilities": ["FARGATE"]}
    failures = driver.check(TASK, "sized", {**inputs, "cpu": "1 vCPU", "memory": "1 GB"})
    assert failures[1] == [("memory", "No Fargate configuration exists for given values: 1024 CPU, 1024 memory")]


@pytest.mark.usefixtures("driver")
def test_the_api_answers_a_task_size_in_units() -> None:
    container: list[wire.Value] = [{"name": "app", "image": "app:1"}]
    request: wire.Properties = {"family": "by-api", "containerDefinitions": container, "cpu": "2 vCPU", "memory": "4GB"}
    registered = block(AwsClient().call("ecs", "register_task_definition", "eu-west-1", **request), "taskDefinition")
    assert (registered["cpu"], registered["memory"]) == ("2048", "4096")


class Protocol(NamedTuple):
    """A protocol in a rule, and its ports."""

    spelled: str
    ports: Mapping[str, object]


PORTS = {"fromPort": 80, "toPort": "80"}
PROTOCOLS = [Protocol("TCP", PORTS), Protocol("6", PORTS), Protocol("Udp", PORTS), Protocol("17", PORTS)]


@pytest.mark.parametrize("case", [*PROTOCOLS, Protocol("all", {"fromPort": 0, "toPort": 0})], ids=lambda it: it.spelled)
def test_a_protocol_of_a_security_group_is_taken_in_every_spelling(driver: Driver, case: Protocol) -> None:
    vpc = driver.create(VPC, "spelled", {"cidrBlock": "10.8.0.0/16"}).id
    rule = {"protocol": case.spelled, **case.ports, "cidrBlocks": ["10.0.0.0/8"]}
    outputs(driver, GROUP, {"vpcId": vpc, "ingress": [rule]})
    group = driver.create(GROUP, "empty", {"vpcId": vpc}).id
    separate = {"securityGroupId": group, "type": "ingress", **rule}
    outputs(driver, "aws:ec2/securityGroupRule:SecurityGroupRule", separate)


@pytest.mark.parametrize("case", [*PROTOCOLS, Protocol("all", {}), Protocol("-1", {})], ids=lambda it: it.spelled)
def test_a_protocol_of_a_directed_rule_is_taken_in_every_spelling(driver: Driver, case: Protocol) -> None:
    vpc = driver.create(VPC, "directed", {"cidrBlock": "10.8.0.0/16"}).id
    group = driver.create(GROUP, "directed", {"vpcId": vpc}).id
    rule = {"securityGroupId": group, "ipProtocol": case.spelled, **case.ports, "cidrIpv4": "10.0.0.0/8"}
    outputs(driver, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule)


def test_protocols_of_load_balancers_are_taken_in_lower_case(driver: Driver) -> None:
    vpc = driver.create(VPC, "balanced", {"cidrBlock": "10.8.0.0/16"}).id
    subnets = [
        driver.create(
            "aws:ec2/subnet:Subnet",
            f"balanced-{zone}",
            {"vpcId": vpc, "cidrBlock": f"10.8.{index}.0/24", "availabilityZone": f"eu-west-1{zone}"},
        ).id
        for index, zone in enumerate("ab")
    ]
    balancer = driver.create("aws:lb/loadBalancer:LoadBalancer", "b", {"subnets": subnets, "internal": True}).id
    listener = {"loadBalancerArn": balancer, "port": 80, "protocol": "http", "defaultActions": [ANSWER]}
    assert outputs(driver, "aws:lb/listener:Listener", listener)["protocol"] == "HTTP"
    group = {"vpcId": vpc, "port": 80, "protocol": "http", "healthCheck": {"protocol": "https", "port": 8443}}
    answered = outputs(driver, "aws:lb/targetGroup:TargetGroup", group)
    assert (answered["protocol"], answered["healthCheck"]["protocol"]) == ("HTTP", "HTTPS")


WORD = '"10.0.0.5/8" is not a valid CIDR block; did you mean "10.0.0.0/8"?'


def test_a_network_with_host_bits_is_refused_as_by_the_real_provider(driver: Driver) -> None:
    rule = {"protocol": "tcp", **PORTS, "cidrBlocks": ["10.0.0.0/8", "10.0.0.5/8"]}
    assert driver.check(GROUP, "g", {"ingress": [rule]})[1] == [("ingress[0].cidrBlocks[1]", WORD)]
    separate = {"securityGroupId": "sg-1", "type": "ingress", **rule}
    assert driver.check("aws:ec2/securityGroupRule:SecurityGroupRule", "r", separate)[1] == [("cidrBlocks[1]", WORD)]
    directed = {"securityGroupId": "sg-1", "ipProtocol": "tcp", **PORTS, "cidrIpv4": "10.0.0.5/8"}
    ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    assert driver.check(ingress, "r", directed)[1] == [("cidrIpv4", WORD)]
    assert driver.check(ingress, "r", {**directed, "cidrIpv4": wire.UNKNOWN})[1] == []
