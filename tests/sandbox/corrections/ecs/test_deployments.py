"""A service's deployments as DescribeServices shows them, from the first one to a rollback."""

from types import SimpleNamespace

import pytest

from slipway_sandbox.corrections.ecs import deployments
from slipway_sandbox.corrections.ecs.objects import EcsService, as_service


@pytest.fixture
def service() -> EcsService:
    """The service as moto makes it, with its one deployment that means nothing yet."""
    return as_service(
        SimpleNamespace(
            name="web",
            arn="arn:aws:ecs:eu-west-1:123456789012:service/main/web",
            cluster_arn="arn:aws:ecs:eu-west-1:123456789012:cluster/main",
            load_balancers=[],
            task_definition="web:1",
            desired_count=2,
            running_count=2,
            pending_count=0,
            launch_type="FARGATE",
            platform_version=None,
            network_configuration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
            deployments=[{"id": "made up", "runningCount": 0}],
            events=[],
        )
    )


def shown(service: EcsService) -> list[tuple[str, str | None, str]]:
    return [(entry["status"], entry["taskDefinition"], entry["rolloutState"]) for entry in service.deployments]


def release(service: EcsService, definition: str, *, completed: bool = True) -> str:
    service.task_definition = definition
    name: str = deployments.begin(service)["id"]
    if completed:
        for older in service.deployments[1:]:
            deployments.forget(service, older["id"])
        deployments.complete(service, name)
    return name


def test_the_first_deployment_takes_the_place_of_motos(service: EcsService) -> None:
    name = release(service, "web:1", completed=False)
    assert shown(service) == [("PRIMARY", "web:1", "IN_PROGRESS")]
    assert service.deployments[0]["rolloutStateReason"] == f"ECS deployment {name} in progress."
    assert (service.running_count, service.deployments[0]["desiredCount"]) == (0, 2)


def test_a_new_deployment_makes_the_one_before_active(service: EcsService) -> None:
    release(service, "web:1")
    release(service, "web:2", completed=False)
    assert shown(service) == [("PRIMARY", "web:2", "IN_PROGRESS"), ("ACTIVE", "web:1", "COMPLETED")]
    assert [entry["desiredCount"] for entry in service.deployments] == [2, 0]


def test_a_rollback_makes_the_last_completed_deployment_primary_again(service: EcsService) -> None:
    good = release(service, "web:1")
    bad = release(service, "web:2", completed=False)
    deployments.fail(service, bad, good)
    assert shown(service) == [("PRIMARY", "web:1", "IN_PROGRESS"), ("ACTIVE", "web:2", "FAILED")]
    [restored, failed] = service.deployments
    assert (restored["id"], restored["desiredCount"], failed["desiredCount"]) == (good, 2, 0)
    assert restored["rolloutStateReason"] == f"ECS deployment circuit breaker: rolling back to deploymentId {good}."
    assert failed["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert service.task_definition == "web:1"
    assert [event["message"] for event in service.events][:2] == [
        f"(service web) rolling back to deployment {good}.",
        f"(service web) (deployment {bad}) deployment failed: tasks failed to start.",
    ]


def test_a_rollback_to_a_deployment_that_has_no_tasks_left_brings_it_back(service: EcsService) -> None:
    good = release(service, "web:1")
    bad = release(service, "web:2", completed=False)
    deployments.forget(service, good)
    service.network_configuration = {"awsvpcConfiguration": {"subnets": ["subnet-2"]}}
    deployments.fail(service, bad, good)
    assert shown(service) == [("PRIMARY", "web:1", "IN_PROGRESS"), ("ACTIVE", "web:2", "FAILED")]
    assert service.deployments[0]["id"] == good
    assert service.network_configuration == {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}


def test_without_rollback_the_failed_deployment_stays_primary(service: EcsService) -> None:
    release(service, "web:1")
    bad = release(service, "web:2", completed=False)
    deployments.fail(service, bad, "")
    assert shown(service) == [("PRIMARY", "web:2", "FAILED"), ("ACTIVE", "web:1", "COMPLETED")]
    assert service.task_definition == "web:2"


def test_a_deployment_of_no_tasks_is_complete_at_once(service: EcsService) -> None:
    service.desired_count = service.running_count = 0
    service.task_definition = "web:1"
    deployments.begin(service)
    assert shown(service) == [("PRIMARY", "web:1", "COMPLETED")]
    service.task_definition = "web:2"
    deployments.begin(service)
    assert shown(service) == [("PRIMARY", "web:2", "COMPLETED")]
    service.desired_count = 1
    deployments.begin(service)
    assert [state for _, _, state in shown(service)] == ["IN_PROGRESS", "COMPLETED"]


def test_a_service_shows_its_last_hundred_events(service: EcsService) -> None:
    for number in range(120):
        deployments.tell(service, str(number))
    assert [event["message"] for event in service.events] == [str(number) for number in range(119, 19, -1)]
