"""What ECS answers about a service, to the verdict on its deployment. Pure functions: they ask nothing and wait for nothing.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

Answer = Mapping[str, Any]


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


def judge(service: Answer | None, asked: str) -> Judgement:
    """A service of DescribeServices and the ARN of the task definition asked for, to where its deployment stands."""
    wanted = revision(asked)
    if service is None or service["status"] != "ACTIVE":
        return Judgement(Outcome.FAILED, f"{wanted} is not deployed: the service is gone")
    primary = next((it for it in service["deployments"] if it["status"] == "PRIMARY"), None)
    if primary is None:
        return Judgement(Outcome.ANOTHER, f"{wanted} is not deployed: the service has no primary deployment")
    if revision(primary["taskDefinition"]) != wanted:
        return _replaced(wanted, primary, own_deployment(service, asked))
    if primary.get("rolloutState") == "FAILED":
        return Judgement(Outcome.FAILED, f"the deployment of {wanted} failed, with none before it to roll back to")
    if primary.get("rolloutState") == "COMPLETED":
        return Judgement(Outcome.COMPLETED, f"{wanted} runs")
    counts = f"{primary['runningCount']} of {primary['desiredCount']} tasks run"
    failed = primary.get("failedTasks", 0)
    return Judgement(Outcome.UNDER_WAY, f"{wanted}: {counts}" + (f", {failed} failed" if failed else ""))


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


def failed_task(tasks: Sequence[Answer], asked: str) -> Answer | None:
    """The latest stopped task of the task definition that was not stopped for scaling or by a person."""
    own = [it for it in tasks if revision(it["taskDefinitionArn"]) == revision(asked) and it["lastStatus"] == "STOPPED"]
    failed = [it for it in own if it.get("stopCode") != "UserInitiated" and not is_scaling(it)]
    return max(failed, key=lambda it: str(it.get("stoppedAt", "")), default=None)


def is_scaling(task: Answer) -> bool:
    """Whether ECS stopped the task since it was one too many."""
    return str(task.get("stoppedReason", "")).startswith("Scaling activity")
