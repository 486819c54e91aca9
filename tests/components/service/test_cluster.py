"""Cluster: metrics on, Spot at hand, exec logged, a namespace where asked, or one that is there already."""

from typing import Any, NamedTuple

import pulumi
import pytest

from slipway import ArgumentError
from tests.support.components.mocks import ACCOUNT, ANSWERS, REGION, build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS, RICHEST
from tests.support.components.service_samples import KEY

Cluster = COMPONENTS["Cluster"]
NAMESPACE = f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:namespace/ns-1"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"


def test_a_default_cluster_is_exactly_this() -> None:
    built = build(lambda: Cluster("main", {}))
    assert built.one("cluster:Cluster", "main").inputs == {
        "settings": [{"name": "containerInsights", "value": "enabled"}],
        "configuration": {
            "executeCommandConfiguration": {
                "logging": "OVERRIDE",
                "logConfiguration": {"cloudWatchLogGroupName": "main-exec"},
            }
        },
        "tags": {"Name": "main"},
    }
    assert built.one("ClusterCapacityProviders", "main").inputs == {
        "clusterName": "main",
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}],
    }
    assert built.one("LogGroup", "main-exec").inputs == {"retentionInDays": 30, "tags": {"Name": "main-exec"}}
    assert len(built.resources) == 4


def test_a_rich_cluster_encrypts_its_commands_and_has_a_namespace() -> None:
    built = build(lambda: Cluster("main", RICHEST["Cluster"]))
    made = built.one("cluster:Cluster", "main").inputs
    assert made["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    assert made["configuration"]["executeCommandConfiguration"] == {
        "kmsKeyId": KEY,
        "logging": "OVERRIDE",
        "logConfiguration": {"cloudWatchLogGroupName": "main-exec", "cloudWatchEncryptionEnabled": True},
    }
    assert built.one("LogGroup", "main-exec").inputs["kmsKeyId"] == KEY
    namespace = built.one("HttpNamespace", "main")
    assert namespace.inputs == {
        "name": "shop.internal",
        "description": "Services of an ECS cluster",
        "tags": {"Name": "main", "team": "shop"},
    }
    arn = f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:main"
    assert made["serviceConnectDefaults"] == {"namespace": arn}
    assert built.component_outputs("Cluster")["serviceConnectNamespaceArn"] == arn


class Mix(NamedTuple):
    """A Spot share and its capacity providers."""

    percent: int
    strategies: list[dict[str, Any]]


MIXES: list[Mix] = [
    Mix(
        60,
        [
            {"capacityProvider": "FARGATE", "base": 1, "weight": 40},
            {"capacityProvider": "FARGATE_SPOT", "weight": 60},
        ],
    ),
    Mix(100, [{"capacityProvider": "FARGATE_SPOT", "weight": 100}]),
]


@pytest.mark.parametrize(("percent", "strategies"), MIXES)
def test_a_share_on_spot_is_the_default_of_what_asks_for_no_other(
    percent: int, strategies: list[dict[str, Any]]
) -> None:
    built = build(lambda: Cluster("main", {"spot_percent": percent}))
    assert built.one("ClusterCapacityProviders", "main").inputs["defaultCapacityProviderStrategies"] == strategies


def test_a_namespace_that_is_there_is_the_default_and_not_made() -> None:
    built = build(lambda: Cluster("main", {"service_connect_namespace_arn": NAMESPACE}))
    assert built.one("cluster:Cluster", "main").inputs["serviceConnectDefaults"] == {"namespace": NAMESPACE}
    assert built.of_type("HttpNamespace") == []


@pytest.mark.parametrize("existing", ["main", ARN])
def test_a_cluster_that_is_there_has_the_same_outputs_and_nothing_is_made(existing: str) -> None:
    built = build(lambda: Cluster("My_Cluster", {"cluster_name": existing}))
    assert [it.type for it in built.resources] == ["slipway:index:Cluster"]
    assert built.component_outputs("Cluster") == {
        "clusterArn": ARN,
        "clusterName": "main",
        "serviceConnectNamespaceArn": NAMESPACE,
    }
    assert [call.args for call in built.calls] == [{"clusterName": existing}]
    bare = {**ANSWERS, "aws:ecs/getCluster:getCluster": {"arn": ARN, "serviceConnectDefaults": []}}
    outputs = build(lambda: Cluster("main", {"cluster_name": existing}), bare).component_outputs("Cluster")
    assert outputs == {"clusterArn": ARN, "clusterName": "main"}


AS_IT_IS = "which uses an existing cluster without changes; remove one"
WRONG = [
    Refused({"container_insights": "on"}, "container_insights must be one of enabled, enhanced, disabled, got 'on'"),
    Refused({"container_insights": True}, "container_insights must be a string, got True"),
    Refused({"spot_percent": 101}, "spot_percent must be a whole number 0-100, got 101"),
    Refused({"spot_percent": -1}, "spot_percent must be a whole number 0-100, got -1"),
    Refused({"spot_percent": 0.5}, "spot_percent must be a whole number 0-100, got 0.5"),
    Refused({"exec_kms_key_arn": "alias/mine"}, "exec_kms_key_arn must be the ARN of a KMS key, got 'alias/mine'"),
    Refused(
        {"service_connect_namespace": "shop internal"},
        "service_connect_namespace must be at most 253 letters, digits and hyphens, in labels with dots between, got "
        "'shop internal'; write it like shop.internal",
    ),
    Refused(
        {"service_connect_namespace": ""},
        "service_connect_namespace must not be empty, got ''; give it a value",
    ),
    Refused(
        {"service_connect_namespace": "shop..internal"},
        "service_connect_namespace must be at most 253 letters, digits and hyphens, in labels with dots between, got "
        "'shop..internal'; write it like shop.internal",
    ),
    Refused(
        {"service_connect_namespace": "shop", "service_connect_namespace_arn": NAMESPACE},
        "set service_connect_namespace or service_connect_namespace_arn, got both",
    ),
    Refused(
        {"service_connect_namespace_arn": "ns-1"},
        "service_connect_namespace_arn must be the ARN of a Cloud Map namespace, got 'ns-1'",
    ),
    Refused({"cluster_name": "my cluster"}, "cluster_name must be the name or the ARN of a cluster, got 'my cluster'"),
    Refused({"cluster_name": "main", "spot_percent": 10}, f"spot_percent cannot be set with cluster_name, {AS_IT_IS}"),
    Refused({"cluster_name": "main", "tags": {"a": "b"}}, f"tags cannot be set with cluster_name, {AS_IT_IS}"),
    Refused({"cluster_arn": ARN}, "cluster_arn is not an argument; did you mean cluster_name?"),
    Refused(
        {"log_retention_days": pulumi.Output.from_input(7)},
        "log_retention_days must be known before deployment, got an Output; give a plain value",
    ),
]


@pytest.mark.parametrize(("args", "says"), WRONG)
def test_a_cluster_that_cannot_be_is_refused(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: Cluster("main", args)) == f"Cluster 'main': {says}"


def test_a_retention_that_cloudwatch_does_not_offer_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^Cluster 'main': log_retention_days must be one of 1, 3, 5, .*, got 2$"):
        Cluster("main", {"log_retention_days": 2})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("my_cluster", "the name must be letters, digits and hyphens and start with a letter, got 'my_cluster'"),
        ("a" * 248, "the name must be at most 247 characters, got 248; AWS allows 255 and 8 are appended"),
    ],
)
def test_a_name_that_no_child_may_have_is_refused(name: str, sentence: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Cluster(name, {})
    assert str(caught.value) == f"Cluster {name!r}: {sentence}"
