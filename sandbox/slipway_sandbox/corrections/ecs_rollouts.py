"""What ECS answers about the history of deployments and moto has no operation for; added to moto's class.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from typing import Any

from moto.core.responses import ActionResult

from slipway_sandbox.runtime.ecs import deployments, rollouts
from slipway_sandbox.runtime.ecs.moto_objects import MotoService


def install(response: Any) -> None:
    """Let moto's ECS answer what it has no operation for."""
    response.list_service_deployments = list_service_deployments
    response.describe_service_deployments = describe_service_deployments
    response.describe_service_revisions = describe_service_revisions
    response.stop_service_deployment = stop_service_deployment


def list_service_deployments(self: Any) -> ActionResult:
    """Deployments of one service, newest first, with one of the statuses asked for."""
    cluster = self._get_param("cluster", "default")
    service = self.ecs_backend._get_service(cluster, self._get_param("service").rpartition("/")[2])  # noqa: SLF001
    asked = self._get_param("status", [])
    found = [record for record in rollouts.history(service) if not asked or record["status"] in asked]
    briefs = [record | {"targetServiceRevisionArn": record["targetServiceRevision"]["arn"]} for record in found]
    return ActionResult({"serviceDeployments": briefs[: int(self._get_param("maxResults") or rollouts.KEPT)]})


def describe_service_deployments(self: Any) -> ActionResult:
    """Deployments by their ARNs."""
    asked = self._get_param("serviceDeploymentArns", [])
    found = [record for _, record in _all(self) if record["serviceDeploymentArn"] in asked]
    return ActionResult({"serviceDeployments": found, "failures": _missing(asked, found, "serviceDeploymentArn")})


def describe_service_revisions(self: Any) -> ActionResult:
    """What each deployment was of, by the revisions' ARNs."""
    asked = self._get_param("serviceRevisionArns", [])
    found = [
        record | {"serviceRevisionArn": record["targetServiceRevision"]["arn"]}
        for _, record in _all(self)
        if record["targetServiceRevision"]["arn"] in asked
    ]
    return ActionResult({"serviceRevisions": found, "failures": _missing(asked, found, "serviceRevisionArn")})


def stop_service_deployment(self: Any) -> ActionResult:
    """Ends the deployment under way; by default ECS goes back to the one before."""
    asked = self._get_param("serviceDeploymentArn")
    back = self._get_param("stopType", "ROLLBACK") == "ROLLBACK"
    for service, record in _all(self):
        if record["serviceDeploymentArn"] == asked and record["status"] == "IN_PROGRESS":
            last = getattr(service, "last_completed", {}).get("id", "") if back else ""
            deployments.fail(service, service.deployments[0]["id"], last, "Service deployment was stopped by user.")
    return ActionResult({"serviceDeploymentArn": asked})


def _all(self: Any) -> list[tuple[MotoService, dict[str, Any]]]:
    services = list(self.ecs_backend.services.values())
    return [(service, record) for service in services for record in rollouts.history(service)]


def _missing(asked: list[str], found: list[dict[str, Any]], key: str) -> list[dict[str, str]]:
    known = {record[key] for record in found}
    return [{"arn": name, "reason": "MISSING"} for name in asked if name not in known]
