"""Names of containers say what they are, and two sandboxes with the same names run beside one another."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import docker
import pytest

from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.containers.names import name_of_task
from slipway_sandbox.runtime.containers.specs import Size, container_spec
from slipway_sandbox.runtime.ecs.task_run import TaskRun
from tests.support.sandbox.runtime_cloud import IMAGE, Cloud, eventually, make_image, running_cloud

IDLE = "trap 'exit 0' TERM; sleep 600 & wait"
ID = "4a0cfc10-eceb-4ec9-80dd-a6a577ee9b21"


@pytest.mark.parametrize(
    ("cluster", "group", "name"),
    [
        ("platform-3b76965", "service:api-0fed7ec", "slipway-platform-3b76965-api-0fed7ec-4a0cfc10"),
        ("default", "family:migrate", "slipway-default-migrate-4a0cfc10"),
        ("default", "my own group", "slipway-default-migrate-4a0cfc10"),
        ("Team A's", "service:api", "slipway-Team-A-s-api-4a0cfc10"),
    ],
)
def test_a_task_is_named_by_cluster_service_or_family_and_id(cluster: str, group: str, name: str) -> None:
    assert name_of_task(cluster, group, "arn:aws:ecs:eu-west-1:1:task-definition/migrate:3", ID) == name


@pytest.fixture
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    make_image(tmp_path_factory.mktemp("image"))
    with running_cloud(tmp_path_factory.mktemp("home")) as started:
        yield started
    assert started.containers() == [], "a stopped controller leaves no container behind"


@pytest.fixture
def other_sandbox() -> Iterator[TaskRun]:
    """A task of the same service on the same Docker daemon, not started."""
    with closing(DockerHost(uuid.uuid4().hex[:12], "")) as host:
        task, size = str(uuid.uuid4()), Size(cpu=0, memory_mib=0, host_cpus=host.cpus)
        definition: Any = {"name": "main", "image": IMAGE, "entryPoint": ["/bin/sh", "-c"], "command": [IDLE]}
        spec = container_spec(definition, {}, task, "eu-west-1", size)
        run = TaskRun(task, host, [spec], {}, name=name_of_task("main", "service:web", "task-definition/app:1", task))
        yield run
        run.stop("", "")
        run.join(60)
        host.removals.everything()


def names(cloud: Cloud) -> set[str]:
    return {str(container.name) for container in cloud.containers()}


@pytest.mark.e2e
def test_containers_are_named_by_their_task_beside_another_sandbox(cloud: Cloud, other_sandbox: TaskRun) -> None:
    cloud.serve(cloud.define({"sh": IDLE}, {"name": "proxy", "sh": IDLE}), 2)
    arn = cloud.run(cloud.define({"sh": IDLE}, family="migrate"))
    other_sandbox.start()
    eventually(lambda: other_sandbox.phase == "RUNNING")
    eventually(lambda: len(cloud.tasks()) == 3 and {task["lastStatus"] for task in cloud.tasks()} == {"RUNNING"})
    served = [task["taskArn"].rpartition("/")[2][:8] for task in cloud.tasks() if task["group"] == "service:web"]
    assert names(cloud) == {
        f"slipway-main-migrate-{arn.rpartition('/')[2][:8]}",
        *(f"slipway-main-web-{id_}{end}" for id_ in served for end in ("", "-main", "-proxy")),
    }
    with closing(docker.from_env()) as client:
        [container] = other_sandbox.containers.values()
        assert client.containers.get(container.id).name == f"slipway-main-web-{other_sandbox.id[:8]}"
