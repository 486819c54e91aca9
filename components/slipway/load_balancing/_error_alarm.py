"""An alarm on the server errors of target groups, as a share of their requests: it rolls a deployment back.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, lb

from slipway.common import Context, spelled

PERIOD_SECONDS = 60  # how often load balancers report
# As in ECS Express Mode: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-update-full.html
WINDOW_MINUTES = 3
BAD_MINUTES = 2


@dataclass(frozen=True)
class ErrorLimit:
    """The server errors that a service may have."""

    max_error_percent: float
    """Share of the requests, in percent."""
    min_requests: int
    """Requests in a minute, below which the share says nothing."""


def error_alarm(
    context: Context, limit: ErrorLimit, groups: Sequence[lb.TargetGroup], balancer_arn_suffix: pulumi.Input[str]
) -> cloudwatch.MetricAlarm:
    """Make an alarm on the requests to these target groups alone, whoever else is behind the load balancer."""
    counts = {
        id_: cloudwatch_count(metric, group, balancer_arn_suffix)
        for place, group in enumerate(groups, start=1)
        for id_, metric in ((f"requests{place}", "RequestCount"), (f"errors{place}", "HTTPCode_Target_5XX_Count"))
    }
    # A metric has no value in a minute without an event, and the sum with such a value would have none either.
    requests, errors = (
        " + ".join(f"FILL({id_}, 0)" for id_ in counts if id_.startswith(kind)) for kind in ("requests", "errors")
    )
    share = f"IF(({requests}) >= {limit.min_requests}, 100 * ({errors}) / ({requests}), 0)"
    queries: list[cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {"id": id_, "metric": metric, "return_data": False} for id_, metric in counts.items()
    ]
    queries.append({"id": "share", "expression": share, "label": "Server errors in percent", "return_data": True})
    name, percent = f"{context.name}-errors", spelled(limit.max_error_percent)
    return cloudwatch.MetricAlarm(
        name,
        alarm_description=(
            f"More than {percent} % of the requests to {context.name} ended with a server error in {BAD_MINUTES} of "
            f"{WINDOW_MINUTES} minutes, minutes with fewer than {limit.min_requests} requests aside. A deployment under way "
            "is rolled back; without one, look into the service's log"
        ),
        metric_queries=queries,
        evaluation_periods=WINDOW_MINUTES,
        datapoints_to_alarm=BAD_MINUTES,
        comparison_operator="GreaterThanThreshold",
        threshold=limit.max_error_percent,
        treat_missing_data="notBreaching",
        tags=context.tagged(name),
        opts=context.child,
    )


def cloudwatch_count(
    metric: str, group: lb.TargetGroup, balancer_arn_suffix: pulumi.Input[str]
) -> cloudwatch.MetricAlarmMetricQueryMetricArgsDict:
    """A metric of one target group, summed up by the minute."""
    return {
        "namespace": "AWS/ApplicationELB",
        "metric_name": metric,
        "dimensions": {"LoadBalancer": balancer_arn_suffix, "TargetGroup": group.arn_suffix},
        "stat": "Sum",
        "period": PERIOD_SECONDS,
    }
