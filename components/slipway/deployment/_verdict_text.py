"""A failed deployment in at most twelve lines: what happened, the reasons that AWS gives, and what to look at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ._judgement import Answer, deployment_id, failed_task, own_deployment, revision

MOST_LINES = 12
MOST_LOG_LINES = 4
MOST_CHARACTERS = 400  # of a line that AWS or the program wrote
WRONG_ARCHITECTURE = "exec format error"  # the one cause that AWS does not name and the program's log does
ENDED = "it ended by itself: its last lines say why"
ENDED_UNSEEN = "it ended by itself: its log says why"
ENDED_SILENTLY = "it ended by itself and logged nothing: check command, and what it does at its start"
# The first pattern that is found in what AWS and the program said names what to look at.
ADVICE = (
    (r"  alarm |alarm\(s\) detected|alarm detected", "what the alarm watches, from the start of the deployment on"),
    (r"OutOfMemory", "give it more memory_mib, or find what takes it"),
    (r"exec format error|does not match the platform", "build the image for the task's architecture"),
    (
        r"CannotPullContainer|registry auth: .*ecr registry auth",
        "check that the image exists, and that the subnets have a way to its registry (NAT, or endpoints ecr.api and ecr.dkr)",
    ),
    (
        r"retrieve secret|fetch secret|from asm|from ssm|ssm parameter",
        "check that the secret exists and has a value, its KMS key, and the subnets' way to Secrets Manager or SSM",
    ),
    (r"logger args|log stream", "check the log group, and the subnets' way to CloudWatch Logs"),
    (r"ResourceInitializationError", "check the subnets' way to AWS (NAT or endpoints), and the execution role"),
    (
        r"ELB health checks",
        "health_check_path has to answer 200 on container_port within health_check_grace_period_seconds",
    ),
    (r"container health checks", "run container_health_check's command in the image; it has to end with 0"),
    (r"unable to assume", "check the execution and task roles: ECS could not take one of them"),
    (r"Capacity is unavailable|unable to place|RESOURCE:", "try again, in more zones, or with a smaller spot_percent"),
    (
        r"TerminationNotice|Spot Task was interrupted|Spot interruption",
        "run more tasks on demand: a smaller spot_percent",
    ),
    (
        r"exit code 126|exit code 127|CannotStartContainer",
        "check command and the image's entry point: it did not start",
    ),
    (r"exit code 137", "it was killed: out of memory, or still running stop_timeout_seconds after SIGTERM"),
    (r"exit code 139", "the program crashed: does the image fit the task's architecture?"),
    (r"exit code 0", "it ended by itself, and a service has to go on: check command"),
    (r"exit code", ENDED),
)
NO_ADVICE = "the service's events"


@dataclass(frozen=True)
class Evidence:
    """What AWS says about a deployment that failed."""

    service: Answer
    tasks: Sequence[Answer]
    targets: Sequence[Answer]
    log_group: str
    log_lines: Sequence[str]
    latest: Answer | None = None
    """The newest deployment in the service's history."""
    unseen: Sequence[str] = field(default_factory=list)
    """What AWS did not show, with its reason."""


def verdict_text(who: str, headline: str, asked: str, seen: Evidence, *, goes_on: bool = False) -> str:
    """At most twelve lines: the deployment, stopped reason, exit codes, targets, last log lines, what to look at.

    `goes_on` says that ECS is still at it.
    """
    own = own_deployment(seen.service, asked)
    of_it = seen.latest if seen.latest and revision(seen.latest["taskDefinition"]) == revision(asked) else {}
    task = failed_task(seen.tasks, asked, deployment_id(of_it))
    reason = of_it.get("statusReason") or own.get("rolloutStateReason") or blamed(seen.service)
    name = deployment_id(of_it) or deployment_name(own, task)
    why = [f"  deployment {name}: {tersely(reason)}", *alarms(of_it)]
    if task is not None:
        why.append(f"  task {task['taskArn'].rpartition('/')[2]}: {tersely(task.get('stoppedReason') or 'stopped')}")
        why += containers(task)
    else:
        why += [f"  event: {tersely(it)}" for it in complaints(seen.service)]
    why += unhealthy_targets(seen.targets)
    advice = advised("\n".join([*why, *(it for it in seen.log_lines if WRONG_ARCHITECTURE in it)]))
    if advice == ENDED and not seen.log_lines:
        advice = ENDED_UNSEEN if seen.unseen else ENDED_SILENTLY
    why += [f"  not seen: {tersely('; '.join(seen.unseen))}"] if seen.unseen else []
    room = min(MOST_LOG_LINES, MOST_LINES - 4 - len(why))
    lines = [tersely(it) for it in seen.log_lines if it.strip()][-room:]
    if lines:
        why += [f"  last lines of {seen.log_group}:", *(f"    {it}" for it in lines)]
    if goes_on:
        last_line = "  ECS goes on with it; the next `pulumi up` waits again, and tells what became of it"
        return "\n".join([f"{who}: {headline}", *why, f"  look at: {advice}", last_line])
    service = f"--cluster {last(seen.service['clusterArn'])} --service {last(seen.service['serviceArn'])}"
    again = f"aws ecs update-service {service} --task-definition {revision(asked)} --force-new-deployment"
    return "\n".join(
        [
            f"{who}: {headline}",
            *why,
            f"  look at: {advice}",
            f"  then `pulumi up`; with nothing new to deploy, first: {again}",
        ]
    )


def alarms(latest: Answer) -> list[str]:
    """The alarms that ended the deployment."""
    names = latest.get("alarms", {}).get("triggeredAlarmNames") or []
    return [f"  alarm {tersely(', '.join(names))} went off"] if names else []


def deployment_name(own: Answer, task: Answer | None) -> str:
    """Id of the deployment, which outlives it in its tasks."""
    return str(own.get("id") or (task or {}).get("startedBy") or "(no longer listed)")


def blamed(service: Answer) -> str:
    """The newest event that tells of a failure, where the deployment itself is not listed any more."""
    found = [it["message"] for it in service.get("events", []) if "failed" in it["message"]]
    return str(found[0]) if found else "ECS gives no reason"


def complaints(service: Answer) -> list[str]:
    """The newest event that says what ECS could not do; it is all there is when no task was ever started."""
    found = [
        it["message"] for it in service.get("events", []) if re.search(r"unable to|was unable|cannot", it["message"])
    ]
    return [str(it) for it in found[:1]]


def containers(task: Answer) -> list[str]:
    """Exit code and reason of the first container that ended badly."""
    for it in task.get("containers", []):
        code = it.get("exitCode")
        if code is not None or it.get("reason"):
            said = ", ".join(
                [*([] if code is None else [f"exit code {code}"]), *([it["reason"]] if it.get("reason") else [])]
            )
            return [f"  container {it['name']}: {tersely(said)}"]
    return []


def unhealthy_targets(targets: Sequence[Answer]) -> list[str]:
    """The first target that the load balancer holds for unhealthy, with its reason."""
    for it in targets:
        health = it["TargetHealth"]
        if health["State"] == "unhealthy":
            where = f"{it['Target']['Id']}:{it['Target'].get('Port', '')}"
            return [f"  target {where}: {tersely(health.get('Description') or health.get('Reason') or 'unhealthy')}"]
    return []


def advised(said: str) -> str:
    """What to look at, by what AWS and the program said."""
    return next((fix for pattern, fix in ADVICE if re.search(pattern, said)), NO_ADVICE)


def tersely(text: str) -> str:
    """One line of bounded length."""
    line = " ".join(str(text).split())
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "…"


def last(arn: str) -> str:
    """Name at the end of an ARN."""
    return arn.rpartition("/")[2]
