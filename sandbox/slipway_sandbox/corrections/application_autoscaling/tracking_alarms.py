"""The two alarms of a target tracking policy.

One is on above the target for three minutes, the other below nine tenths of it for fifteen.
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-create-policy.html
"""

from typing import Any, cast

from moto.applicationautoscaling.models import FakeApplicationAutoscalingPolicy
from moto.cloudwatch.models import Alarm, Dimension, Metric, MetricDataQuery, MetricStat, cloudwatch_backends
from moto.moto_api._internal import mock_random

from slipway_sandbox.corrections._decorator import corrects

PERIOD_SECONDS = 60
HIGH_PERIODS, LOW_PERIODS = 3, 15
LOW_SHARE = 0.9
"""Threshold of the low alarm, as a share of the target."""
OF_SERVICE = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}
"""Predefined metric, to its name in CloudWatch."""


@corrects(
    FakeApplicationAutoscalingPolicy._generate_ecs_alarms,  # noqa: SLF001
    why="moto's alarms of a target tracking policy watch the CPU with a threshold of 6 whatever the policy says; Application "
    "Auto Scaling's watch its metric with its target, and only the high one exists where scale-in is disabled.",
)
def generate_ecs_alarms(_: object, self: FakeApplicationAutoscalingPolicy) -> list[Alarm]:
    configuration = cast("dict[str, Any]", self.target_tracking_scaling_policy_configuration)
    target = float(configuration["TargetValue"])
    cloudwatch = cloudwatch_backends[self.account_id][self.region_name]
    action = f"{self.policy_arn}:createdBy/{mock_random.uuid4()}"
    alarms = [("High", "GreaterThanThreshold", target, HIGH_PERIODS)]
    if not configuration.get("DisableScaleIn"):
        alarms.append(("Low", "LessThanThreshold", target * LOW_SHARE, LOW_PERIODS))
    return [
        cloudwatch.put_metric_alarm(
            name=f"TargetTracking-{self.resource_id}-Alarm{kind}-{mock_random.uuid4()}",
            description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {action}.",
            comparison_operator=comparison,
            threshold=threshold,
            evaluation_periods=periods,
            alarm_actions=[action],
            **tracked(self.resource_id, configuration),
        )
        for kind, comparison, threshold, periods in alarms
    ]


def tracked(resource_id: str, configuration: dict[str, Any]) -> dict[str, Any]:
    """The metric that a target tracking policy watches, as arguments of an alarm."""
    custom: dict[str, Any] = configuration.get("CustomizedMetricSpecification") or {}
    if custom.get("Metrics"):
        queries = [_query(each) for each in custom["Metrics"]]
        nothing = dict.fromkeys(("namespace", "metric_name", "statistic", "period"))
        return {**nothing, "dimensions": [], "metric_data_queries": queries}
    if custom:
        dimensions = {each["Name"]: each["Value"] for each in custom.get("Dimensions") or []}
        return _metric(custom["Namespace"], custom["MetricName"], custom["Statistic"], dimensions, custom.get("Unit"))
    predefined = configuration["PredefinedMetricSpecification"]
    if predefined["PredefinedMetricType"] == "ALBRequestCountPerTarget":
        balancer, group = predefined["ResourceLabel"].split("/targetgroup/")
        dimensions = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
        return _metric("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", dimensions)
    _, cluster, service = resource_id.split("/")
    dimensions = {"ClusterName": cluster, "ServiceName": service}
    return _metric("AWS/ECS", OF_SERVICE[predefined["PredefinedMetricType"]], "Average", dimensions, "Percent")


def _metric(
    namespace: str, name: str, statistic: str, dimensions: dict[str, str], unit: str | None = None
) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "metric_name": name,
        "statistic": statistic,
        "unit": unit,
        "period": PERIOD_SECONDS,
        "dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }


def _query(query: dict[str, Any]) -> MetricDataQuery:
    stat: dict[str, Any] | None = query.get("MetricStat")
    period: Any = PERIOD_SECONDS  # a number in CloudWatch's answers, though moto calls it a string
    nothing: Any = None
    metric = None
    if stat:
        dimensions = [Dimension(each["Name"], each["Value"]) for each in stat["Metric"].get("Dimensions") or []]
        named = Metric(stat["Metric"]["MetricName"], stat["Metric"]["Namespace"], dimensions)
        metric = MetricStat(named, period, stat["Stat"], stat.get("Unit") or nothing)
    return MetricDataQuery(
        query_id=query["Id"],
        label=query.get("Label") or nothing,
        period=nothing if metric else period,
        return_data=query.get("ReturnData", True),
        expression=query.get("Expression"),
        metric_stat=metric,
    )
