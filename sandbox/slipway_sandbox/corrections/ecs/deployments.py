"""The deployments of a service as the ECS API shows them: begun by the API, completed or failed by the scheduler.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
"""

import secrets
from datetime import UTC, datetime

from slipway_sandbox.corrections.ecs import history, traffic
from slipway_sandbox.corrections.ecs.objects import EcsService, strategy_of
from slipway_sandbox.corrections.ecs.shapes import Deployment, Event

KEPT_EVENTS = 100  # what DescribeServices returns at most
BREAKER_OPEN = "tasks failed to start."


def begin(service: EcsService) -> Deployment:
    """A new PRIMARY deployment of the service as it is now; the one before becomes ACTIVE."""
    deployment = _primary(service)
    history.begin(service, deployment)
    if _needs_no_task(service):
        service.deployments = [deployment]
        complete(service, deployment["id"])
    return deployment


def _needs_no_task(service: EcsService) -> bool:
    """Whether nothing has to start or stop before the new deployment is complete: so also without a runtime."""
    tasks = service.desired_count + service.running_count + service.pending_count
    return not tasks and service.deployments[0]["traffic"] == traffic.ALL


def _primary(service: EcsService) -> Deployment:
    now = datetime.now(UTC)
    name = f"ecs-svc/{secrets.randbelow(10**19):019d}"
    deployment: Deployment = {
        "id": name,
        "status": "PRIMARY",
        "taskDefinition": service.task_definition,
        "desiredCount": service.desired_count,
        "pendingCount": 0,
        "runningCount": 0,
        "failedTasks": 0,
        "createdAt": now,
        "updatedAt": now,
        "capacityProviderStrategy": strategy_of(service) or None,
        "launchType": service.launch_type,
        "platformVersion": service.platform_version or "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": service.network_configuration,
        "serviceConnectConfiguration": getattr(service, "service_connect_configuration", None),
        "volumeConfigurations": getattr(service, "volume_configurations", None),
        "vpcLatticeConfigurations": getattr(service, "vpc_lattice_configurations", None),
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {name} in progress.",
        "load_balancers": list(service.load_balancers or []),
        **traffic.at_first(service),
    }
    if service.deployments and "runningCount" in service.deployments[0] and _is_ours(service):
        for older in service.deployments:
            older["status"] = "ACTIVE"
            older["desiredCount"] = 0
        service.deployments.insert(0, deployment)
    else:  # moto's own first one
        service.deployments = [deployment]
        service.created_at = now
        service.running_count = service.pending_count = 0
    return deployment


def _is_ours(service: EcsService) -> bool:
    return hasattr(service, "created_at")


def find(service: EcsService, name: str) -> Deployment:
    """The deployment with this id. Raises StopIteration when it is gone."""
    return next(deployment for deployment in service.deployments if deployment["id"] == name)


def complete(service: EcsService, name: str) -> None:
    """The deployment reached its steady state: the one to come back to from now on."""
    deployment = find(service, name)
    deployment |= {
        "rolloutState": "COMPLETED",
        "rolloutStateReason": f"ECS deployment {name} completed.",
        "failedTasks": 0,
        "updatedAt": datetime.now(UTC),
    }
    service.last_completed = {
        "id": name,
        "taskDefinition": deployment["taskDefinition"],
        "networkConfiguration": deployment["networkConfiguration"],
        "load_balancers": traffic.balancers_of(service, deployment),
        "side": traffic.side_of(deployment),
    }
    history.settle(service)
    tell(service, f"(service {service.name}) has reached a steady state.")
    tell(service, f"(service {service.name}) (deployment {name}) deployment completed.")


def fail(service: EcsService, name: str, roll_back_to: str, reason: str = BREAKER_OPEN) -> None:
    """A deployment failed; with `roll_back_to`, the named one (or its definition anew) is PRIMARY again."""
    failed = find(service, name)
    source = "ECS deployment circuit breaker" if reason == BREAKER_OPEN else "ECS deployment failed"
    history.fail(service, f"{source}: {reason}", roll_back_to)
    failed |= {
        "rolloutState": "FAILED",
        "rolloutStateReason": f"{source}: {reason}",
        "updatedAt": datetime.now(UTC),
    }
    tell(service, f"(service {service.name}) (deployment {name}) deployment failed: {reason}")
    if not roll_back_to:
        return
    failed |= {"status": "ACTIVE", "desiredCount": 0}
    last = service.last_completed
    service.task_definition = last["taskDefinition"]
    service.network_configuration = last["networkConfiguration"]
    service.load_balancers = traffic.balancers_of(service, last)
    restored = next((entry for entry in service.deployments if entry["id"] == roll_back_to), None)
    if restored is None:
        restored = _primary(service)
        restored["id"] = last["id"]
    else:
        service.deployments.remove(restored)
        service.deployments.insert(0, restored)
    restored |= {
        "status": "PRIMARY",
        "desiredCount": service.desired_count,
        "failedTasks": 0,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"{source}: rolling back to deploymentId {roll_back_to}.",
        "updatedAt": datetime.now(UTC),
        **traffic.settled(traffic.side_of(last)),
    }
    traffic.forward(service, traffic.side_of(last), traffic.ALL)
    tell(service, f"(service {service.name}) rolling back to deployment {roll_back_to}.")


def alarm(service: EcsService) -> str:
    """The reason to end the deployment under way while one of its alarms is on; else empty."""
    return "alarm detected." if history.alarms_on(service, history.current(service)) else ""


def forget(service: EcsService, name: str) -> None:
    """An older deployment with no tasks left is shown no more."""
    service.deployments.remove(find(service, name))


def tell(service: EcsService, message: str) -> None:
    """A service event, newest first."""
    event: Event = {"id": secrets.token_hex(16), "createdAt": datetime.now(UTC), "message": message}
    service.events = [event, *service.events][:KEPT_EVENTS]
