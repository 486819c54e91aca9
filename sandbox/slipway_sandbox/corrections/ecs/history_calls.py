"""Operations on the history of deployments.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from collections.abc import Iterable

from moto.core.responses import ActionResult
from moto.ecs.responses import EC2ContainerServiceResponse

from slipway_sandbox.corrections._decorator import adds
from slipway_sandbox.corrections.ecs import deployments, history, traffic
from slipway_sandbox.corrections.ecs.objects import EcsService, as_service, services_of
from slipway_sandbox.corrections.ecs.shapes import ServiceDeployment

WHY = "moto keeps no history of deployments; ECS answers it."


@adds(EC2ContainerServiceResponse, why=WHY)
def list_service_deployments(self: EC2ContainerServiceResponse) -> ActionResult:
    """Deployments of one service, newest first, with one of the given statuses."""
    name = self._get_param("service").rpartition("/")[2]
    service = self.ecs_backend._get_service(self._get_param("cluster", "default"), name)  # noqa: SLF001
    asked = self._get_param("status", [])
    found = [record for record in history.history(as_service(service)) if not asked or record["status"] in asked]
    briefs = [{**record, "targetServiceRevisionArn": record["targetServiceRevision"]["arn"]} for record in found]
    return ActionResult({"serviceDeployments": briefs[: int(self._get_param("maxResults") or history.KEPT)]})


@adds(EC2ContainerServiceResponse, why=WHY)
def describe_service_deployments(self: EC2ContainerServiceResponse) -> ActionResult:
    """Deployments by their ARNs."""
    asked: list[str] = self._get_param("serviceDeploymentArns", [])
    found = [record for _, record in _all(self) if record["serviceDeploymentArn"] in asked]
    missing = _missing(asked, [record["serviceDeploymentArn"] for record in found])
    return ActionResult({"serviceDeployments": found, "failures": missing})


@adds(EC2ContainerServiceResponse, why=WHY)
def describe_service_revisions(self: EC2ContainerServiceResponse) -> ActionResult:
    """The task definition and the rest of each deployment, by the revisions' ARNs."""
    asked: list[str] = self._get_param("serviceRevisionArns", [])
    found = [
        {**record, "serviceRevisionArn": record["targetServiceRevision"]["arn"]}
        for _, record in _all(self)
        if record["targetServiceRevision"]["arn"] in asked
    ]
    missing = _missing(asked, [str(record["serviceRevisionArn"]) for record in found])
    return ActionResult({"serviceRevisions": found, "failures": missing})


@adds(EC2ContainerServiceResponse, why=WHY)
def stop_service_deployment(self: EC2ContainerServiceResponse) -> ActionResult:
    """Ends the deployment under way; by default ECS goes back to the one before."""
    asked = self._get_param("serviceDeploymentArn")
    goes_back = self._get_param("stopType", "ROLLBACK") == "ROLLBACK"
    for service, record in _all(self):
        if record["serviceDeploymentArn"] == asked and record["status"] == "IN_PROGRESS":
            last = traffic.last_completed(service) if goes_back else None
            name = last["id"] if last else ""
            deployments.fail(service, service.deployments[0]["id"], name, "Service deployment was stopped by user.")
    return ActionResult({"serviceDeploymentArn": asked})


def _all(response: EC2ContainerServiceResponse) -> list[tuple[EcsService, ServiceDeployment]]:
    services = services_of(response.ecs_backend)
    return [(service, record) for service in services for record in history.history(service)]


def _missing(asked: list[str], found: Iterable[str]) -> list[dict[str, str]]:
    known = set(found)
    return [{"arn": name, "reason": "MISSING"} for name in asked if name not in known]
