"""export_platform: one object with a version and without secrets, and an output of its own for each secret."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pulumi
import pytest

from slipway import (
    Cluster,
    FanOut,
    FargateService,
    LoadBalancer,
    Network,
    Queue,
    SharedPlatformArgs,
    Topic,
    export_platform,
)
from tests.support.components.mocks import build, short
from tests.support.components.refusals import refusal
from tests.support.components.service_samples import KEY, SHARED_BALANCER, TOPIC


def exported(construct: Callable[[], object]) -> dict[str, Any]:
    """Outputs of the stack after a construction; a secret one as a tuple with the word."""
    seen: dict[str, Any] = {}

    async def marked(output: pulumi.Output[Any]) -> Any:
        return ("secret", await output.future()) if await output.is_secret() else await output.future()

    async def look(outputs: dict[str, Any]) -> None:
        for name, value in outputs.items():
            seen[name] = await marked(pulumi.Output.from_input(value))

    def whole() -> pulumi.Output[None]:
        outputs: dict[str, Any] = vars(pulumi.runtime.get_root_resource())["outputs"]
        outputs.clear()  # the mocks have one stack for all constructions
        construct()
        return pulumi.Output.from_input(look(outputs))

    build(whole)
    return seen


def test_the_object_has_what_services_need_and_secrets_are_outputs_of_their_own() -> None:
    def program() -> None:
        network = Network("main", {"nat": "none", "endpoints_for": ["FargateService"]})
        export_platform(
            {
                "network": network,
                "cluster": Cluster("main", {}),
                "load_balancer": LoadBalancer("edge", SHARED_BALANCER),  # type: ignore[arg-type]
                "topics": {
                    "orders": Topic("orders", {"create_kms_key": True}),
                    "returns": FanOut("returns", {"queues": {"billing": {}}}),
                    "alarms": {"topic_arn": TOPIC, "kms_key_arn": KEY},
                },
                "queues": {"work": Queue("work", {})},
                "values": {"domain": pulumi.Output.from_input("shop.example.com")},
                "secrets": {"database-password": "hunter2", "api-key": pulumi.Output.secret("k")},
            }
        )

    outputs = exported(program)
    assert outputs["platform"] == {
        "version": 1,
        "network": {
            "vpcId": "main-id",
            "cidrBlock": "10.20.0.0/16",
            "publicSubnetIds": ["main-public-a-id", "main-public-b-id"],
            "privateSubnetIds": ["main-private-a-id", "main-private-b-id"],
            "isolatedSubnetIds": [],
        },
        "cluster": {
            "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:main",
            "clusterName": "main",
            "execLogGroupArn": "arn:aws:cloudwatch:eu-west-1:123456789012:main-exec",
            "serviceConnectNamespaceArn": None,
        },
        "loadBalancer": {
            "loadBalancerArn": "arn:aws:lb:eu-west-1:123456789012:edge",
            "listenerArn": "arn:aws:lb:eu-west-1:123456789012:edge-http",
            "securityGroupId": "edge-lb-id",
            "url": "http://edge.elb.example",
            "dnsName": "edge.elb.example",
            "zoneId": "Z-ELB",
        },
        "topics": {
            "orders": {
                "topicArn": "arn:aws:sns:eu-west-1:123456789012:orders",
                "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:orders",
            },
            "returns": {"topicArn": "arn:aws:sns:eu-west-1:123456789012:returns", "kmsKeyArn": None},
            "alarms": {"topicArn": TOPIC, "kmsKeyArn": KEY},
        },
        "queues": {
            "work": {
                "queueArn": "arn:aws:sqs:eu-west-1:123456789012:work",
                "queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/work",
                "deadLetterQueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/work-dead",
                "kmsKeyArn": None,
            }
        },
        "values": {"domain": "shop.example.com"},
        "secrets": ["api-key", "database-password"],
    }
    assert outputs["platform-database-password"] == ("secret", "hunter2")
    assert outputs["platform-api-key"] == ("secret", "k")


def test_only_what_is_given_is_shared() -> None:
    assert exported(lambda: export_platform({}, "shared")) == {"shared": {"version": 1}}


class Refused(NamedTuple):
    """Arguments, and the sentence after `export_platform 'platform': `."""

    args: Any
    says: str


@pytest.mark.parametrize(
    "case",
    [
        Refused(
            {"netwrk": 1},
            "netwrk is not a part of a platform; the parts are network, cluster, load_balancer, topics, queues, values, secrets",
        ),
        Refused({"network": "vpc-1"}, "network must be a Network, got str; pass the component itself"),
        Refused(
            {"topics": {"orders": TOPIC}},
            "topics.orders must be a Topic or a FanOut or a mapping of arguments, got str; pass the component itself",
        ),
        Refused({"topics": {"orders": {}}}, "topics.orders.topic_arn is required, got nothing; give it a value"),
        Refused(
            {"topics": {"orders": {"arn": TOPIC}}},
            "topics.orders.arn is not an argument; the arguments are kms_key_arn, topic_arn",
        ),
        Refused({"queues": ["work"]}, "queues must be a mapping, got ['work']; give key to value"),
        Refused(
            {"values": {"a b": "x"}},
            "the keys of values must be letters, digits and hyphens and start with a letter, got 'a b'",
        ),
        Refused({"guard_role_arn": "reader"}, "guard_role_arn must be the ARN of a role, got 'reader'"),
        Refused({"secrets": {"db": ["x"]}}, "secrets.db must be text, got list; write it as text"),
    ],
    ids=lambda case: str(case.args),
)
def test_a_wrong_part_is_one_sentence(case: Refused) -> None:
    sentence = refusal(lambda: export_platform(case.args))
    assert sentence == f"export_platform 'platform': {case.says}"


@pytest.mark.parametrize(
    ("args", "label"),
    [
        (lambda secret: {"values": {"url": secret}}, "values.url"),
        (lambda secret: {"topics": {"orders": {"topic_arn": secret}}}, "topics.orders.topicArn"),
    ],
)
def test_a_secret_among_the_values_is_refused_before_it_makes_all_of_them_secret(
    args: Callable[[pulumi.Output[str]], SharedPlatformArgs], label: str
) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        build(lambda: export_platform(args(pulumi.Output.secret(TOPIC))))
    assert str(caught.value) == (
        f"export_platform 'platform': {label} must not be secret, got a secret; "
        "it would make the whole output secret, pass it in secrets"
    )


def test_a_guard_knows_the_parts_and_what_of_this_stack_uses_them() -> None:
    def program() -> None:
        network, cluster = Network("main", {"nat": "none", "zone_count": 1}), Cluster("main", {})
        place = {"vpc_id": network.vpc_id, "subnet_ids": network.private_subnet_ids, "cluster_arn": cluster.cluster_arn}
        FargateService("proxy", place | {"image": "nginx", "desired_count": 0})  # type: ignore[arg-type]
        export_platform(
            {
                "network": network,
                "cluster": cluster,
                "load_balancer": LoadBalancer("edge", SHARED_BALANCER),  # type: ignore[arg-type]
                "topics": {"orders": Topic("orders", {}), "alarms": {"topic_arn": TOPIC}},
                "guard_role_arn": "arn:aws:iam::123456789012:role/reader",
            }
        )

    built = build(program)
    guard = built.one("slipway:PlatformGuard", "platform")
    arn = "arn:aws:{}:eu-west-1:123456789012:{}"
    listener = arn.format("lb", "edge-http")
    assert guard.inputs == {
        "who": "export_platform 'platform'",
        "urn": "urn:pulumi:stack::project::pulumi-python:dynamic/slipway:PlatformGuard::platform",
        "account_id": "123456789012",
        "region": "eu-west-1",
        "role_arn": "arn:aws:iam::123456789012:role/reader",
        "clusters": [arn.format("ecs", "main")],
        "load_balancers": [arn.format("lb", "edge")],
        "listeners": [listener],
        "topics": [arn.format("sns", "orders")],
        "vpcs": ["main-id"],
        "own": sorted([listener, arn.format("ecs", "proxy"), "edge-lb-id", "proxy-id"]),
    }
    deployed = {short(it.urn) for it in built.resources if not it.type.startswith("slipway:")}
    assert guard.depends_on == deployed - {"PlatformGuard platform"}, "everything goes after the guard"


def test_parts_of_other_stacks_need_no_guard() -> None:
    built = build(lambda: export_platform({"cluster": Cluster("main", {"cluster_name": "main"}), "topics": {}}))
    assert built.of_type("PlatformGuard") == []
