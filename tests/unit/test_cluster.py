"""Cluster: metrics on, Spot at hand, exec logged."""

import pytest

from slipway import ArgumentError
from tests.unit.samples import COMPONENTS
from tests.unit.support import build

Cluster = COMPONENTS["Cluster"]


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


def test_a_retention_that_cloudwatch_does_not_offer_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^Cluster 'main': log_retention_days must be one of 1, 3, 5, .*, got 2$"):
        Cluster("main", {"log_retention_days": 2})
