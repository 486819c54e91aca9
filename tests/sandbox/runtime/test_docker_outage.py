"""Docker goes and comes back under a running sandbox: it says so, nobody is blamed, and everything goes on."""

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.sandbox.conftest import Box
from tests.support.sandbox.docker_proxy import DockerProxy
from tests.support.sandbox.runtime_cloud import Cloud, eventually, make_image, running_cloud

# docker-py leaves a socket that it could not connect to the garbage collector, whenever that comes.
UNCONNECTED = "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings(UNCONNECTED)]

COUNT = "trap 'exit 0' TERM; n=0; while :; do n=$((n+1)); echo $n; sleep 0.1; done"
LOGGED = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/app", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "t"},
}


@pytest.fixture
def proxy(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[DockerProxy]:
    made = DockerProxy(tmp_path_factory.mktemp("d") / "s")  # the path of a socket is short
    made.start()
    monkeypatch.setenv("DOCKER_HOST", made.host)
    yield made
    made.stop()
    with warnings.catch_warnings():  # so that none is left for the next test
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def cloud(tmp_path: Path, proxy: DockerProxy) -> Iterator[Cloud]:
    make_image(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    with running_cloud(home) as started:
        started.logs.create_log_group(logGroupName="/app")
        yield started
        if not proxy.is_up:
            proxy.start()


def containers(cloud: Cloud) -> list[str]:
    """Ids of the sandbox's containers, asked of the daemon itself."""
    client = docker.DockerClient(base_url="unix:///var/run/docker.sock")
    try:
        mine: dict[str, str | list[str] | bool] = {"label": f"slipway.sandbox={cloud.controller.owner}"}
        return [str(entry.id) for entry in client.containers.list(all=True, filters=mine, ignore_removed=True)]
    finally:
        client.close()


def counted(cloud: Cloud) -> list[int]:
    """The numbers that the one task has logged, in the order of their events."""
    pages = cloud.logs.get_paginator("filter_log_events").paginate(logGroupName="/app")
    return [int(event["message"]) for page in pages for event in page["events"]]


def test_what_runs_is_unknown_meanwhile_and_goes_on_afterwards(cloud: Cloud, proxy: DockerProxy) -> None:
    cloud.serve(cloud.define({"sh": COUNT, "logConfiguration": LOGGED}), 1)
    eventually(cloud.stable, state=cloud.service)
    eventually(lambda: counted(cloud))
    [before] = containers(cloud)
    proxy.stop()
    [lacking] = cloud.controller.lacking()
    assert lacking.startswith(f"Docker at {proxy.host} does not answer any more ("), "before the next look, too"

    eventually(lambda: cloud.service()["runningCount"] == 0, state=cloud.service)
    [task] = cloud.tasks()
    assert (task["connectivity"], task["healthStatus"]) == ("DISCONNECTED", "UNKNOWN")
    sentence = cloud.controller.off_because
    assert sentence.startswith(f"Docker at {proxy.host} does not answer any more (")
    assert sentence.endswith(
        "), so no task starts or ends; start it and tasks go on, "
        "or run `slipway sandbox start` where another Docker answers"
    )
    assert cloud.controller.lacking() == [cloud.controller.off_because]
    assert f"Docker at {proxy.host} does not answer any more" in cloud.events()[-1]
    last = max(counted(cloud))

    proxy.start()
    eventually(lambda: cloud.stable() and cloud.controller.off_because == "", state=cloud.service)
    assert containers(cloud) == [before], "the task is the one that ran before"
    assert cloud.tasks()[0]["connectivity"] == "CONNECTED"
    eventually(lambda: max(counted(cloud)) > last + 20)
    numbers = counted(cloud)
    assert numbers == list(range(1, len(numbers) + 1)), "no line is lost, and none comes twice"


@pytest.mark.parametrize("request_line", [b"/containers/create", b"/start"])
def test_a_deployment_cut_in_the_middle_blames_no_image_and_leaves_nothing(
    cloud: Cloud, proxy: DockerProxy, request_line: bytes
) -> None:
    cloud.serve(cloud.define({"sh": COUNT}), 1)
    eventually(cloud.stable, state=cloud.service)
    [before] = containers(cloud)
    proxy.falls_at = request_line
    cloud.ecs.update_service(cluster="main", service="web", taskDefinition=cloud.define({"sh": COUNT}))
    eventually(lambda: not proxy.is_up)
    eventually(lambda: cloud.controller.off_because != "")
    assert len(containers(cloud)) == 2, "the daemon has made what nobody heard of"

    proxy.start()
    eventually(lambda: cloud.stable() and len(containers(cloud)) == 1, state=cloud.service)
    assert containers(cloud) != [before]
    [deployment] = cloud.service()["deployments"]
    assert deployment["failedTasks"] == 0
    lost = [task for task in cloud.tasks("STOPPED") if task["stopCode"] == "TerminationNotice"]
    [reason] = [task["stoppedReason"] for task in lost]
    assert reason.startswith("HostUnavailable: the sandbox's Docker daemon did not answer (")


def test_a_start_moves_a_sandbox_without_docker_to_the_one_that_answers(box: Box, proxy: DockerProxy) -> None:
    begun = box.run("start", DOCKER_HOST=proxy.host)
    assert begun.returncode == 0, begun.stderr
    first = box.status()
    assert first["containers"] == "running"
    proxy.stop()

    def says(status: dict[str, Any]) -> bool:
        return bool(status["containers"].startswith(f"Docker at {proxy.host} does not answer any more ("))

    eventually(lambda: says(box.status()), state=box.status)
    assert box.run("start", DOCKER_HOST=proxy.host).stdout.startswith("The sandbox already runs: "), "no other answers"
    moved = box.run("start")
    assert moved.stdout.startswith("The sandbox runs after "), moved.stderr
    second = box.status()
    assert (second["containers"], second["ports"]) == ("running", first["ports"])
    assert second["cloud_id"] == first["cloud_id"]
