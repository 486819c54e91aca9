"""The rule from a property to its AWS member, and the conversion of values."""

from typing import Any

import pytest

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import meaning
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.properties.names import Names, canonical, match, nouns
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Value

SHAPES = AwsClient()


def shape(service: str, operation: str) -> Any:
    return SHAPES.shape(service, operation, "eu-west-1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("subnetIds", "SubnetId"),
        ("capacityProviderStrategies", "capacityProviderStrategy"),
        ("dnsName", "DNSName"),
        ("okActions", "OKActions"),
        ("address", "Address"),
        ("securityGroups", "securityGroups"),
    ],
)
def test_case_and_plural_do_not_count(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_a_type_gives_its_nouns_longest_first() -> None:
    assert nouns("ListenerRule") == ("ListenerRule", "Rule")


@pytest.mark.parametrize(
    ("name", "members", "found"),
    [
        ("name", ("QueueName", "Attributes"), "QueueName"),
        ("name", ("Name", "QueueName"), "Name"),
        ("arn", ("Attributes",), None),
    ],
)
def test_a_resources_own_noun_may_stand_before_a_member(name: str, members: tuple[str, ...], found: str | None) -> None:
    assert match(name, members, nouns("Queue")) == found


def test_properties_without_a_member_become_attributes() -> None:
    names = Names("Queue", {"messageRetentionSeconds": "Attributes.MessageRetentionPeriod"}, "Attributes")
    properties: wire.Properties = {"name": "q", "delaySeconds": 3, "messageRetentionSeconds": 60, "fifoQueue": True}
    assert mapping.to_request(shape("sqs", "create_queue"), properties, names) == {
        "QueueName": "q",
        "Attributes": {"DelaySeconds": "3", "MessageRetentionPeriod": "60", "FifoQueue": "true"},
    }


def test_a_block_is_a_list_of_one_and_a_flag_is_a_word() -> None:
    names = Names("Service", {"networkConfiguration": "networkConfiguration.awsvpcConfiguration"})
    properties: wire.Properties = {
        "networkConfiguration": {"subnets": ["a"], "assignPublicIp": True},
        "placementConstraints": {"type": "x"},
    }
    assert mapping.to_request(shape("ecs", "create_service"), properties, names) == {
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["a"], "assignPublicIp": "ENABLED"}},
        "placementConstraints": [{"type": "x"}],
    }


def test_a_map_becomes_a_list_of_keys_and_values_and_comes_back() -> None:
    names = Names("MetricAlarm", {})
    request = mapping.to_request(shape("cloudwatch", "put_metric_alarm"), {"dimensions": {"a": "b"}}, names)
    assert request == {"Dimensions": [{"Name": "a", "Value": "b"}]}
    kinds = sdk.schema("aws:cloudwatch/metricAlarm:MetricAlarm").outputs
    assert mapping.from_reply({"dimensions": kinds["dimensions"]}, request, names) == {"dimensions": {"a": "b"}}


def test_a_flat_block_finds_its_members_in_the_parent_and_comes_back() -> None:
    declaration = services.resource("aws:lb/targetGroup:TargetGroup")
    names = Names(declaration.type_name, declaration.names)
    given: wire.Properties = {"healthCheck": {"path": "/health", "matcher": "200", "timeout": 2}}
    request = mapping.to_request(shape("elbv2", "create_target_group"), given, names)
    assert request == {"HealthCheckPath": "/health", "Matcher": {"HttpCode": "200"}, "HealthCheckTimeoutSeconds": 2}
    kinds = sdk.schema(declaration.token).outputs
    assert mapping.from_reply({"healthCheck": kinds["healthCheck"]}, request, names) == given


ROLE = services.resource("aws:iam/role:Role")
LISTENER = services.resource("aws:lb/listener:Listener")


@pytest.mark.parametrize(
    ("name", "old", "new", "is_same"),
    [
        ("managedPolicyArns", ["a", "b"], ["b", "a"], True),
        ("managedPolicyArns", ["a", "b"], ["a"], False),
        ("inlinePolicies", [{"name": "a", "policy": '{"Id": "x"}'}], [{"policy": '{"Id":"x"}', "name": "a"}], True),
    ],
)
def test_values_are_compared_by_meaning(name: str, old: Value, new: Value, is_same: bool) -> None:
    assert meaning.same(ROLE, name, old, new) is is_same


def test_the_order_of_actions_counts() -> None:
    first, second = {"type": "authenticate-oidc"}, {"type": "forward"}
    assert not meaning.same(LISTENER, "defaultActions", [first, second], [second, first])


def test_only_what_differs_is_named() -> None:
    old: wire.Properties = {"a": 1, "b": {"c": [1, 2]}, "d": 1}
    new: wire.Properties = {"a": 1, "b": {"c": [1, 3]}, "e/f": 1}
    assert list(meaning.changed_paths("p", old, new)) == [
        ("p.b.c[1]", "UPDATE"),
        ("p.d", "DELETE"),
        ('p["e/f"]', "ADD"),
    ]
