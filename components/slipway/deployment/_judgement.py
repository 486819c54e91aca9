"""What ECS answers about a service, to the verdict on its deployment. Pure functions: they ask nothing and wait for nothing.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

Answer = Mapping[str, Any]
ROLLED_BACK = ("ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
UNDER_WAY = ("PENDING", "IN_PROGRESS")


class Outcome(Enum):
    """Where a deployment stands."""

    UNDER_WAY = "under way"
    COMPLETED = "completed"
    ANOTHER = "another one is primary, which right after the update may be an old answer"
    FAILED = "failed"


@dataclass(frozen=True)
class Judgement:
    """Where the deployment of a task definition stands, in one line."""

    outcome: Outcome
    line: str


def judge(service: Answer | None, asked: str, latest: Answer | None = None) -> Judgement:
    """Where the deployment of the task definition asked for stands.

    `service` is of DescribeServices; `latest` is the newest of its deployments of DescribeServiceDeployments, with the
    task definition of its revision, and None where ECS keeps none.
    """
    wanted = revision(asked)
    if service is None or service["status"] != "ACTIVE":
        how = "is being deleted" if service is not None and service["status"] == "DRAINING" else "is gone"
        return Judgement(Outcome.FAILED, f"{wanted} is not deployed: the service {how}")
    primary = next((it for it in service["deployments"] if it["status"] == "PRIMARY"), None)
    if primary is None:
        return Judgement(Outcome.ANOTHER, f"{wanted} is not deployed: the service has no primary deployment")
    own = latest if latest is not None and revision(latest["taskDefinition"]) == wanted else None
    return (own and _by_history(wanted, service, primary, own)) or _by_primary(wanted, service, primary, own)


def _by_history(wanted: str, service: Answer, primary: Answer, own: Answer) -> Judgement | None:
    """What the history of deployments says; None when it leaves it to the deployments that the service shows."""
    if undone := _undone(wanted, primary, own):
        return Judgement(Outcome.FAILED, undone)
    shown = own_deployment(service, wanted)
    if own["status"] in UNDER_WAY and shown.get("rolloutState") != "FAILED":
        return Judgement(Outcome.UNDER_WAY, _progress(wanted, shown or primary, own))
    return None


def _by_primary(wanted: str, service: Answer, primary: Answer, own: Answer | None) -> Judgement:
    if revision(primary["taskDefinition"]) != wanted:
        return _replaced(wanted, primary, own_deployment(service, wanted))
    if primary.get("rolloutState") == "FAILED":
        return Judgement(Outcome.FAILED, f"the deployment of {wanted} failed, with none before it to roll back to")
    # Of blue/green and its like, ECS may tell in the history alone how far they are, which may be that of the one before.
    is_over = "rolloutState" not in primary and deployment_id(own) == primary["id"]
    if primary.get("rolloutState") == "COMPLETED" or is_over:
        return Judgement(Outcome.COMPLETED, f"{wanted} runs")
    return Judgement(Outcome.UNDER_WAY, _progress(wanted, primary, own))


def _undone(wanted: str, primary: Answer, own: Answer) -> str:
    """How a deployment ended that was not to be; empty when it did not."""
    if own["status"] in ROLLED_BACK:
        runs = revision(primary["taskDefinition"])
        to = f"to {runs}" if runs != wanted else "to what ran before, which is of the same task definition"
        return f"the deployment of {wanted} was rolled back {to}"
    if own["status"] == "ROLLBACK_FAILED":
        return f"the deployment of {wanted} failed, and so did the way back"
    if own["status"] in ("STOPPED", "STOP_REQUESTED") and primary.get("rolloutState") != "FAILED":
        return f"the deployment of {wanted} was stopped"
    return ""


def _progress(wanted: str, deployment: Answer, own: Answer | None) -> str:
    """How far a deployment is: its tasks, and what share of the requests they get where these move."""
    counts = f"{deployment['runningCount']} of {deployment['desiredCount']} tasks run"
    failed = deployment.get("failedTasks", 0)
    weight = (own or {}).get("targetServiceRevision", {}).get("requestedProductionTrafficWeight")
    stage = str((own or {}).get("lifecycleStage") or "").replace("_", " ").lower()
    moved = f", {stage} with {weight:g} % of the requests" if stage and weight is not None else ""
    return f"{wanted}: {counts}" + (f", {failed} failed" if failed else "") + moved


def _replaced(wanted: str, primary: Answer, own: Answer) -> Judgement:
    runs = revision(primary["taskDefinition"])
    if own.get("rolloutState") == "FAILED" or "rolling back" in primary.get("rolloutStateReason", ""):
        return Judgement(Outcome.FAILED, f"the deployment of {wanted} was rolled back to {runs}")
    return Judgement(Outcome.ANOTHER, f"{wanted} was rolled back or replaced, the service runs {runs}")


def own_deployment(service: Answer, asked: str) -> Answer:
    """The deployment of the task definition asked for; empty when ECS shows it no more."""
    of_it = [it for it in service["deployments"] if revision(it["taskDefinition"]) == revision(asked)]
    return of_it[0] if of_it else {}


def revision(arn: str) -> str:
    """ARN of a task definition to its family:revision."""
    return arn.rpartition("/")[2]


def deployment_id(latest: Answer | None) -> str:
    """Id that a deployment has in DescribeServices and in its tasks; its revision ends in the same number."""
    target = (latest or {}).get("targetServiceRevision", {}).get("arn", "")
    return f"ecs-svc/{target.rpartition('/')[2]}" if target else ""


def failed_task(tasks: Sequence[Answer], asked: str, deployment: str = "") -> Answer | None:
    """The latest stopped task of the deployment, or of the task definition, that nobody and no scaling stopped."""
    own = [it for it in tasks if revision(it["taskDefinitionArn"]) == revision(asked) and it["lastStatus"] == "STOPPED"]
    # An earlier deployment may have been of the same task definition.
    own = [it for it in own if it.get("startedBy") == deployment] or own
    failed = [it for it in own if it.get("stopCode") != "UserInitiated" and not is_scaling(it)]
    return max(failed, key=lambda it: str(it.get("stoppedAt", "")), default=None)


def is_scaling(task: Answer) -> bool:
    """Whether ECS stopped the task since it was one too many."""
    return str(task.get("stoppedReason", "")).startswith("Scaling activity")
