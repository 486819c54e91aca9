"""Scaling arithmetic against examples computed by hand, and what scales to and from zero."""

import math
from typing import Any

import pytest

from slipway.common import Arguments
from slipway.worker._backlog_metrics import backlog_expression, left_expression, waiting_expression
from slipway.worker._worker_times import backlog_per_task
from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import QUEUE, QUEUE_URL, WORKER

QueueWorker = COMPONENTS["QueueWorker"]
BACKLOG, WAITING, LEFT = backlog_expression(1), waiting_expression(1), left_expression(1)


def worker(args: dict[str, Any]) -> Built:
    return build(lambda: QueueWorker("work", WORKER | args))


def value(expression: str, **metrics: float | None) -> float:
    """What CloudWatch makes of an expression; None is a metric without data."""
    functions = {
        "FILL": lambda metric, instead: instead if metric is None else metric,
        "IF": lambda condition, yes, no: yes if condition else no,
    }
    return float(eval(expression, {"__builtins__": {}}, {**functions, **metrics}))


# AWS's own example: 10 tasks, 1,500 messages, 0.1 s each, 10 s of latency: acceptable backlog 100, backlog 150, 5 more tasks.
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
def test_the_example_of_aws_asks_for_five_more_tasks() -> None:
    target = backlog_per_task(Arguments("", {"acceptable_latency_seconds": 10, "seconds_per_message": 0.1}))
    backlog = value(BACKLOG, visible=1500, in_flight=0, running=10)
    assert (target, backlog) == (100, 150)
    assert wanted(10, backlog, target) == 15


def wanted(tasks: int, backlog: float, target: int) -> int:
    """Target tracking keeps to proportion and rounds up.

    https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
    """
    return math.ceil(tasks * backlog / target)


@pytest.mark.parametrize(
    ("visible", "in_flight", "running", "backlog"),
    [
        (0, 0, 1, 0),
        (90, 10, 1, 100),
        (0, 10, 4, 2.5),  # the last messages count until they are done
        (250, 50, 3, 100),
        (40, 0, 0, 40),  # no task to divide by
        (40, 2, None, 42),  # Container Insights told nothing
    ],
)
def test_the_backlog_of_a_task(visible: int, in_flight: int, running: int | None, backlog: float) -> None:
    assert value(BACKLOG, visible=visible, in_flight=in_flight, running=running) == backlog


def test_target_tracking_alone_never_leaves_zero() -> None:
    assert wanted(0, value(BACKLOG, visible=1000, in_flight=0, running=0), 100) == 0


@pytest.mark.parametrize(
    ("visible", "running", "starts"), [(1, 0, True), (1, None, True), (0, 0, False), (5000, 1, False)]
)
def test_the_first_task_starts_when_messages_wait_and_none_runs(
    visible: int, running: int | None, starts: bool
) -> None:
    assert (value(WAITING, visible=visible, running=running) >= 1) is starts


@pytest.mark.parametrize(("visible", "in_flight", "stops"), [(0, 0, True), (1, 0, False), (0, 1, False)])
def test_the_last_task_stops_when_nothing_is_left(visible: int, in_flight: int, stops: bool) -> None:
    assert (value(LEFT, visible=visible, in_flight=in_flight) <= 0) is stops


def test_several_queues_are_added_up_and_one_that_reports_nothing_counts_as_empty() -> None:
    metrics = {"visible_1": 90, "in_flight_1": 10, "visible_2": 50, "in_flight_2": 0}
    assert value(backlog_expression(2), **metrics, running=3) == 50
    assert value(left_expression(2), **metrics) == 150
    silent: dict[str, float | None] = dict.fromkeys(("visible_1", "in_flight_1")) | {"visible_2": 7, "in_flight_2": 0}
    assert value(backlog_expression(2), **silent, running=1) == 7
    assert value(waiting_expression(2), visible_1=None, visible_2=7, running=None) == 7
    assert value(left_expression(2), **dict.fromkeys(metrics)) == 0


@pytest.mark.parametrize("count", [1, 2, 4])
def test_no_alarm_reads_more_than_ten_metrics(count: int) -> None:
    queues = {
        f"q{number}": {"queue_arn": f"{QUEUE}-{number}", "queue_url": f"{QUEUE_URL}-{number}"}
        for number in range(count)
    }
    built = worker({"queues": queues, "min_tasks": 0})
    [tracked] = [it for it in built.of_type("policy:Policy") if it.name == "work"]
    specification = tracked.inputs["targetTrackingScalingPolicyConfiguration"]["customizedMetricSpecification"]
    asked = [[it for it in specification["metrics"] if "metricStat" in it]] + [
        [it for it in alarm.inputs["metricQueries"] if "metric" in it] for alarm in built.of_type("MetricAlarm")
    ]
    assert [len(it) for it in asked] == [2 * count + 1, count + 1, 2 * count]
    assert max(len(it) for it in asked) <= 10
    names = {it["id"]: it["metricStat"]["metric"]["dimensions"][0]["value"] for it in asked[0][: 2 * count]}
    suffixes = [""] if count == 1 else [f"_{number}" for number in range(1, count + 1)]
    kinds = ("visible", "in_flight")
    assert names == {f"{kind}{it}": f"work-{at}" for kind in kinds for at, it in enumerate(suffixes)}


@pytest.mark.parametrize(
    ("latency", "pace", "backlog"),
    [(10, 0.1, 100), (60, 0.5, 120), (60, 7, 8), (3, 3, 1), (0.3, 0.1, 3), (1209600, 0.001, 1000000)],
)
def test_the_backlog_follows_from_latency_and_pace(latency: float, pace: float, backlog: int) -> None:
    arguments = Arguments("", {"acceptable_latency_seconds": latency, "seconds_per_message": pace})
    assert backlog_per_task(arguments) == backlog


def test_a_worker_that_may_stop_has_a_step_up_from_zero_and_one_down_to_it() -> None:
    built = worker({"min_tasks": 0, "max_tasks": 3})
    assert built.one("target:Target", "work").inputs["minCapacity"] == 0
    assert built.one("service:Service", "work").inputs["desiredCount"] == 0
    up = built.one("policy:Policy", "work-first-task").inputs["stepScalingPolicyConfiguration"]
    down = built.one("policy:Policy", "work-last-task").inputs["stepScalingPolicyConfiguration"]
    assert (up["adjustmentType"], up["stepAdjustments"]) == (
        "ChangeInCapacity",
        [{"scalingAdjustment": 1, "metricIntervalLowerBound": "0"}],
    )
    assert (down["adjustmentType"], down["stepAdjustments"]) == (
        "ExactCapacity",
        [{"scalingAdjustment": 0, "metricIntervalUpperBound": "0"}],
    )


def test_each_step_has_the_alarm_that_triggers_it() -> None:
    built = worker({"min_tasks": 0})
    rules = {}
    for alarm in built.of_type("metricAlarm:MetricAlarm"):
        *_, judged = alarm.inputs["metricQueries"]
        assert alarm.inputs["treatMissingData"] == "notBreaching"
        [action] = alarm.inputs["alarmActions"]
        rules[action.rpartition(":")[2]] = (
            judged["expression"],
            alarm.inputs["comparisonOperator"],
            alarm.inputs["threshold"],
            alarm.inputs["evaluationPeriods"],
        )
    assert rules == {
        "work-first-task": (WAITING, "GreaterThanOrEqualToThreshold", 1, 1),
        "work-last-task": (LEFT, "LessThanOrEqualToThreshold", 0, 15),
    }


def test_a_worker_that_never_stops_needs_no_alarm() -> None:
    assert worker({}).of_type("metricAlarm:MetricAlarm") == []


def test_cpu_is_tracked_beside_the_backlog_where_asked() -> None:
    built = worker({"cpu_percent": 70})
    tracked = built.one("policy:Policy", "work-cpu").inputs["targetTrackingScalingPolicyConfiguration"]
    assert tracked["targetValue"] == 70
    specification = {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}
    assert tracked["predefinedMetricSpecification"] == specification
