"""Waiting for a service: the provider believes the deployment, not the wish."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol.readers import blocks, texts
from slipway_sandbox.provider.protocol.wire import Value
from tests.support.sandbox.provider_driver import Driver, Live, ProviderCallError
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
CLIENT = AwsClient()
APP = '[{"name": "app", "image": "app:1"}]'


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with provider() as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        yield driver
        driver.close()


@pytest.fixture
def parts(driver: Driver) -> Iterator[dict[str, Value]]:
    cluster = driver.create("aws:ecs/cluster:Cluster", "c", {})
    task = driver.create(
        TASK, "t", {"family": "app", "containerDefinitions": '[{"name": "app", "image": "app:1", "memory": 64}]'}
    )
    name = cluster.outputs["name"]
    yield {"cluster": name, "taskDefinition": task.outputs["arn"], "desiredCount": 1}
    for arn in texts(CLIENT.call("ecs", "list_services", "eu-west-1", cluster=name), "serviceArns"):
        CLIENT.call("ecs", "delete_service", "eu-west-1", cluster=name, service=arn, force=True)
    driver.delete(task)
    driver.delete(cluster)


def deployed(name: str, change: Callable[[Any], None]) -> threading.Thread:
    """Acts like the runtime on a service's deployment, as soon as it exists."""

    def run() -> None:
        from moto.ecs.models import ecs_backends

        backend = ecs_backends["123456789012"]["eu-west-1"]
        while not (
            found := [
                service
                for key, service in backend.services.items()
                if key.rpartition(":")[2].startswith(name)
                and "created_at" in vars(service)
                and service.deployments[0]["rolloutState"] == "IN_PROGRESS"
            ]
        ):
            stop.wait(0.01)
        change(found[-1])

    stop = threading.Event()
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def set_deployment(**values: Value) -> Callable[[Any], None]:
    return lambda service: service.deployments[0].update(values)


def test_the_wait_ends_when_the_deployment_is_completed(driver: Driver, parts: dict[str, Value]) -> None:
    thread = deployed("steady-", set_deployment(rolloutState="COMPLETED", runningCount=1))
    live = driver.create(SERVICE, "steady", {**parts, "waitForSteadyState": True})
    thread.join()
    assert live.outputs["waitForSteadyState"] is True
    driver.delete(live)


def test_a_failed_deployment_fails_the_creation_and_the_service_is_recorded(
    driver: Driver, parts: dict[str, Value]
) -> None:
    failed = set_deployment(
        rolloutState="FAILED", rolloutStateReason="ECS deployment circuit breaker: tasks failed to start."
    )
    thread = deployed("broken-", failed)
    with pytest.raises(ProviderCallError) as caught:
        driver.create(SERVICE, "broken", {**parts, "waitForSteadyState": True})
    thread.join()
    assert str(caught.value) == (
        "aws:ecs/service:Service 'broken': the deployment failed: ECS deployment circuit breaker: tasks failed to start."
    )
    live = driver.incomplete(caught.value, SERVICE, "broken")
    thread = deployed("broken-", failed)
    with pytest.raises(ProviderCallError, match="the deployment failed"):
        driver.update(live, {**parts, "waitForSteadyState": True})
    thread.join()
    assert [each["rolloutState"] for each in describe(live)["deployments"]] == ["FAILED", "FAILED"], "tried anew"
    driver.delete(live)


def test_a_rollback_is_no_success(driver: Driver, parts: dict[str, Value]) -> None:
    def roll_back(service: Any) -> None:
        service.deployments[0].update(
            taskDefinition="arn:aws:ecs:eu-west-1:123456789012:task-definition/app:0", rolloutState="COMPLETED"
        )
        service.events.append({"id": "1", "message": "(service back) rolled back", "createdAt": 1})

    thread = deployed("back-", roll_back)
    with pytest.raises(ProviderCallError, match=r"the deployment of app:\d+ was rolled back to app:0: "):
        driver.create(SERVICE, "back", {**parts, "waitForSteadyState": True})
    thread.join()


def test_a_wait_that_takes_too_long_says_how_long_it_was(driver: Driver, parts: dict[str, Value]) -> None:
    with pytest.raises(
        ProviderCallError, match=r"the service was not steady after 1 s: .*; see its events, or set customTimeouts"
    ):
        driver.create(SERVICE, "slow", {**parts, "waitForSteadyState": True}, timeout_seconds=1)


def test_an_interrupted_update_ends_the_wait(driver: Driver, parts: dict[str, Value]) -> None:
    other = Driver(driver.port, {"region": "eu-west-1"})
    timer = threading.Timer(0.3, other.cancel)
    timer.start()
    with pytest.raises(ProviderCallError, match="the update was interrupted; run it again to continue"):
        other.create(SERVICE, "cut", {**parts, "waitForSteadyState": True})
    timer.join()
    other.close()


def test_a_service_is_created_whole(driver: Driver, parts: dict[str, Value]) -> None:
    breaker = {"enable": True, "rollback": True}
    inputs = {
        **parts,
        "deploymentCircuitBreaker": breaker,
        "enableExecuteCommand": True,
        "deploymentMaximumPercent": 150,
        "deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "3"},
    }
    live = driver.create(SERVICE, "kept", inputs)
    found = describe(live)
    assert found["enableExecuteCommand"] is True
    assert found["deploymentConfiguration"]["deploymentCircuitBreaker"] == breaker
    assert found["deploymentConfiguration"]["maximumPercent"] == 150
    assert found["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
    assert found["deploymentConfiguration"]["bakeTimeInMinutes"] == 3
    driver.delete(live)


def test_a_drift_of_service_connect_and_volumes_is_seen(driver: Driver, parts: dict[str, Value]) -> None:
    role = "arn:aws:iam::123456789012:role/ebs"
    connect: dict[str, Value] = {"enabled": True, "namespace": "shop", "services": [{"portName": "web"}]}
    volume: dict[str, Value] = {"roleArn": role, "sizeInGb": 10}
    inputs: dict[str, Value] = {
        **parts,
        "serviceConnectConfiguration": connect,
        "volumeConfiguration": {"name": "data", "managedEbsVolume": volume},
    }
    live = driver.create(SERVICE, "peer", inputs)
    same = driver.read(live)
    assert same is not None
    assert driver.diff(same, inputs)["details"] == {}
    elsewhere: dict[str, Value] = {
        "serviceConnectConfiguration": {"enabled": True, "namespace": "other"},
        "volumeConfigurations": [{"name": "data", "managedEBSVolume": {"roleArn": role, "sizeInGiB": 20}}],
    }
    CLIENT.call("ecs", "update_service", "eu-west-1", cluster=parts["cluster"], service=live.id, **elsewhere)
    drifted = driver.read(live)
    assert drifted is not None
    assert driver.diff(drifted, inputs)["details"] == {
        "serviceConnectConfiguration.namespace": "UPDATE",
        "serviceConnectConfiguration.services": "ADD",
        "volumeConfiguration.managedEbsVolume.sizeInGb": "UPDATE",
    }
    driver.delete(live)


def test_a_second_service_of_the_same_name_is_refused(driver: Driver, parts: dict[str, Value]) -> None:
    live = driver.create(SERVICE, "one", {**parts, "name": "one"})
    with pytest.raises(
        ProviderCallError, match=r"CreateService failed with InvalidParameterException: Creation of service"
    ):
        driver.create(SERVICE, "two", {**parts, "name": "one"})
    driver.delete(live)


def describe(live: Live) -> Any:
    cluster = live.id.split("/")[-2]
    reply = CLIENT.call("ecs", "describe_services", "eu-west-1", cluster=cluster, services=[live.id])
    return blocks(reply, "services")[0]


@pytest.mark.parametrize(
    ("containers", "path", "reason"),
    [
        ([], "containerDefinitions", "must be a JSON list with at least one container"),
        ([{"image": "a"}], "containerDefinitions[0].name", "a container needs 'name'"),
        (
            [{"name": "a", "image": "a", "essential": False}],
            "containerDefinitions",
            "at least one container must be essential",
        ),
    ],
)
def test_containers_that_ecs_would_refuse_are_refused(driver: Driver, containers: Any, path: str, reason: str) -> None:
    inputs = {"family": "app", "containerDefinitions": json.dumps(containers)}
    assert driver.check(TASK, "t", inputs)[1] == [(path, reason)]


@pytest.mark.parametrize(
    ("cpu", "memory"), [("256", "8192"), ("256", "1536"), ("300", "512"), ("512", "1500"), ("8192", "18432")]
)
def test_a_size_that_fargate_does_not_offer_is_refused(driver: Driver, cpu: str, memory: str) -> None:
    inputs = {
        "family": "app",
        "cpu": cpu,
        "memory": memory,
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": APP,
    }
    reason = f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory"
    assert driver.check(TASK, "t", inputs)[1] == [("memory", reason)]


@pytest.mark.parametrize(("cpu", "memory"), [("256", "512"), ("512", "4096"), ("16384", "122880")])
def test_a_size_that_fargate_offers_passes(driver: Driver, cpu: str, memory: str) -> None:
    inputs = {
        "family": "app",
        "cpu": cpu,
        "memory": memory,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": APP,
    }
    assert driver.check(TASK, "t", inputs)[1] == []


def test_a_container_means_the_same_with_defaults_written_out(driver: Driver) -> None:
    short = [{"name": "app", "image": "app:1", "memory": 64, "portMappings": [{"containerPort": 80}]}]
    full = [
        {
            "name": "app",
            "image": "app:1",
            "memory": 64,
            "essential": True,
            "environment": [],
            "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
        }
    ]
    task = driver.create(TASK, "same", {"family": "same", "containerDefinitions": json.dumps(short)})
    assert driver.diff(task, {"family": "same", "containerDefinitions": json.dumps(full)})["details"] == {}
    driver.delete(task)


def test_what_the_program_has_no_more_is_taken_from_the_service(driver: Driver, parts: dict[str, Value]) -> None:
    live = driver.create(SERVICE, "bare", {**parts, "placementConstraints": [{"type": "distinctInstance"}]})
    assert describe(live)["placementConstraints"] == [{"type": "distinctInstance"}]
    live = driver.update(live, parts)
    assert describe(live)["placementConstraints"] == []
    driver.delete(live)


def test_a_deleted_cluster_is_not_listed(driver: Driver) -> None:
    cluster = driver.create("aws:ecs/cluster:Cluster", "listed", {})
    assert cluster.id in texts(CLIENT.call("ecs", "list_clusters", "eu-west-1"), "clusterArns")
    driver.delete(cluster)
    assert cluster.id not in texts(CLIENT.call("ecs", "list_clusters", "eu-west-1"), "clusterArns")
