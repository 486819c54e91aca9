"""The guard of a platform: whom it finds at AWS, what it refuses, and what it says where AWS does not answer."""

import os
import subprocess
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pulumi import dynamic
from pulumi.dynamic.dynamic import serialize_provider

from slipway.dynamic._platform_users import Client, users_of
from slipway.dynamic.platform_guard import GuardProvider, listed
from tests.support.components.stacks import CHECKOUT

ARN = "arn:aws:{}:eu-west-1:123456789012:{}"
CLUSTER = ARN.format("ecs", "cluster/main")
SERVICE = ARN.format("ecs", "service/main/shop")
LISTENER = ARN.format("elasticloadbalancing", "listener/app/edge/0a/1b")
OTHER_LISTENER = ARN.format("elasticloadbalancing", "listener/app/edge/0a/2c")
RULE = ARN.format("elasticloadbalancing", "listener-rule/app/edge/0a/1b/9f")
TOPIC = ARN.format("sns", "orders")
URN = "urn:pulumi:prod::platform::pulumi-python:dynamic/slipway:PlatformGuard::platform"
NOBODY: dict[str, dict[str, list[Any]]] = {
    "ecs.list_services": {"serviceArns": []},
    "sns.list_subscriptions_by_topic": {"Subscriptions": []},
}
PROPS = {
    "who": "export_platform 'platform'",
    "urn": URN,
    "account_id": "123456789012",
    "region": "eu-west-1",
    "role_arn": "",
    "clusters": [CLUSTER],
    "load_balancers": [],
    "listeners": [],
    "topics": [TOPIC],
    "vpcs": [],
    "own": [],
}


def aws(answers: Mapping[str, Any]) -> Client:
    """Clients that answer one page for each call, by service and operation; a call without an answer fails the test."""

    def client(service: str) -> Any:
        def answer(operation: str) -> Any:
            answered = answers[f"{service}.{operation}"]
            if isinstance(answered, Exception):
                raise answered
            return answered

        def paginator(operation: str) -> Any:
            return SimpleNamespace(paginate=lambda **_: [answer(operation)])

        return SimpleNamespace(
            get_paginator=paginator,
            describe_tags=lambda ResourceArns: {  # noqa: N803 - AWS's name
                "TagDescriptions": [
                    {"ResourceArn": arn, "Tags": [{"Key": "Name", "Value": f"named {arn[-1]}"}]} for arn in ResourceArns
                ]
            },
        )

    return client


def failure(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "ListServices")


class Guard(GuardProvider):
    """Asks these clients."""

    def __init__(self, clients: Client) -> None:
        self.clients = clients

    def client(self, props: Mapping[str, object]) -> Client:
        return self.clients


def refusal(guard: GuardProvider, props: Mapping[str, object] = PROPS) -> str:
    """What the guard says of a deletion that it must refuse."""
    with pytest.raises(Exception, match="export_platform") as caught:
        guard.delete("id", props)
    return str(caught.value)


USERS: list[tuple[str, str, dict[str, Any], list[str]]] = [
    (
        "clusters",
        CLUSTER,
        {"ecs.list_services": {"serviceArns": [SERVICE, "own"]}},
        ["ECS service 'shop' in cluster 'main'"],
    ),
    (
        "load_balancers",
        ARN.format("elasticloadbalancing", "loadbalancer/app/edge/0a"),
        {
            "elbv2.describe_listeners": {
                "Listeners": [{"ListenerArn": OTHER_LISTENER, "Port": 8443}, {"ListenerArn": "own", "Port": 443}]
            },
            "elbv2.describe_rules": {"Rules": [{"RuleArn": "default", "IsDefault": True}]},
        },
        ["listener on port 8443 of load balancer 'edge'"],
    ),
    (
        "listeners",
        LISTENER,
        {
            "elbv2.describe_rules": {
                "Rules": [
                    {"RuleArn": RULE, "IsDefault": False},
                    {"RuleArn": "own", "IsDefault": False},
                    {"RuleArn": "default", "IsDefault": True},
                ]
            }
        },
        ["rule 'named f' on load balancer 'edge'"],
    ),
    (
        "topics",
        TOPIC,
        {
            "sns.list_subscriptions_by_topic": {
                "Subscriptions": [
                    {"SubscriptionArn": "own", "Protocol": "sqs", "Endpoint": ARN.format("sqs", "mine")},
                    {"SubscriptionArn": "a", "Protocol": "sqs", "Endpoint": ARN.format("sqs", "shop-billing")},
                    {"SubscriptionArn": "b", "Protocol": "email", "Endpoint": "jane@example.com"},
                ]
            }
        },
        [
            "sqs subscription 'shop-billing' to topic 'orders'",
            "email subscription of a subscriber to topic 'orders'",
        ],
    ),
    (
        "vpcs",
        "vpc-1",
        {
            "ec2.describe_security_groups": {
                "SecurityGroups": [
                    {"GroupName": "default", "GroupId": "sg-0"},
                    {"GroupName": "edge-lb", "GroupId": "own"},
                    {"GroupName": "shop", "GroupId": "sg-2"},
                ]
            },
            "ec2.describe_network_interfaces": {
                "NetworkInterfaces": [
                    {"NetworkInterfaceId": "eni-nat", "Groups": []},
                    {"NetworkInterfaceId": "eni-own", "Groups": [{"GroupId": "own"}]},
                    {"NetworkInterfaceId": "eni-shop", "Groups": [{"GroupId": "sg-2"}]},
                    {"NetworkInterfaceId": "eni-else", "Groups": [{"GroupId": "sg-0"}]},
                ]
            },
        },
        ["security group 'shop' in vpc-1", "network interface eni-else in vpc-1"],
    ),
]


@pytest.mark.parametrize(("kind", "part", "answers", "users"), USERS, ids=[it[0] for it in USERS])
def test_users_of_a_part_are_told_without_those_of_the_stack(
    kind: str, part: str, answers: dict[str, Any], users: list[str]
) -> None:
    assert users_of(aws(answers), {kind: [part]}, ["own"]) == users


@pytest.mark.parametrize("code", ["ClusterNotFoundException", "NotFound", "InvalidGroup.NotFound"])
def test_a_part_that_is_gone_has_no_users(code: str) -> None:
    assert users_of(aws({"ecs.list_services": failure(code)}), {"clusters": [CLUSTER]}, []) == []


def test_a_used_platform_is_not_deleted() -> None:
    used = NOBODY | {"ecs.list_services": {"serviceArns": [SERVICE]}}
    assert refusal(Guard(aws(used))) == (
        "export_platform 'platform': what other stacks use must stay, got ECS service 'shop' in cluster 'main'; move or "
        f"destroy these first, or go on all the same with `pulumi state delete '{URN}'`"
    )
    Guard(aws(NOBODY)).delete("id", PROPS)
    Guard(aws(used)).delete("id", PROPS | {"own": [SERVICE]})


def test_a_part_that_is_replaced_is_asked_about_and_no_other() -> None:
    used = Guard(aws({"ecs.list_services": {"serviceArns": [SERVICE]}}))
    for clusters in (["another"], [], "04da6b54-80e4-46f7-96ec-b56ff0331ba9"):
        with pytest.raises(Exception, match="got ECS service 'shop' in cluster 'main'; move"):
            used.diff("id", PROPS, PROPS | {"clusters": clusters})
    assert used.diff("id", PROPS, PROPS).changes is False
    grown = PROPS | {"clusters": [CLUSTER, "another"], "own": [SERVICE]}
    assert used.diff("id", PROPS, grown).changes is True
    assert used.diff("id", PROPS | {"own": [SERVICE]}, PROPS | {"clusters": []}).changes is True
    assert used.update("id", PROPS, grown).outs == grown
    assert used.create(PROPS).outs == PROPS


def test_where_aws_does_not_answer_the_platform_stays() -> None:
    denied = refusal(Guard(aws({"ecs.list_services": failure("AccessDeniedException")})))
    assert denied == (
        "export_platform 'platform': AWS must say who uses the platform, got An error occurred (AccessDeniedException) when "
        "calling the ListServices operation: no; give credentials with sts:GetCallerIdentity, ecs:ListServices, "
        "elasticloadbalancing:DescribeListeners, DescribeRules and DescribeTags, sns:ListSubscriptionsByTopic, "
        "ec2:DescribeSecurityGroups and DescribeNetworkInterfaces, by guard_role_arn or in the environment, or go on unasked "
        f"with `pulumi state delete '{URN}'`"
    )


# In a process of its own: the sandbox's corrections, which another test may have installed, know accounts by their roles alone.
TWO_ACCOUNTS = """
import os
import pulumi
from moto.server import ThreadedMotoServer
from tests.components.dynamic.test_platform_guard import PROPS, GuardProvider, refusal
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
os.environ["AWS_ENDPOINT_URL"] = "http://{}:{}".format(*server.get_host_and_port())
there = PROPS | {"account_id": "111122223333", "clusters": [], "topics": []}
print(refusal(GuardProvider(), there))
GuardProvider().delete("id", there | {"role_arn": "arn:aws:iam::111122223333:role/reader"})
print("deleted")
server.stop()
"""


def test_credentials_of_another_account_ask_nothing_and_a_role_there_does(credentials: None) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOTO_")}
    command = [sys.executable, "-c", TWO_ACCOUNTS]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    refused, deleted = done.stdout.splitlines()
    got = "got the credentials are of account 123456789012, not of 111122223333; give credentials with"
    assert (got in refused, deleted) == (True, "deleted")


def test_a_profile_that_is_not_there_refuses(credentials: None) -> None:
    lost = GuardProvider()
    lost.configure(dynamic.ConfigureRequest(dynamic.Config({"aws:profile": "lost"}, "platform")))
    assert "got The config profile (lost) could not be found; give" in refusal(lost)


def test_of_many_users_the_first_are_told() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(it) for it in range(11)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 3 more"


def test_state_stores_a_reference_that_never_changes() -> None:
    stored = "gASVNwAAAAAAAACMHnNsaXB3YXkuZHluYW1pYy5wbGF0Zm9ybV9ndWFyZJSMDUd1YXJkUHJvdmlkZXKUk5QpgZQu"
    assert serialize_provider(GuardProvider()) == stored, "states name this path: the class must not move"
