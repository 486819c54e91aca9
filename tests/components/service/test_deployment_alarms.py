"""Alarms that roll a deployment back: the one on server errors, and those of one's own."""

from typing import Any

import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BEHIND_BALANCER, BEHIND_LISTENER, TASK, WORKER

FargateService = COMPONENTS["FargateService"]
NAMED = "api-errors"
BLUE_SUFFIX, GREEN_SUFFIX = (f"targetgroup/{name}/2c3d" for name in ("api", "api-alt"))


def service(deployment: dict[str, Any]) -> Built:
    return build(lambda: FargateService("api", BEHIND_BALANCER | {"deployment": deployment}))


def count(metric: str, dimensions: dict[str, str]) -> dict[str, Any]:
    """A metric of a load balancer, summed up by the minute."""
    own = {"namespace": "AWS/ApplicationELB", "metricName": metric, "dimensions": dimensions}
    return own | {"stat": "Sum", "period": 60}


def test_server_errors_of_a_service_behind_a_load_balancer_roll_its_deployments_back() -> None:
    built = build(lambda: FargateService("api", BEHIND_BALANCER))
    alarm = built.one("metricAlarm:MetricAlarm", "api-errors").inputs
    of_group = {"LoadBalancer": "app/api/0a1b", "TargetGroup": BLUE_SUFFIX}
    assert alarm["metricQueries"] == [
        {"id": "requests1", "metric": count("RequestCount", of_group), "returnData": False},
        {"id": "errors1", "metric": count("HTTPCode_Target_5XX_Count", of_group), "returnData": False},
        {
            "id": "share",
            "expression": "IF((FILL(requests1, 0)) >= 100, 100 * (FILL(errors1, 0)) / (FILL(requests1, 0)), 0)",
            "label": "Server errors in percent",
            "returnData": True,
        },
    ]
    asked = ("threshold", "comparisonOperator", "datapointsToAlarm", "evaluationPeriods", "treatMissingData")
    assert [alarm[key] for key in asked] == [1.0, "GreaterThanThreshold", 2, 3, "notBreaching"]
    assert "alarmActions" not in alarm
    inputs = built.one("service:Service", "api").inputs
    assert inputs["alarms"] == {"alarmNames": [NAMED], "enable": True, "rollback": True}


def test_the_alarm_watches_both_target_groups_with_limits_of_ones_own() -> None:
    built = service({"strategy": "canary", "max_error_percent": 0.5, "min_requests": 20})
    alarm = built.one("metricAlarm:MetricAlarm", "api-errors").inputs
    watched = [it["metric"]["dimensions"]["TargetGroup"] for it in alarm["metricQueries"][:-1]]
    assert watched == [BLUE_SUFFIX, BLUE_SUFFIX, GREEN_SUFFIX, GREEN_SUFFIX]
    requests, errors = (f"FILL({it}1, 0) + FILL({it}2, 0)" for it in ("requests", "errors"))
    assert alarm["metricQueries"][-1]["expression"] == f"IF(({requests}) >= 20, 100 * ({errors}) / ({requests}), 0)"
    assert alarm["threshold"] == 0.5


def test_on_a_shared_listener_the_alarm_counts_the_requests_of_the_service_alone() -> None:
    built = build(lambda: FargateService("api", BEHIND_LISTENER))
    alarm = built.one("metricAlarm:MetricAlarm", "api-errors").inputs
    assert {it["metric"]["dimensions"]["TargetGroup"] for it in alarm["metricQueries"][:-1]} == {BLUE_SUFFIX}


def test_alarms_of_ones_own_stand_beside_the_components() -> None:
    inputs = service({"alarm_names": ["slow"]}).one("service:Service", "api").inputs
    assert inputs["alarms"] == {"alarmNames": [NAMED, "slow"], "enable": True, "rollback": True}


@pytest.mark.parametrize(
    ("args", "names"), [(BEHIND_BALANCER, [NAMED]), (TASK | {"deployment": {"alarm_names": ["dead"]}}, ["dead"])]
)
def test_alarms_are_switched_off_with_their_names_kept(args: dict[str, Any], names: list[str]) -> None:
    off = {"deployment": args.get("deployment", {}) | {"without_alarms": True}}
    inputs = build(lambda: FargateService("api", args | off)).one("service:Service", "api").inputs
    assert inputs["alarms"] == {"alarmNames": names, "enable": False, "rollback": False}


def test_a_service_without_load_balancer_and_alarms_says_nothing_about_alarms() -> None:
    built = build(lambda: FargateService("api", TASK))
    assert built.of_type("metricAlarm:MetricAlarm") == []
    assert "alarms" not in built.one("service:Service", "api").inputs


@pytest.mark.parametrize(("kind", "args"), [("FargateService", TASK), ("QueueWorker", WORKER)])
def test_alarms_end_a_deployment_and_roll_it_back(kind: str, args: dict[str, Any]) -> None:
    built = build(lambda: COMPONENTS[kind]("api", args | {"deployment": {"alarm_names": ["dead", "slow"]}}))
    inputs = built.one("service:Service", "api").inputs
    assert inputs["alarms"] == {"alarmNames": ["dead", "slow"], "enable": True, "rollback": True}
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
