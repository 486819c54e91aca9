"""Settings that switch each other off, and settings that AWS takes in one order only, in place as the real provider."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from tests.support.sandbox.provider_driver import Driver, Live
from tests.support.sandbox.provider_world import provider
from tests.support.sandbox.self_signed import self_signed

os.environ.update(MOTO_ENVIRONMENT)

QUEUE = "aws:sqs/queue:Queue"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
TABLE = "aws:dynamodb/table:Table"
NESTED = json.dumps({"order": {"kind": ["physical"]}})
FLAT = json.dumps({"kind": ["physical"]})


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with provider(retry_seconds=0.6) as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        yield driver
        driver.close()


def outputs(driver: Driver, live: Live, *names: str) -> dict[str, Any]:
    """These outputs after a refresh."""
    read = driver.read(live)
    assert read is not None
    return {name: read.outputs.get(name) for name in names}


def test_either_encryption_of_a_queue_switches_the_other_off(driver: Driver) -> None:
    names = ("sqsManagedSseEnabled", "kmsMasterKeyId", "kmsDataKeyReusePeriodSeconds")
    queue = driver.create(QUEUE, "switching", {"sqsManagedSseEnabled": True})
    assert outputs(driver, queue, *names[:2]) == {"sqsManagedSseEnabled": True, "kmsMasterKeyId": None}

    queue = driver.update(queue, {"kmsMasterKeyId": "alias/aws/sqs", "kmsDataKeyReusePeriodSeconds": 3600})
    assert outputs(driver, queue, *names) == dict(zip(names, (False, "alias/aws/sqs", 3600), strict=True))
    assert driver.diff(queue, queue.inputs)["changed"] == []

    queue = driver.update(queue, {"sqsManagedSseEnabled": True})
    assert outputs(driver, queue, *names[:2]) == {"sqsManagedSseEnabled": True, "kmsMasterKeyId": None}
    assert driver.diff(queue, queue.inputs)["changed"] == []


def test_a_queue_created_with_a_key_is_not_encrypted_by_sqs_too(driver: Driver) -> None:
    queue = driver.create(QUEUE, "with-key", {"kmsMasterKeyId": "alias/aws/sqs"})
    assert outputs(driver, queue, "sqsManagedSseEnabled", "kmsMasterKeyId") == {
        "sqsManagedSseEnabled": False,
        "kmsMasterKeyId": "alias/aws/sqs",
    }


def test_a_refresh_shows_the_encryption_that_somebody_else_switched_on(driver: Driver) -> None:
    queue = driver.create(QUEUE, "drifting", {"sqsManagedSseEnabled": True})
    driver.update(queue, {"kmsMasterKeyId": "alias/aws/sqs"})  # and the state knows nothing of it
    assert outputs(driver, queue, "sqsManagedSseEnabled", "kmsMasterKeyId") == {
        "sqsManagedSseEnabled": False,
        "kmsMasterKeyId": "alias/aws/sqs",
    }


def test_a_queue_with_both_encryptions_is_refused_as_by_the_real_provider(driver: Driver) -> None:
    inputs = {"sqsManagedSseEnabled": True, "kmsMasterKeyId": "alias/aws/sqs"}
    assert driver.check(QUEUE, "both", inputs)[1] == [("kmsMasterKeyId", "conflicts with sqsManagedSseEnabled")]


class Filter(NamedTuple):
    """A subscription's filter before and after a change."""

    name: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    scope: str | None
    """As AWS answers it afterwards."""


BODY = {"filterPolicy": NESTED, "filterPolicyScope": "MessageBody"}
ATTRIBUTES = {"filterPolicy": FLAT, "filterPolicyScope": "MessageAttributes"}
FILTERS = [
    Filter("attributes-to-body", ATTRIBUTES, BODY, "MessageBody"),
    Filter("body-to-attributes", BODY, ATTRIBUTES, "MessageAttributes"),
    Filter("default-to-body", {"filterPolicy": FLAT}, BODY, "MessageBody"),
    Filter("body-to-default", BODY, {"filterPolicy": FLAT}, "MessageAttributes"),
    Filter("none-to-body", {}, BODY, "MessageBody"),
    Filter("body-to-none", BODY, {}, None),
]


@pytest.mark.parametrize("case", FILTERS, ids=lambda case: case.name)
def test_a_filter_and_its_scope_change_together_in_place(driver: Driver, case: Filter) -> None:
    topic = driver.create("aws:sns/topic:Topic", case.name, {}).outputs["arn"]
    queue = driver.create(QUEUE, case.name, {}).outputs["arn"]
    fixed = {"topic": topic, "protocol": "sqs", "endpoint": queue}
    subscription = driver.create(SUBSCRIPTION, case.name, {**fixed, **case.before})
    assert driver.diff(subscription, {**fixed, **case.after})["replaces"] == []

    subscription = driver.update(subscription, {**fixed, **case.after})
    read = outputs(driver, subscription, "filterPolicy", "filterPolicyScope")
    wanted = case.after.get("filterPolicy")
    assert json.loads(read["filterPolicy"] or "null") == (json.loads(str(wanted)) if wanted else None)
    assert (read["filterPolicyScope"] or None) == case.scope
    assert driver.diff(subscription, {**fixed, **case.after})["changed"] == []


def test_a_scope_without_a_filter_is_refused_as_by_the_real_provider(driver: Driver) -> None:
    inputs = {"topic": "arn", "protocol": "sqs", "endpoint": "arn", "filterPolicyScope": "MessageBody"}
    reason = "filter_policy is required when filter_policy_scope is set"
    assert driver.check(SUBSCRIPTION, "s", inputs)[1] == [("filterPolicyScope", reason)]


def test_a_table_billed_per_request_has_no_capacity_and_gets_it_back(driver: Driver) -> None:
    table = {"hashKey": "id", "attributes": [{"name": "id", "type": "S"}]}
    provisioned = {**table, "billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 4}
    names = ("billingMode", "readCapacity", "writeCapacity")
    live = driver.create(TABLE, "billed", provisioned)

    live = driver.update(live, {**table, "billingMode": "PAY_PER_REQUEST"})
    assert outputs(driver, live, *names) == dict(zip(names, ("PAY_PER_REQUEST", 0, 0), strict=True))
    assert driver.diff(live, {**table, "billingMode": "PAY_PER_REQUEST"})["changed"] == []

    live = driver.update(live, provisioned)
    assert outputs(driver, live, *names) == dict(zip(names, ("PROVISIONED", 5, 4), strict=True))


def test_a_table_changes_from_a_key_of_its_own_to_none_and_back(driver: Driver) -> None:
    table = {"hashKey": "id", "attributes": [{"name": "id", "type": "S"}], "billingMode": "PAY_PER_REQUEST"}
    key = driver.create("aws:kms/key:Key", "table", {}).outputs["arn"]
    keyed = {**table, "serverSideEncryption": {"enabled": True, "kmsKeyArn": key}}
    live = driver.create(TABLE, "keyed", keyed)
    assert outputs(driver, live, "serverSideEncryption")["serverSideEncryption"]["kmsKeyArn"] == key

    live = driver.update(live, {**table, "serverSideEncryption": {"enabled": False}})
    assert outputs(driver, live, "serverSideEncryption")["serverSideEncryption"]["enabled"] is False

    live = driver.update(live, keyed)
    assert outputs(driver, live, "serverSideEncryption")["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": key}


def test_a_listener_without_tls_has_neither_certificate_nor_policy(driver: Driver) -> None:
    vpc = driver.create("aws:ec2/vpc:Vpc", "tls", {"cidrBlock": "10.9.0.0/16"}).id
    subnets = [
        driver.create(
            "aws:ec2/subnet:Subnet",
            f"tls-{zone}",
            {"vpcId": vpc, "cidrBlock": f"10.9.{index}.0/24", "availabilityZone": f"eu-west-1{zone}"},
        ).id
        for index, zone in enumerate("ab")
    ]
    balancer = driver.create("aws:lb/loadBalancer:LoadBalancer", "tls", {"subnets": subnets, "internal": True}).id
    own = self_signed()
    imported = {"certificateBody": own["certificate"], "privateKey": own["key"]}
    certificate = driver.create("aws:acm/certificate:Certificate", "tls", imported)
    answer = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "200"}}
    inputs = {"loadBalancerArn": balancer, "port": 443, "defaultActions": [answer]}
    policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    secured = {**inputs, "protocol": "HTTPS", "certificateArn": certificate.outputs["arn"], "sslPolicy": policy}
    live = driver.create("aws:lb/listener:Listener", "tls", secured)
    names = ("protocol", "sslPolicy", "certificateArn")
    assert outputs(driver, live, *names) == dict(zip(names, ("HTTPS", policy, certificate.outputs["arn"]), strict=True))

    live = driver.update(live, {**inputs, "protocol": "HTTP"})
    assert {name: value or None for name, value in outputs(driver, live, *names).items()} == {
        "protocol": "HTTP",
        "sslPolicy": None,
        "certificateArn": None,
    }

    live = driver.update(live, secured)
    assert outputs(driver, live, *names) == dict(zip(names, ("HTTPS", policy, certificate.outputs["arn"]), strict=True))
