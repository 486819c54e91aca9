"""Takes a service back by hand: stops and undoes a deployment under way, else deploys the version before.

Pulumi deregisters a task definition when it replaces it, so the earlier one is registered once more. A second call goes
one further back.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NotRequired, Protocol, TypedDict, Unpack

from slipway_cli.documents import Json, as_object, as_text
from slipway_cli.errors import CommandError
from slipway_cli.stack import Outputs

COPY_OF: Final = "slipway:copy-of"
"""Tag of a task definition that a rollback registered: ARN of the one that it is a copy of."""
UNDER_WAY: Final = ("PENDING", "IN_PROGRESS")
REVISIONS_PER_CALL: Final = 20  # limit of DescribeServiceRevisions
# Fields of DescribeTaskDefinition that RegisterTaskDefinition takes.
COPIED: Final = (
    "containerDefinitions cpu ephemeralStorage executionRoleArn family ipcMode memory networkMode pidMode "
    "placementConstraints proxyConfiguration requiresCompatibilities runtimePlatform taskRoleArn volumes"
)


class Service(TypedDict):
    """Service in the answer of DescribeServices."""

    status: str
    taskDefinition: str


class Services(TypedDict):
    """Answer of DescribeServices."""

    services: list[Service]


class Deployment(TypedDict):
    """Deployment of a service."""

    serviceDeploymentArn: str
    status: str
    createdAt: datetime | str
    targetServiceRevisionArn: NotRequired[str]


class DeploymentRequest(TypedDict):
    """Arguments of ListServiceDeployments."""

    cluster: str
    service: str
    nextToken: NotRequired[str]


class DeploymentPage(TypedDict):
    """Answer of ListServiceDeployments."""

    serviceDeployments: list[Deployment]
    nextToken: NotRequired[str]


class Revision(TypedDict):
    """Revision of a service."""

    serviceRevisionArn: str
    taskDefinition: str


class Revisions(TypedDict):
    """Answer of DescribeServiceRevisions."""

    serviceRevisions: list[Revision]


class Definition(TypedDict):
    """Answer of DescribeTaskDefinition and of RegisterTaskDefinition."""

    taskDefinition: Mapping[str, Json]
    tags: NotRequired[list[Json]]


class Ecs(Protocol):
    """boto3's ECS client."""

    def describe_services(self, *, cluster: str, services: list[str]) -> Services:
        """State of services."""

    def list_service_deployments(self, **request: Unpack[DeploymentRequest]) -> DeploymentPage:
        """A page of a service's deployments."""

    def describe_service_revisions(self, *, serviceRevisionArns: list[str]) -> Revisions:  # noqa: N803 - boto3's spelling
        """Revisions by ARN, at most 20."""

    def describe_task_definition(self, *, taskDefinition: str, include: list[str]) -> Definition:  # noqa: N803 - boto3's spelling
        """One task definition."""

    def register_task_definition(self, **fields: Json) -> Definition:
        """Make a new revision of a task definition."""

    def update_service(self, *, cluster: str, service: str, taskDefinition: str) -> object:  # noqa: N803 - boto3's spelling
        """Deploy a task definition."""

    def stop_service_deployment(self, *, serviceDeploymentArn: str, stopType: str) -> object:  # noqa: N803 - boto3's spelling
        """Stop a deployment under way."""


@dataclass(frozen=True)
class RolledBack:
    """The service, and the old and new revision of its task definition; the new one is None where ECS chooses."""

    service: str
    before: str
    now: str | None


def rollback(ecs: Ecs, outputs: Outputs, name: str) -> RolledBack:
    """Take the service back. Raises CommandError when the stack has no such service, or when nothing else ever ran."""
    cluster, service = outputs.cluster_name, chosen(outputs.service_names, name)
    services = ecs.describe_services(cluster=cluster, services=[service])["services"]
    if not services or services[0]["status"] != "ACTIVE":
        raise CommandError(f"rollback: service {service!r} is gone; run `pulumi up --refresh` to create it again")
    present = services[0]["taskDefinition"]
    history = deployments(ecs, cluster, service)
    if history and history[0]["status"] in UNDER_WAY:
        ecs.stop_service_deployment(serviceDeploymentArn=history[0]["serviceDeploymentArn"], stopType="ROLLBACK")
        return RolledBack(service, revision(present), None)
    earlier = earlier_definition(ecs, history, _origin(ecs, present))
    if earlier is None:
        fix = "fix the program and run `pulumi up`"
        raise CommandError(
            f"rollback: ECS knows nothing that service {service!r} ran before {revision(present)}; {fix}"
        )
    again = _register_again(ecs, earlier)
    ecs.update_service(cluster=cluster, service=service, taskDefinition=again)
    return RolledBack(service, revision(present), f"{revision(again)}, which is {revision(earlier)} once more")


def _register_again(ecs: Ecs, arn: str) -> str:
    """ARN of a new revision that is a copy of the task definition; a tag names what it is a copy of."""
    described = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    tags = _tags(described) | {COPY_OF: _original(described, arn)}
    copied = {key: described["taskDefinition"].get(key) for key in COPIED.split()}
    copied["tags"] = [{"key": key, "value": value} for key, value in tags.items()]
    registered = ecs.register_task_definition(**{key: value for key, value in copied.items() if value})
    return as_text(registered["taskDefinition"]["taskDefinitionArn"])


def _origin(ecs: Ecs, arn: str) -> str:
    """The task definition of which an earlier rollback made this copy; the same one where it is no copy."""
    return _original(ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"]), arn)


def _original(described: Definition, arn: str) -> str:
    return _tags(described).get(COPY_OF, arn)


def _tags(described: Definition) -> dict[str, str]:
    entries = [as_object(entry) for entry in described.get("tags", [])]
    return {as_text(entry["key"]): as_text(entry["value"]) for entry in entries}


def chosen(names: Sequence[str], name: str) -> str:
    """A service by its name, or by its name without the suffix that Pulumi appends."""
    matches = [service for service in names if name in (service, service.rpartition("-")[0])]
    if len(matches) != 1:
        raise CommandError(f"rollback: the stack has no service {name!r}; it has {', '.join(sorted(names)) or 'none'}")
    return matches[0]


def deployments(ecs: Ecs, cluster: str, service: str) -> list[Deployment]:
    """Deployments of a service, newest first."""
    history: list[Deployment] = []
    request: DeploymentRequest = {"cluster": cluster, "service": service}
    while True:  # boto3 has no paginator for it
        page = ecs.list_service_deployments(**request)
        history += page["serviceDeployments"]
        if not page.get("nextToken"):
            return sorted(history, key=lambda deployment: str(deployment["createdAt"]), reverse=True)
        request = {**request, "nextToken": page["nextToken"]}


def earlier_definition(ecs: Ecs, history: Sequence[Deployment], present: str) -> str | None:
    """Task definition that succeeded before the present one did; the newest other one where it never succeeded."""
    deployed = list(_deployed(ecs, history))
    since = max((index for index, arn in enumerate(deployed) if arn == present), default=-1)
    return next((arn for arn in deployed[since + 1 :] if arn != present), None)


def _deployed(ecs: Ecs, history: Sequence[Deployment]) -> Iterator[str]:
    """Task definitions of the deployments that succeeded, newest first."""
    arns = [deployment["targetServiceRevisionArn"] for deployment in history if deployment["status"] == "SUCCESSFUL"]
    for start in range(0, len(arns), REVISIONS_PER_CALL):
        chunk = arns[start : start + REVISIONS_PER_CALL]
        revisions = ecs.describe_service_revisions(serviceRevisionArns=chunk)["serviceRevisions"]
        definitions = {entry["serviceRevisionArn"]: entry["taskDefinition"] for entry in revisions}
        yield from (definitions[arn] for arn in chunk if arn in definitions)


def revision(arn: str) -> str:
    """ARN of a task definition to its family:revision."""
    return arn.rpartition("/")[2]
