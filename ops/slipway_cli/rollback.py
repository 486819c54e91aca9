"""Takes a service back by hand: a deployment under way is stopped and undone, else what ran before is deployed again.

Pulumi deregisters a task definition that it has replaced, so what ran before is registered once more.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slipway_cli.errors import OpsError
from slipway_cli.stack import Outputs

UNDER_WAY: Final = ("PENDING", "IN_PROGRESS")
REVISIONS_PER_CALL: Final = 20  # limit of DescribeServiceRevisions
# What RegisterTaskDefinition takes of what DescribeTaskDefinition gives.
COPIED: Final = (
    "containerDefinitions cpu ephemeralStorage executionRoleArn family ipcMode memory networkMode pidMode "
    "placementConstraints proxyConfiguration requiresCompatibilities runtimePlatform taskRoleArn volumes"
)


@dataclass(frozen=True)
class RolledBack:
    """What was done to a service: from a revision of its task definition to another; none where ECS chooses it."""

    service: str
    before: str
    now: str | None


def rollback(ecs: Any, outputs: Outputs, name: str) -> RolledBack:
    """Takes the service back. Raises OpsError for one that the stack does not have, or that never ran anything else."""
    service = chosen(outputs.service_names, name)
    where = {"cluster": outputs.cluster_name, "service": service}
    found = ecs.describe_services(cluster=outputs.cluster_name, services=[service])["services"]
    if not found or found[0]["status"] != "ACTIVE":
        raise OpsError(f"rollback: service {service!r} is gone; run `pulumi up --refresh` to create it again")
    present: str = found[0]["taskDefinition"]
    history = deployments(ecs, where)
    if history and history[0]["status"] in UNDER_WAY:
        ecs.stop_service_deployment(serviceDeploymentArn=history[0]["serviceDeploymentArn"], stopType="ROLLBACK")
        return RolledBack(service, revision(present), None)
    earlier = ran_before(ecs, history, present)
    if earlier is None:
        fix = "fix the program and run `pulumi up`"
        raise OpsError(f"rollback: ECS knows nothing that service {service!r} ran before {revision(present)}; {fix}")
    described = ecs.describe_task_definition(taskDefinition=earlier, include=["TAGS"])
    copied = {key: described["taskDefinition"].get(key) for key in COPIED.split()} | {"tags": described.get("tags")}
    made = ecs.register_task_definition(**{key: value for key, value in copied.items() if value})
    again: str = made["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(**where, taskDefinition=again)
    return RolledBack(service, revision(present), f"{revision(again)}, which is {revision(earlier)} once more")


def chosen(names: Sequence[str], name: str) -> str:
    """A service by its name, or by its name without the suffix that Pulumi appends."""
    found = [it for it in names if name in (it, it.rpartition("-")[0])]
    if len(found) != 1:
        raise OpsError(f"rollback: the stack has no service {name!r}; it has {', '.join(sorted(names)) or 'none'}")
    return found[0]


def deployments(ecs: Any, where: Mapping[str, str]) -> list[dict[str, Any]]:
    """Deployments of a service, newest first."""
    found: list[dict[str, Any]] = []
    asked = dict(where)
    while True:  # boto3 has no paginator for it
        page = ecs.list_service_deployments(**asked)
        found += page["serviceDeployments"]
        if not page.get("nextToken"):
            return sorted(found, key=lambda it: str(it["createdAt"]), reverse=True)
        asked["nextToken"] = page["nextToken"]


def ran_before(ecs: Any, history: Sequence[Mapping[str, Any]], present: str) -> str | None:
    """The task definition of the newest deployment that succeeded with another than the present one."""
    arns = [it["targetServiceRevisionArn"] for it in history if it["status"] == "SUCCESSFUL"]
    for start in range(0, len(arns), REVISIONS_PER_CALL):
        part = arns[start : start + REVISIONS_PER_CALL]
        described = ecs.describe_service_revisions(serviceRevisionArns=part)["serviceRevisions"]
        definitions = {it["serviceRevisionArn"]: str(it["taskDefinition"]) for it in described}
        for arn in part:
            if definitions.get(arn, present) != present:
                return definitions[arn]
    return None


def revision(arn: str) -> str:
    """ARN of a task definition to its family:revision."""
    return arn.rpartition("/")[2]
