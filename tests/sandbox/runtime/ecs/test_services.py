"""ECS services on the real Docker daemon: what boto3 sees, and what runs."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.commands import HANG_SECONDS
from tests.support.sandbox.runtime_cloud import Cloud, eventually, make_image, running_cloud

pytestmark = pytest.mark.e2e

SERVE = "trap 'exit 0' TERM; busybox httpd -f -p 8080 -h /www & wait"
IDLE = "trap 'exit 0' TERM; sleep 600 & wait"
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    make_image(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    with running_cloud(home) as started:
        yield started
    assert started.containers() == [], "a stopped controller leaves no container behind"


def awslogs(group: str) -> dict[str, Any]:
    options = {"awslogs-group": group, "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web"}
    return {"logDriver": "awslogs", "options": options}


def web(cloud: Cloud, count: int = 2, **check: Any) -> tuple[str, str]:
    """The service `web` behind a load balancer, in its steady state: DNS name and target group ARN."""
    network = cloud.network()
    name, group = cloud.balance(**check)
    definition = cloud.define({"sh": SERVE, "portMappings": [{"containerPort": 8080}]})
    target = {"targetGroupArn": group, "containerName": "main", "containerPort": 8080}
    cloud.serve(
        definition, count, networkConfiguration=network, loadBalancers=[target], deploymentConfiguration=BREAKER
    )
    eventually(cloud.stable, state=cloud.service)
    return name, group


def addresses(cloud: Cloud) -> set[str]:
    return {task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"] for task in cloud.tasks()}


def test_a_service_behind_a_load_balancer_answers_on_its_dns_name(cloud: Cloud) -> None:
    name, group = web(cloud)
    answer = requests.get(f"http://{name}/health", timeout=HANG_SECONDS)
    assert (answer.status_code, answer.text) == (200, "ok")
    assert cloud.controller.urls() == {"web:80": f"http://{name}"}
    health = cloud.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert {entry["Target"]["Id"]: entry["TargetHealth"]["State"] for entry in health} == dict.fromkeys(
        addresses(cloud), "healthy"
    )
    assert [(task["lastStatus"], task["connectivity"]) for task in cloud.tasks()] == [("RUNNING", "CONNECTED")] * 2
    service = cloud.service()
    assert (service["runningCount"], service["pendingCount"]) == (2, 0)
    cloud.ecs.get_waiter("services_stable").wait(cluster="main", services=["web"])


def test_a_scale_in_and_a_scale_out_need_no_deployment(cloud: Cloud) -> None:
    web(cloud)
    before = cloud.service()["deployments"][0]["id"]
    cloud.ecs.update_service(cluster="main", service="web", desiredCount=1)
    eventually(lambda: len(cloud.containers()) == 1 and cloud.service()["runningCount"] == 1, state=cloud.service)
    cloud.ecs.update_service(cluster="main", service="web", desiredCount=3)
    eventually(lambda: cloud.service()["runningCount"] == 3, state=cloud.service)
    assert [deployment["id"] for deployment in cloud.service()["deployments"]] == [before]


def test_a_rollout_loses_no_request(cloud: Cloud) -> None:
    name, _ = web(cloud)
    before = addresses(cloud)
    changed = cloud.define({"sh": SERVE, "portMappings": [{"containerPort": 8080}], "environment": []})
    updated = cloud.ecs.update_service(cluster="main", service="web", taskDefinition=changed)["service"]
    assert [deployment["status"] for deployment in updated["deployments"]] == ["PRIMARY", "ACTIVE"]
    statuses = set()

    def finished() -> bool:
        statuses.add(requests.get(f"http://{name}/health", timeout=HANG_SECONDS).status_code)
        return cloud.stable()

    eventually(finished, state=cloud.service)
    assert statuses == {200}
    assert {task["taskDefinitionArn"] for task in cloud.tasks()} == {changed}
    assert addresses(cloud).isdisjoint(before) or len(addresses(cloud)) == 2


def is_open(name: str) -> bool:
    """Whether the port of a load balancer takes connections; the runtime opens it at its next look."""
    try:
        requests.get(f"http://{name}/health", timeout=HANG_SECONDS)
    except requests.ConnectionError:
        return False
    return True


def test_a_service_moves_to_another_load_balancer_and_its_old_tasks_stay_behind_theirs(cloud: Cloud) -> None:
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html: "Amazon ECS starts new tasks with
    # the updated Elastic Load Balancing configuration, and then stops the old tasks when the new tasks are running."
    old_name, old_group = web(cloud)
    new_name, new_group = cloud.balance(name="next", HealthCheckPort="8080")
    eventually(lambda: is_open(new_name))
    definition = cloud.service()["taskDefinition"]
    target = {"targetGroupArn": new_group, "containerName": "main", "containerPort": 8080}

    def targets(group: str) -> set[str]:
        health = cloud.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {entry["Target"]["Id"] for entry in health}

    before = addresses(cloud)
    cloud.ecs.update_service(cluster="main", service="web", loadBalancers=[target])
    statuses, seen = set(), set[str]()

    def finished() -> bool:
        answers = [
            requests.get(f"http://{name}/health", timeout=HANG_SECONDS).status_code for name in (new_name, old_name)
        ]
        statuses.add(min(answers))
        seen.update(targets(new_group) & before)
        return cloud.stable()

    eventually(finished, state=cloud.service)
    assert (statuses, seen) == ({200}, set()), "one of both answers at any time; no old task is behind the new one"
    assert (targets(old_group), targets(new_group)) == (set(), addresses(cloud))

    broken = cloud.define({"sh": "exit 3", "portMappings": [{"containerPort": 8080}]})
    back = {**target, "targetGroupArn": old_group}
    cloud.ecs.update_service(cluster="main", service="web", taskDefinition=broken, loadBalancers=[back])
    eventually(lambda: cloud.service()["taskDefinition"] == definition and cloud.stable(), state=cloud.service)
    assert cloud.service()["loadBalancers"] == [target], "a rollback brings the target group back, too"
    assert requests.get(f"http://{new_name}/health", timeout=HANG_SECONDS).status_code == 200


def test_a_broken_release_is_rolled_back_and_says_so(cloud: Cloud) -> None:
    name, _ = web(cloud)
    good = cloud.service()["deployments"][0]
    broken = cloud.define({"sh": "echo no database; exit 3", "portMappings": [{"containerPort": 8080}]})
    cloud.ecs.update_service(cluster="main", service="web", taskDefinition=broken)

    def latest() -> dict[str, Any]:
        return dict(cloud.ecs.list_service_deployments(cluster="main", service="web")["serviceDeployments"][0])

    eventually(lambda: latest()["status"] == "ROLLBACK_SUCCESSFUL" and cloud.stable(), state=cloud.service)
    assert latest()["statusReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert cloud.service()["deployments"][0]["id"] == good["id"]
    assert cloud.service()["taskDefinition"] == good["taskDefinition"]
    assert requests.get(f"http://{name}/health", timeout=HANG_SECONDS).status_code == 200
    stopped = [task for task in cloud.tasks("STOPPED") if task["taskDefinitionArn"] == broken]
    assert {task["stoppedReason"] for task in stopped} == {"Essential container in task exited"}
    assert {(task["stopCode"], task["containers"][0]["exitCode"]) for task in stopped} == {
        ("EssentialContainerExited", 3)
    }
    assert f"(service web) rolling back to deployment {good['id']}." in cloud.events()


def test_a_service_that_never_becomes_healthy_fails_with_the_load_balancers_reason(cloud: Cloud) -> None:
    network = cloud.network()
    _, group = cloud.balance(HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2, UnhealthyThresholdCount=2)
    cloud.elbv2.modify_target_group(TargetGroupArn=group, HealthCheckPath="/nothing")
    definition = cloud.define({"sh": SERVE, "portMappings": [{"containerPort": 8080}]})
    target = {"targetGroupArn": group, "containerName": "main", "containerPort": 8080}
    cloud.serve(definition, 1, networkConfiguration=network, loadBalancers=[target], deploymentConfiguration=BREAKER)
    wanted = f"Task failed ELB health checks in (target-group {group}): Health checks failed with these codes: [404]"
    eventually(lambda: wanted in {task["stoppedReason"] for task in cloud.tasks("STOPPED")}, state=cloud.service)
    assert cloud.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert cloud.service()["deployments"][0]["failedTasks"] >= 1


def test_a_crash_loop_backs_off(cloud: Cloud) -> None:
    cloud.serve(cloud.define({"sh": "exit 1"}), 1)
    with pytest.raises(cloud.ecs.exceptions.InvalidParameterException, match="Creation of service was not idempotent"):
        cloud.serve(cloud.define({"sh": "exit 1"}), 1, networkConfiguration={})
    eventually(lambda: len(cloud.tasks("STOPPED")) == 3)
    starts = sorted(task["createdAt"] for task in cloud.tasks("STOPPED"))
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)]
    assert gaps[0] >= 1, "a second before the second start"
    assert gaps[1] >= 2, "two seconds before the third"
    assert cloud.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_a_missing_image_is_named_in_the_stopped_reason(cloud: Cloud) -> None:
    cloud.serve(cloud.define({"image": "localhost:1/nothing@sha256:" + "0" * 64}), 1)
    [reason] = eventually(lambda: [task["stoppedReason"] for task in cloud.tasks("STOPPED")][:1])
    assert reason.startswith(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
        "failed to resolve ref localhost:1/nothing@sha256:" + "0" * 64
    )


def test_logs_arrive_and_a_missing_group_stops_the_task(cloud: Cloud) -> None:
    cloud.logs.create_log_group(logGroupName="/there")
    cloud.serve(cloud.define({"sh": "echo one; echo two >&2; " + IDLE, "logConfiguration": awslogs("/there")}), 1)
    eventually(lambda: cloud.messages("/there") == ["one", "two"])
    [stream] = cloud.logs.describe_log_streams(logGroupName="/there")["logStreams"]
    assert re.fullmatch(r"web/main/[0-9a-f-]{36}", stream["logStreamName"])
    missing = cloud.define({"sh": "sleep 60", "logConfiguration": awslogs("/missing")})
    cloud.ecs.update_service(cluster="main", service="web", taskDefinition=missing)
    reason = eventually(lambda: [task["stoppedReason"] for task in cloud.tasks("STOPPED")][:1])[0]
    assert reason == (
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
        "create Cloudwatch log stream: ResourceNotFoundException: The specified log group /missing does not exist. "
        ": exit status 1"
    )


def test_a_deleted_service_drains_then_is_inactive_and_leaves_nothing(cloud: Cloud) -> None:
    _, group = web(cloud)
    interfaces = {"Filters": [{"Name": "subnet-id", "Values": cloud.subnets}]}
    assert len(cloud.ec2.describe_network_interfaces(**interfaces)["NetworkInterfaces"]) == 2
    with pytest.raises(cloud.ecs.exceptions.ClusterContainsServicesException):
        cloud.ecs.delete_cluster(cluster="main")
    cloud.ecs.delete_service(cluster="main", service="web", force=True)
    assert cloud.service()["status"] == "DRAINING"
    eventually(lambda: cloud.service()["status"] == "INACTIVE", state=cloud.service)
    exits = {container["exitCode"] for task in cloud.tasks("STOPPED") for container in task["containers"]}
    assert exits == {0}, "tasks that handle SIGTERM do not use up their stop timeout"
    assert cloud.containers() == []
    assert cloud.ecs.list_services(cluster="main")["serviceArns"] == []
    assert cloud.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"] == []
    assert cloud.ec2.describe_network_interfaces(**interfaces)["NetworkInterfaces"] == []


def test_a_restarted_controller_runs_the_services_again_on_the_same_port(cloud: Cloud) -> None:
    name, _ = web(cloud)
    before = {task["taskArn"] for task in cloud.tasks()}
    cloud.restart()
    eventually(lambda: len(cloud.tasks()) == 2 and cloud.stable(), state=cloud.service)
    assert before.isdisjoint({task["taskArn"] for task in cloud.tasks()})
    eventually(lambda: requests.get(f"http://{name}/health", timeout=HANG_SECONDS).status_code == 200)
