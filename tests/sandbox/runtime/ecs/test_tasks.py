"""Single ECS tasks on the real Docker daemon: what of a task definition reaches the containers."""

import gc
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from slipway_sandbox.runtime.controller import Controller
from slipway_sandbox.runtime.ecs.task_identity import TaskIdentities
from tests.support.sandbox.runtime_cloud import Cloud, eventually, make_image, running_cloud

pytestmark = pytest.mark.e2e


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    make_image(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    with running_cloud(home) as started:
        started.logs.create_log_group(logGroupName="/app")
        yield started
    assert started.containers() == [], "a stopped controller leaves no container behind"


IDLE = "trap 'exit 0' TERM; sleep 600 & wait"
LOGGED = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/app", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "t"},
}


def results(task: dict[str, Any]) -> dict[str, Any]:
    return {container["name"]: container.get("exitCode") for container in task["containers"]}


def test_environment_user_directory_and_root_are_as_defined(cloud: Cloud) -> None:
    script = """
        echo "who $(busybox id -u):$(busybox id -g)"; echo "where $PWD"; echo "own $OWN"; echo "cloud $AWS_ENDPOINT_URL"
        echo "region $AWS_REGION key $AWS_ACCESS_KEY_ID meta ${ECS_CONTAINER_METADATA_URI:-none}"
        busybox touch /file 2>/dev/null && echo "root writable" || echo "root read-only"
        echo hi > /scratch/file && echo "volume writable"; echo hi > /ram/file && echo "tmpfs writable"
        echo "files $(ulimit -n)"; exit 7
    """
    definition = cloud.define(
        {
            "sh": script,
            "environment": [{"name": "OWN", "value": "1 = 'one'"}],
            "user": "10001:10002",
            "workingDirectory": "/tmp",
            "readonlyRootFilesystem": True,
            "ulimits": [{"name": "nofile", "softLimit": 2000, "hardLimit": 3000}],
            "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}],
            "linuxParameters": {"tmpfs": [{"containerPath": "/ram", "size": 8, "mountOptions": ["mode=1777"]}]},
            "logConfiguration": LOGGED,
        },
        {"name": "owner", "essential": False, "sh": "busybox chmod 1777 /scratch"}
        | {"mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}]},
        volumes=[{"name": "scratch"}],
    )
    own = cloud.ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]["containerDefinitions"]
    own[0]["dependsOn"] = [{"containerName": "owner", "condition": "SUCCESS"}]
    definition = cloud.define(*own, volumes=[{"name": "scratch"}])
    task = cloud.ended(cloud.run(definition))
    assert results(task) == {"main": 7, "owner": 0}, task
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert cloud.messages("/app") == [
        f"cloud {cloud.url}",
        "files 2000",
        "own 1 = 'one'",
        "region eu-west-1 key  meta none",
        "root read-only",
        "tmpfs writable",
        "volume writable",
        "where /tmp",
        "who 10001:10002",
    ]


def test_secrets_are_resolved_with_key_and_decrypted(cloud: Cloud) -> None:
    cloud.ssm.put_parameter(Name="/app/plain", Value="from ssm", Type="String")
    cloud.ssm.put_parameter(Name="/app/secure", Value="decrypted", Type="SecureString")
    arn = cloud.secretsmanager.create_secret(Name="db", SecretString=json.dumps({"user": "u", "password": "p"}))["ARN"]
    secrets = [
        {"name": "PLAIN", "valueFrom": "/app/plain"},
        {"name": "SECURE", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/app/secure"},
        {"name": "PASSWORD", "valueFrom": f"{arn}:password::"},
        {"name": "WHOLE", "valueFrom": arn},
    ]
    script = 'echo "$PLAIN|$SECURE|$PASSWORD|$WHOLE"'
    cloud.ended(cloud.run(cloud.define({"sh": script, "secrets": secrets, "logConfiguration": LOGGED})))
    assert cloud.messages("/app") == ['from ssm|decrypted|p|{"user": "u", "password": "p"}']


@pytest.mark.parametrize(
    ("value_from", "reason"),
    [
        (
            "/app/none",
            "ResourceInitializationError: unable to pull secrets or registry auth: "
            "unable to retrieve secret from ssm: invalid ssm parameters: /app/none",
        ),
        (
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:none-AbCdEf",
            "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: "
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:none-AbCdEf: "
            "Secrets Manager can't find the specified secret.",
        ),
    ],
)
def test_a_missing_secret_stops_the_task(cloud: Cloud, value_from: str, reason: str) -> None:
    secrets = [{"name": "S", "valueFrom": value_from}]
    task = cloud.ended(cloud.run(cloud.define({"sh": "sleep 60", "secrets": secrets})))
    assert (task["stopCode"], task["stoppedReason"]) == ("TaskFailedToStart", reason)


def test_a_sidecar_is_reached_on_127_0_0_1_and_its_end_leaves_the_task_running(cloud: Cloud) -> None:
    caller = (
        "until busybox wget -qO- http://127.0.0.1:8080/health 2>/dev/null; do busybox sleep 0.2; done; echo; " + IDLE
    )
    definition = cloud.define(
        {"sh": caller, "logConfiguration": LOGGED},
        {"name": "proxy", "sh": "busybox httpd -f -p 8080 -h /www & sleep 4", "essential": False},
    )
    arn = cloud.run(definition)
    eventually(lambda: cloud.messages("/app") == ["ok"])
    sidecar = eventually(lambda: [c for c in cloud.task(arn)["containers"] if c["lastStatus"] == "STOPPED"])
    assert [(container["name"], container["exitCode"]) for container in sidecar] == [("proxy", 0)]
    assert cloud.task(arn)["lastStatus"] == "RUNNING"


def test_a_stop_gives_the_container_its_stop_timeout_and_shows_its_exit_code(cloud: Cloud) -> None:
    definition = cloud.define(
        {
            "sh": "trap 'echo bye; exit 5' TERM; echo up; while :; do busybox sleep 0.1; done",
            "logConfiguration": LOGGED,
        },
        {"name": "deaf", "sh": "trap '' TERM; while :; do busybox sleep 0.1; done", "stopTimeout": 2},
    )
    arn = cloud.run(definition)
    eventually(lambda: "up" in cloud.messages("/app") and cloud.task(arn)["lastStatus"] == "RUNNING")
    stopping = cloud.ecs.stop_task(cluster="main", task=arn, reason="enough")["task"]
    assert (stopping["desiredStatus"], stopping["lastStatus"]) == ("STOPPED", "RUNNING")
    task = cloud.ended(arn)
    assert results(task) == {"main": 5, "deaf": 137}
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
    assert cloud.messages("/app") == ["bye", "up"]


def test_a_failing_container_health_check_replaces_the_task(cloud: Cloud) -> None:
    check = {"command": ["CMD-SHELL", "test -e /tmp/well"], "interval": 5, "timeout": 2, "retries": 1, "startPeriod": 0}
    cloud.serve(cloud.define({"sh": IDLE, "healthCheck": check}), 1)
    [reason] = eventually(lambda: [task["stoppedReason"] for task in cloud.tasks("STOPPED")][:1], state=cloud.service)
    assert reason == "Task failed container health checks"
    assert cloud.service()["deployments"][0]["failedTasks"] == 1
    assert cloud.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_a_passing_container_health_check_completes_the_deployment(cloud: Cloud) -> None:
    check = {"command": ["CMD", "/bin/busybox", "true"], "interval": 5, "retries": 1}
    cloud.serve(cloud.define({"sh": IDLE, "healthCheck": check}), 1)
    eventually(cloud.stable, state=cloud.service)
    assert [task["healthStatus"] for task in cloud.tasks()] == ["HEALTHY"]


def test_memory_beyond_the_limit_is_an_out_of_memory_error(cloud: Cloud) -> None:
    eater = "busybox tail /dev/zero"
    task = cloud.ended(cloud.run(cloud.define({"sh": eater, "memory": 16})))
    [container] = task["containers"]
    assert container["exitCode"] == 137, container
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_containers_of_a_crashed_sandbox_are_removed_at_the_next_start(cloud: Cloud) -> None:
    client = docker.from_env()
    try:
        client.containers.run(
            "slipway-test/busybox:1",
            ["/bin/sh", "-c", "sleep 600"],
            detach=True,
            labels={"slipway.sandbox": cloud.controller.owner},
        )
    finally:
        client.close()
    assert len(cloud.containers()) == 1
    cloud.restart()
    assert cloud.containers() == []


def test_without_docker_services_stay_pending_and_the_controller_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nothing.sock")
    controller = Controller(TaskIdentities("http://127.0.0.1:1"), "localhost:1", tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # docker-py leaves the socket of a refused connection open
        controller.start()
        gc.collect()
    assert controller.off_because.startswith("Docker cannot be reached (")
    assert controller.off_because.endswith(
        "), so ECS services stay pending; start Docker, then run `slipway sandbox start`"
    )
    assert controller.lacking() == [controller.off_because]
    assert controller.urls() == {}
    controller.stop()
