"""A blue/green service on the real Docker daemon: the rule that moves, the history that tells, the rollback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.commands import HANG_SECONDS
from tests.support.sandbox.runtime_cloud import Cloud, eventually, make_image, running_cloud

pytestmark = pytest.mark.e2e

SERVE = "echo {0} > /tmp/health; trap 'exit 0' TERM; busybox httpd -f -p 8080 -h /tmp & wait"
ROLE = "arn:aws:iam::123456789012:role/ecs"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    make_image(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    with running_cloud(home) as started:
        yield started


def newest(cloud: Cloud) -> dict[str, Any]:
    """The newest deployment."""
    [brief, *_] = cloud.ecs.list_service_deployments(cluster="main", service="web")["serviceDeployments"]
    arns = [brief["serviceDeploymentArn"]]
    return dict(cloud.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0])


def latest(cloud: Cloud) -> tuple[str, str, float | None]:
    """Status, stage and share of the newest deployment, and that its revision is of a task definition."""
    found = newest(cloud)
    [revision] = cloud.ecs.describe_service_revisions(serviceRevisionArns=[found["targetServiceRevision"]["arn"]])[
        "serviceRevisions"
    ]
    share = found["targetServiceRevision"].get("requestedProductionTrafficWeight")
    return f"{found['status']} {revision['taskDefinition'].rpartition('/')[2]}", found.get("lifecycleStage", ""), share


def watch(cloud: Cloud) -> dict[str, Any]:
    """The alarms of the newest deployment."""
    return dict(newest(cloud)["alarms"])


def answer(name: str) -> str:
    return requests.get(f"http://{name}/health", timeout=HANG_SECONDS).text.strip()


def test_requests_move_to_the_new_side_and_stay_when_that_fails_is_stopped_or_alarms(cloud: Cloud) -> None:
    network, (name, blue) = cloud.network(), cloud.balance()
    check: dict[str, Any] = {"HealthCheckPath": "/health", "HealthCheckIntervalSeconds": 5}
    [made] = cloud.elbv2.create_target_group(
        Name="green", Protocol="HTTP", Port=8080, VpcId=cloud.vpc, TargetType="ip", **check
    )["TargetGroups"]
    green = made["TargetGroupArn"]
    [balancer] = cloud.elbv2.describe_load_balancers()["LoadBalancers"]
    [listener] = cloud.elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    [rule] = cloud.elbv2.create_rule(
        ListenerArn=listener["ListenerArn"],
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": blue}],
    )["Rules"]
    shifting = {
        "alternateTargetGroupArn": green,
        "productionListenerRule": rule["RuleArn"],
        "roleArn": ROLE,
    }
    target = {
        "targetGroupArn": blue,
        "containerName": "main",
        "containerPort": 8080,
        "advancedConfiguration": shifting,
    }
    configuration = {
        "strategy": "BLUE_GREEN",
        "bakeTimeInMinutes": 0,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    }

    def define(script: str) -> str:
        return cloud.define({"sh": script, "portMappings": [{"containerPort": 8080}]})

    def release(script: str) -> None:
        cloud.ecs.update_service(cluster="main", service="web", taskDefinition=define(script))

    def weights() -> dict[str, int]:
        [found] = cloud.elbv2.describe_rules(RuleArns=[rule["RuleArn"]])["Rules"]
        groups = found["Actions"][0]["ForwardConfig"]["TargetGroups"]
        return {entry["TargetGroupArn"]: entry["Weight"] for entry in groups}

    cloud.serve(
        define(SERVE.format("one")),
        1,
        networkConfiguration=network,
        loadBalancers=[target],
        deploymentConfiguration=configuration,
    )
    eventually(cloud.stable, state=cloud.service)
    assert (answer(name), latest(cloud)[0]) == ("one", "SUCCESSFUL app:1")

    def succeeds(script: str, number: int) -> None:
        release(script)
        eventually(lambda: latest(cloud)[0] == f"SUCCESSFUL app:{number}", state=cloud.service)

    succeeds(SERVE.format("two"), 2)
    assert answer(name) == "two"
    assert weights() == {green: 100, blue: 0}
    assert latest(cloud)[1:] == ("BAKE_TIME", 100)

    release("exit 3")
    eventually(lambda: latest(cloud)[0] == "ROLLBACK_SUCCESSFUL app:3", state=cloud.service)
    assert answer(name) == "two"
    assert weights() == {green: 100, blue: 0}
    assert cloud.service()["taskDefinition"].endswith("/app:2")

    release("sleep 600")
    [stuck, *_] = cloud.ecs.list_service_deployments(cluster="main", service="web")["serviceDeployments"]
    cloud.ecs.stop_service_deployment(serviceDeploymentArn=stuck["serviceDeploymentArn"], stopType="ROLLBACK")
    eventually(lambda: latest(cloud)[0] == "ROLLBACK_SUCCESSFUL app:4", state=cloud.service)
    assert answer(name) == "two"

    watched = {"alarms": {"alarmNames": ["slow"], "enable": True, "rollback": True}}
    cloud.ecs.update_service(cluster="main", service="web", deploymentConfiguration=watched)
    release("sleep 600")
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="slow", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, Threshold=1.0
    )
    cloudwatch.set_alarm_state(AlarmName="slow", StateValue="ALARM", StateReason="a test")
    eventually(lambda: latest(cloud)[0] == "ROLLBACK_SUCCESSFUL app:5", state=cloud.service)
    assert any(event.endswith("deployment failed: alarm detected.") for event in cloud.events())
    assert watch(cloud) == {"status": "TRIGGERED", "alarmNames": ["slow"], "triggeredAlarmNames": ["slow"]}

    succeeds(SERVE.format("six"), 6)
    assert watch(cloud)["status"] == "DISABLED", "the fix is deployed while the alarm is still on"

    cloudwatch.set_alarm_state(AlarmName="slow", StateValue="OK", StateReason="a test")
    succeeds(SERVE.format("seven"), 7)
    assert watch(cloud)["status"] == "MONITORING_COMPLETE"
