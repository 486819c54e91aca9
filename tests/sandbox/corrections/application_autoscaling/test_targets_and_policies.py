"""Scalable targets and their policies on the corrected moto: what Application Auto Scaling refuses, keeps and deletes."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.clockwork.scaling_cloud import TARGET, ScalingCloud, scaling_cloud

MISSING = (
    "No scalable target registered for service namespace: ecs, resource ID: service/main/work, "
    "scalable dimension: ecs:service:DesiredCount"
)
BALANCED = {
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": "app/shop/50dc6c495c0c9188/targetgroup/api/943f017f100becff",
    }
}
MATH = {
    "CustomizedMetricSpecification": {
        "Metrics": [
            {
                "Id": "visible",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SQS",
                        "MetricName": "ApproximateNumberOfMessagesVisible",
                        "Dimensions": [{"Name": "QueueName", "Value": "orders"}],
                    },
                    "Stat": "Average",
                },
                "ReturnData": False,
            },
            {"Id": "backlog", "Expression": "visible / 2", "Label": "Backlog", "ReturnData": True},
        ]
    }
}


@pytest.fixture
def cloud() -> Iterator[ScalingCloud]:
    with scaling_cloud() as made:
        yield made


def watched(cloud: ScalingCloud) -> dict[str, dict[str, Any]]:
    """Alarms as DescribeAlarms has them, by High and Low."""
    found = cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {alarm["AlarmName"].split("-Alarm")[1].split("-")[0]: alarm for alarm in found}


def test_a_minimum_above_the_maximum_is_refused(cloud: ScalingCloud) -> None:
    cloud.register(1, 4)
    for bounds in ({"MinCapacity": 5, "MaxCapacity": 4}, {"MinCapacity": 5}, {"MaxCapacity": 0}):
        with pytest.raises(ClientError, match="Maximum capacity cannot be less than minimum capacity"):
            cloud.scaling.register_scalable_target(**TARGET, **bounds)
    [target] = cloud.scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)


def test_a_policy_and_a_scheduled_action_need_a_registered_target(cloud: ScalingCloud) -> None:
    with pytest.raises(ClientError, match=MISSING):
        cloud.step("out", 1)
    with pytest.raises(ClientError, match=MISSING) as refused:
        cloud.scaling.put_scheduled_action(**TARGET, ScheduledActionName="night", Schedule="rate(1 hour)")
    assert refused.value.response["Error"]["Code"] == "ObjectNotFoundException"


def test_policies_their_alarms_and_scheduled_actions_go_with_their_target(cloud: ScalingCloud) -> None:
    cloud.register(1, 4)
    cloud.track("cpu", 50)
    cloud.scaling.put_scheduled_action(**TARGET, ScheduledActionName="night", Schedule="rate(1 hour)")
    cloud.scaling.deregister_scalable_target(**TARGET)
    assert cloud.scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert cloud.scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []
    assert cloud.alarms() == {}


def test_the_alarms_of_a_target_tracking_policy_watch_its_metric_with_its_target(cloud: ScalingCloud) -> None:
    cloud.register(1, 4)
    arn = cloud.track("cpu", 60)["PolicyARN"]
    alarms = watched(cloud)
    shown = {
        kind: (alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"], alarm["Period"])
        for kind, alarm in alarms.items()
    }
    assert shown == {"High": ("GreaterThanThreshold", 60, 3, 60), "Low": ("LessThanThreshold", 54, 15, 60)}
    for alarm in alarms.values():
        assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("AWS/ECS", "CPUUtilization", "Average")
        assert alarm["Dimensions"] == [
            {"Name": "ClusterName", "Value": "main"},
            {"Name": "ServiceName", "Value": "work"},
        ]
        assert alarm["AlarmActions"][0].startswith(f"{arn}:createdBy/")


def test_the_alarms_of_requests_watch_the_target_group(cloud: ScalingCloud) -> None:
    cloud.register(1, 4)
    cloud.track("requests", 1000, BALANCED)
    alarm = watched(cloud)["High"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (
        "AWS/ApplicationELB",
        "RequestCountPerTarget",
        "Sum",
    )
    assert alarm["Dimensions"] == [
        {"Name": "LoadBalancer", "Value": "app/shop/50dc6c495c0c9188"},
        {"Name": "TargetGroup", "Value": "targetgroup/api/943f017f100becff"},
    ]


def test_the_alarms_of_metric_math_watch_its_expression(cloud: ScalingCloud) -> None:
    cloud.register(1, 4)
    cloud.track("backlog", 10, MATH)
    queries = watched(cloud)["Low"]["Metrics"]
    assert [(query["Id"], query.get("Expression"), query["ReturnData"]) for query in queries] == [
        ("visible", None, False),
        ("backlog", "visible / 2", True),
    ]
    assert queries[0]["MetricStat"]["Period"] == queries[1]["Period"] == 60


def test_a_policy_that_does_not_scale_in_has_no_low_alarm(cloud: ScalingCloud) -> None:
    cloud.register(1, 4)
    cloud.track("cpu", 60, DisableScaleIn=True)
    assert list(watched(cloud)) == ["High"]


def test_a_policy_that_is_put_again_keeps_its_arn_and_gets_new_alarms(cloud: ScalingCloud) -> None:
    cloud.register(1, 4)
    first = cloud.track("cpu", 60)
    second = cloud.track("cpu", 80)
    assert second["PolicyARN"] == first["PolicyARN"]
    alarms = watched(cloud)
    assert sorted(alarm["AlarmName"] for alarm in second["Alarms"]) == sorted(cloud.alarms())
    assert alarms["High"]["Threshold"] == 80
    for alarm in alarms.values():
        assert alarm["AlarmActions"][0].startswith(f"{first['PolicyARN']}:createdBy/")
        assert first["PolicyARN"] in alarm["AlarmDescription"]


def test_a_step_policy_that_is_put_again_is_still_the_action_of_its_alarm(cloud: ScalingCloud) -> None:
    cloud.register(1, 4)
    assert cloud.step("out", 1) == cloud.step("out", 2)
