"""The state of a deployment, from ECS's answers about the service. Pure functions without a call or a wait.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

Answer = Mapping[str, Any]
"""A part of an AWS answer, as boto3 returns it."""
ROLLED_BACK = ("ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
UNDER_WAY = ("PENDING", "IN_PROGRESS")


class Outcome(Enum):
    """The state of a deployment."""

    UNDER_WAY = "under way"
    COMPLETED = "completed"
    ANOTHER = "another one is primary, or the answer is from before the update"
    OTHERS = "somebody else deployed, or the answer is from before the update"
    ELSEWHERE = "the tasks are behind another target group, or the answer is from before the update"
    FAILED = "failed"
    GONE = "there is no such service, or it is being deleted"


@dataclass(frozen=True)
class Judgement:
    """The state of a deployment, in one line."""

    outcome: Outcome
    line: str
    came_back: bool = False
    """A rollback brought the primary deployment back."""


def judge(
    service: Answer | None, declared: str, latest: Answer | None = None, target_group_arns: Sequence[str] = ()
) -> Judgement:
    """Judge the deployment of the declared task definition behind one of the declared target groups.

    `service` has the words of DescribeServices. `latest` is the newest deployment of DescribeServiceDeployments, with the
    task definition of its revision; None where nobody may read the history.
    """
    judgement = _by_task_definition(service, declared, latest)
    # A rollback brings the target group before back, and the next update sends the task definition alone.
    if judgement.outcome is Outcome.COMPLETED and service is not None and _is_elsewhere(service, target_group_arns):
        return Judgement(
            Outcome.ELSEWHERE, f"{revision(declared)} runs behind another target group than the declared one"
        )
    return judgement


def _is_elsewhere(service: Answer, target_group_arns: Sequence[str]) -> bool:
    present = {entry.get("targetGroupArn") for entry in service.get("loadBalancers", [])}
    return "loadBalancers" in service and bool(target_group_arns) and present.isdisjoint(target_group_arns)


def _by_task_definition(service: Answer | None, declared: str, latest: Answer | None) -> Judgement:
    name = revision(declared)
    if service is None or service["status"] != "ACTIVE":
        state = "is being deleted" if service is not None and service["status"] == "DRAINING" else "is gone"
        return Judgement(Outcome.GONE, f"{name} is not deployed: the service {state}")
    primary = next((entry for entry in service["deployments"] if entry["status"] == "PRIMARY"), None)
    if primary is None:
        return Judgement(Outcome.ANOTHER, f"{name} is not deployed: the service has no primary deployment")
    record = latest if latest is not None and revision(latest["taskDefinition"]) == name else None
    return (record and _by_history(name, service, primary, record)) or _by_primary(name, service, primary, record)


def _by_history(name: str, service: Answer, primary: Answer, record: Answer) -> Judgement | None:
    """Judge by the history of deployments; None where the service's own list of deployments decides."""
    if failure := _undone(name, primary, record):
        return Judgement(Outcome.FAILED, failure)
    listed = own_deployment(service, name)
    if record["status"] in UNDER_WAY and listed.get("rolloutState") != "FAILED":
        return Judgement(Outcome.UNDER_WAY, _progress(name, listed or primary, record))
    return None


def _by_primary(name: str, service: Answer, primary: Answer, record: Answer | None) -> Judgement:
    if revision(primary["taskDefinition"]) != name:
        return _replaced(name, service, primary)
    if primary.get("rolloutState") == "FAILED":
        return Judgement(Outcome.FAILED, f"the deployment of {name} failed, with none before it to roll back to")
    # With blue/green, canary and linear, ECS may show the progress in the history alone. The newest record may also be
    # the one of the deployment before.
    is_over = "rolloutState" not in primary and deployment_id(record) == primary["id"]
    if primary.get("rolloutState") == "COMPLETED" or is_over:
        return Judgement(Outcome.COMPLETED, f"{name} runs", came_back=is_rollback(primary))
    return Judgement(Outcome.UNDER_WAY, _progress(name, primary, record))


def _undone(name: str, primary: Answer, record: Answer) -> str:
    """The end of a deployment by rollback or stop; empty for any other state."""
    if record["status"] in ROLLED_BACK:
        running = revision(primary["taskDefinition"])
        target = f"to {running}" if running != name else "to the deployment before, with the same task definition"
        return f"the deployment of {name} was rolled back {target}"
    if record["status"] == "ROLLBACK_FAILED":
        return f"the deployment of {name} failed, and so did its rollback"
    if record["status"] in ("STOPPED", "STOP_REQUESTED") and primary.get("rolloutState") != "FAILED":
        return f"the deployment of {name} was stopped"
    return ""


def _progress(name: str, deployment: Answer, record: Answer | None) -> str:
    """Progress of a deployment: its tasks, and with a traffic shift its share of the requests."""
    counts = f"{deployment['runningCount']} of {deployment['desiredCount']} tasks run"
    failed = deployment.get("failedTasks", 0)
    weight = (record or {}).get("targetServiceRevision", {}).get("requestedProductionTrafficWeight")
    stage = str((record or {}).get("lifecycleStage") or "").replace("_", " ").lower()
    share = f", {stage} with {weight:g} % of the requests" if stage and weight is not None else ""
    return f"{name}: {counts}" + (f", {failed} failed" if failed else "") + share


def _replaced(name: str, service: Answer, primary: Answer) -> Judgement:
    running, listed = revision(primary["taskDefinition"]), own_deployment(service, name)
    if listed.get("rolloutState") == "FAILED" or is_rollback(primary):
        return Judgement(Outcome.FAILED, f"the deployment of {name} was rolled back to {running}")
    if is_rolling(service):  # ECS's events would name a rollback
        return Judgement(Outcome.OTHERS, f"somebody else deployed {running} in place of {name}")
    return Judgement(Outcome.ANOTHER, f"{name} was rolled back or replaced, the service runs {running}")


def is_rolling(service: Answer) -> bool:
    """Whether tasks are replaced in turn, and no requests move between target groups."""
    return bool(service.get("strategy") == "ROLLING")


def is_rollback(deployment: Answer) -> bool:
    """Whether ECS came back to this deployment."""
    return "rolling back" in str(deployment.get("rolloutStateReason", ""))


def primary_definition(service: Answer | None) -> str:
    """ARN of the task definition of the primary deployment; empty for none."""
    deployments = service["deployments"] if service is not None else []
    return next((str(it["taskDefinition"]) for it in deployments if it["status"] == "PRIMARY"), "")


def own_deployment(service: Answer, declared: str) -> Answer:
    """The deployment of the declared task definition; empty once ECS lists it no more."""
    name = revision(declared)
    return next((entry for entry in service["deployments"] if revision(entry["taskDefinition"]) == name), {})


def revision(arn: str) -> str:
    """The family:revision of a task definition's ARN."""
    return arn.rpartition("/")[2]


def deployment_id(record: Answer | None) -> str:
    """The id of a deployment in DescribeServices and in its tasks: the number of its service revision."""
    target = (record or {}).get("targetServiceRevision", {}).get("arn", "")
    return f"ecs-svc/{target.rpartition('/')[2]}" if target else ""


def failed_task(tasks: Sequence[Answer], declared: str, deployment: str = "") -> Answer | None:
    """The latest failed task of the deployment, or else of the task definition; users and scaling stop tasks, too."""
    name = revision(declared)
    stopped = [it for it in tasks if revision(it["taskDefinitionArn"]) == name and it["lastStatus"] == "STOPPED"]
    # An earlier deployment may have had the same task definition.
    stopped = [it for it in stopped if it.get("startedBy") == deployment] or stopped
    failed = [it for it in stopped if it.get("stopCode") != "UserInitiated" and not is_scaling(it)]
    return max(failed, key=lambda it: str(it.get("stoppedAt", "")), default=None)


def is_scaling(task: Answer) -> bool:
    """ECS stopped the task because of a smaller desired count."""
    return str(task.get("stoppedReason", "")).startswith("Scaling activity")
