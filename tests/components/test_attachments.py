"""What a resource needs attached is there before it, and goes after it: by its dependencies, direct or through others."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from slipway import Cluster, Network
from tests.support.components.built_samples import built
from tests.support.components.mocks import build, short
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BALANCER, IMAGE, QUEUE, QUEUE_URL


class Use(NamedTuple):
    """A resource of a sample, and what it uses without naming it in its properties, or through others."""

    kind: str
    case: str
    user: str
    needs: Sequence[str]


IN, OUT = "SecurityGroupIngressRule", "SecurityGroupEgressRule"
USES = [
    Use(
        "FargateService", "fewest", "Service shop", ["RolePolicy shop-execution", f"{OUT} shop-https", "LogGroup shop"]
    ),
    Use("FargateService", "richest", "Service shop", ["RolePolicy shop-execution", "RolePolicy shop-task"]),
    Use("FargateService", "richest", "Service shop", ["Listener shop-https", "WebAclAssociation shop"]),
    Use("FargateService", "richest", "Service shop", [f"{IN} shop-from-lb", f"{OUT} shop-lb-to-tasks"]),
    Use("FargateService", "richest", "Service shop", [f"{IN} shop-from-lb-check", f"{OUT} shop-lb-to-tasks-check"]),
    Use("FargateService", "richest", "Service shop", [f"{OUT} shop-to-database", f"{IN} shop-database-in"]),
    Use("FargateService", "richest", "Service shop", [f"{IN} shop-from-shop", f"{OUT} shop-shop-out"]),
    Use("FargateService", "otherwise", "Service shop", ["RolePolicyAttachment shop-shift", "Stash shop-image"]),
    Use("FargateService", "otherwise", "Service shop", ["ListenerRule shop-production", "ListenerRule shop-test"]),
    Use("FargateService", "otherwise", "Listener shop-https", ["CertificateValidation shop"]),
    Use("FargateService", "otherwise", "Stash shop-verdict", ["Service shop"]),
    Use("FargateService", "taking", "Service shop", ["ListenerRule shop-orders", f"{OUT} shop-lb-to-tasks"]),
    Use("LoadBalancer", "richest", "Listener shop-http", ["WebAclAssociation shop"]),
    Use("LoadBalancer", "richest", "Listener shop-https", ["WebAclAssociation shop"]),
    Use("QueueWorker", "richest", "Service shop", ["RolePolicy shop-task", f"{OUT} shop-https"]),
    Use("QueueWorker", "richest", "Target shop", ["Service shop"]),
    Use("QueueWorker", "richest", "MetricAlarm shop-first-task", ["Policy shop-first-task"]),
    Use("Bastion", "richest", "Instance shop", ["RolePolicy shop", f"{OUT} shop-https", f"{OUT} shop-vpc"]),
    Use("Bastion", "richest", "Schedule shop-stop", ["RolePolicy shop-schedule"]),
    Use("Host", "richest", "Instance shop", ["RolePolicy shop", f"{OUT} shop-https"]),
    Use("Network", "otherwise", "Instance shop-nat", ["RolePolicy shop-nat", f"{OUT} shop-nat-everywhere"]),
    Use("Network", "richest", "FlowLog shop", ["RolePolicy shop-flow"]),
    Use("Network", "richest", "NatGateway shop-nat-a", ["Route shop-public"]),
    Use("Network", "richest", "VpcEndpoint shop-logs", [f"{IN} shop-endpoints-https"]),
    Use(
        "FanOut",
        "richest",
        "TopicSubscription shop-billing",
        ["QueuePolicy shop-billing", "RedrivePolicy shop-billing"],
    ),
    Use("FanOut", "richest", "Topic shop", ["RolePolicy shop-deliveries"]),
    Use("FanOut", "otherwise", "TopicSubscription shop-billing", ["QueuePolicy shop-billing", "Key shop"]),
]


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.kind}.{use.case} {use.user}: {use.needs[0]}")
def test_what_is_used_is_attached_first(use: Use) -> None:
    everything = built(use.kind, use.case)
    assert use.user in {short(it.urn) for it in everything.resources}
    assert set(use.needs) - everything.awaited(use.user) == set()


def platform() -> None:
    network = Network("main", {"nat": "single", "interface_endpoints": ["logs"]})
    cluster = Cluster("main", {})
    place = {
        "cluster_arn": cluster.cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": IMAGE,
        "spot_percent": 50,
    }
    edge = COMPONENTS["LoadBalancer"](
        "edge", BALANCER | {"vpc_id": network.vpc_id, "subnet_ids": network.public_subnet_ids}
    )
    rules = {"all": {"path_patterns": ["/*"]}}
    listener = {"listener_arn": edge.listener_arn, "security_group_id": edge.security_group_id, "rules": rules}
    COMPONENTS["FargateService"]("api", place | {"container_port": 8080, "listener": listener})
    work = {"min_tasks": 2, "queues": {"work": {"queue_arn": QUEUE, "queue_url": QUEUE_URL}}}
    COMPONENTS["QueueWorker"]("jobs", place | work)


@pytest.mark.parametrize(
    ("user", "needs"),
    [
        (
            "Service api",
            ["ClusterCapacityProviders main", "Route main-private-a", "RouteTableAssociation main-private-a"],
        ),
        ("Service api", ["NatGateway main-nat-a", "VpcEndpoint main-logs", "VpcEndpoint main-s3"]),
        ("Service jobs", ["ClusterCapacityProviders main", "Route main-private-a", f"{IN} main-endpoints-https"]),
        ("LoadBalancer edge", ["Route main-public", "RouteTableAssociation main-public-a"]),
    ],
)
def test_an_output_is_known_once_what_its_users_need_is_attached(user: str, needs: Sequence[str]) -> None:
    assert set(needs) - build(platform).awaited(user) == set()


def test_the_name_of_a_cluster_is_known_once_its_capacity_providers_are_attached() -> None:
    def construct() -> None:
        seen = Cluster("main", {})
        Network("name", {"tags": {"cluster": seen.cluster_name}})

    assert "ClusterCapacityProviders main" in build(construct).awaited("Vpc name")
