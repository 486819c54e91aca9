"""ECS services in a whole sandbox: its registry stands for ECR, and they come back after a stop and after a kill."""

from pathlib import Path

import docker
import pytest
import requests

from tests.sandbox.conftest import Box
from tests.support.commands import HANG_SECONDS
from tests.support.sandbox.runtime_cloud import IMAGE, REGION, Cloud, eventually, make_image

pytestmark = pytest.mark.e2e

SERVE = "trap 'exit 0' TERM; busybox httpd -f -p 8080 -h /www & wait"


def push(port: int) -> str:
    """Push the test image into the sandbox's registry, keep no local copy, and return its digest."""
    client = docker.from_env()
    repository = f"localhost:{port}/orders/api"
    try:
        client.images.get(IMAGE).tag(repository, "1")
        client.images.push(repository, "1")
        digests = client.images.get(f"{repository}:1").attrs["RepoDigests"]
        [pushed] = [entry for entry in digests if entry.startswith(repository)]
        client.images.remove(f"{repository}:1")
        return str(pushed.partition("@")[2])
    finally:
        client.close()


def forget(port: int, digest: str) -> None:
    client = docker.from_env()
    try:
        client.images.remove(f"localhost:{port}/orders/api@{digest}")
    finally:
        client.close()


def test_a_service_from_the_registry_comes_back_after_stop_and_after_kill(box: Box, tmp_path: Path) -> None:
    (tmp_path / "image").mkdir()
    make_image(tmp_path / "image")
    box.must("start")
    ports = box.status()["ports"]
    box.client("ecr").create_repository(repositoryName="orders/api")
    digest = push(ports["registry"])
    cloud = Cloud(f"http://127.0.0.1:{ports['moto']}", box.home.runtime)
    network = cloud.network()
    name, group = cloud.balance()
    image = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/orders/api@{digest}"
    definition = cloud.define({"image": image, "sh": SERVE, "portMappings": [{"containerPort": 8080}]})
    target = {"targetGroupArn": group, "containerName": "main", "containerPort": 8080}
    cloud.ecs.create_cluster(clusterName="main", capacityProviders=["FARGATE_SPOT"])
    cloud.ecs.create_service(
        cluster="main",
        serviceName="web",
        taskDefinition=definition,
        desiredCount=2,
        capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        networkConfiguration=network,
        loadBalancers=[target],
    )
    eventually(cloud.stable, state=cloud.service)
    assert box.status()["urls"] == {"web:80": f"http://{name}"}
    assert {task["capacityProviderName"] for task in cloud.tasks()} == {"FARGATE_SPOT"}
    box.saved()

    box.must("stop")
    assert cloud.containers() == []
    box.must("start")
    eventually(lambda: len(cloud.containers()) == 2 and cloud.stable(), state=cloud.service)
    eventually(lambda: requests.get(f"http://{name}/health", timeout=HANG_SECONDS).status_code == 200)

    left = {container.id for container in cloud.containers()}
    box.kill()
    assert {container.id for container in cloud.containers()} == left
    box.must("start")
    eventually(lambda: len(cloud.containers()) == 2 and cloud.stable(), state=cloud.service)
    assert left.isdisjoint({container.id for container in cloud.containers()}), "the old containers are removed"
    eventually(lambda: requests.get(f"http://{name}/health", timeout=HANG_SECONDS).status_code == 200)

    box.must("stop")
    assert cloud.containers() == []
    forget(ports["registry"], digest)
