"""The verdict on a failed deployment in at most twelve lines: event, AWS's reasons, last log lines, advice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ._judgement import Answer, deployment_id, failed_task, own_deployment, revision

MOST_LINES = 12
MOST_LOG_LINES = 4
MOST_CHARACTERS = 400  # of a line from AWS or from the program
WRONG_ARCHITECTURE = "exec format error"  # only the program's log names this cause
ENDED = "it ended by itself: its last lines say why"
ENDED_UNSEEN = "it ended by itself: its log says why"
ENDED_SILENTLY = "it ended by itself and logged nothing: check command, and what it does at its start"
# The first matching pattern gives the advice; it is searched in the reasons from AWS and in the program's log.
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
        "health_check_path has to answer 200 on container_port or health_check_port within health_check_grace_period_seconds",
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
TELLING = r"unable to|was unable|cannot|is unhealthy in|failed container health checks|failed ELB health checks"


@dataclass(frozen=True)
class Evidence:
    """AWS's answers about a failed deployment."""

    service: Answer
    tasks: Sequence[Answer]
    targets: Sequence[Answer]
    log_group: str
    log_lines: Sequence[str]
    latest: Answer | None = None
    """The newest deployment in the service's history."""
    unseen: Sequence[str] = field(default_factory=list)
    """Questions without an answer, with AWS's reasons."""


def verdict_text(who: str, headline: str, declared: str, evidence: Evidence, *, goes_on: bool = False) -> str:
    """At most twelve lines: deployment, stopped reason, exit code, target, last log lines, advice.

    With `goes_on`, ECS continues the deployment and the text says so.
    """
    record = own_record(evidence.latest, declared)
    reasons = reason_lines(declared, evidence, record)
    fix = advice(reasons, evidence.log_lines, is_seen=not evidence.unseen)
    if evidence.unseen:
        reasons.append(f"  not seen: {tersely('; '.join(evidence.unseen))}")
    room = min(MOST_LOG_LINES, MOST_LINES - 4 - len(reasons))
    log_lines = [tersely(line) for line in evidence.log_lines if line.strip()][-room:]
    if log_lines:
        reasons += [f"  last lines of {evidence.log_group}:", *(f"    {line}" for line in log_lines)]
    if goes_on:
        last = "  ECS continues the deployment; the next `pulumi up` waits again and gives the verdict"
    else:
        last = next_step(evidence.service, declared)
    return "\n".join([f"{who}: {headline}", *reasons, f"  look at: {fix}", last])


def next_step(service: Answer, declared: str) -> str:
    """The line with the way on."""
    return f"  then `pulumi up`; with nothing new to deploy, first: {again(service, declared)}"


def own_record(latest: Answer | None, declared: str) -> Answer:
    """The newest deployment, where it is the one of the declared task definition; else empty."""
    is_own = latest is not None and revision(latest["taskDefinition"]) == revision(declared)
    return latest if latest is not None and is_own else {}


def reason_lines(declared: str, evidence: Evidence, record: Answer) -> list[str]:
    """AWS's reasons: of the deployment, its alarms, its last failed task, and an unhealthy target."""
    listed = own_deployment(evidence.service, declared)
    task = failed_task(evidence.tasks, declared, deployment_id(record))
    reason = record.get("statusReason") or listed.get("rolloutStateReason") or failure_event(evidence.service)
    name = deployment_id(record) or deployment_name(listed, task)
    lines = [f"  deployment {name}: {tersely(reason)}", *alarm_lines(record)]
    if task is not None:
        task_id = task["taskArn"].rpartition("/")[2]
        lines.append(f"  task {task_id}: {tersely(task.get('stoppedReason') or 'stopped')}")
        lines += container_lines(task)
    else:
        lines += [f"  event: {tersely(message)}" for message in telling_events(evidence.service)]
    return lines + unhealthy_targets(evidence.targets)


def again(service: Answer, declared: str) -> str:
    """The command that deploys the same task definition again."""
    names = f"--cluster {last_part(service['clusterArn'])} --service {last_part(service['serviceArn'])}"
    return f"aws ecs update-service {names} --task-definition {revision(declared)} --force-new-deployment"


def alarm_lines(record: Answer) -> list[str]:
    """The alarms that ended the deployment."""
    names = record.get("alarms", {}).get("triggeredAlarmNames") or []
    return [f"  alarm {tersely(', '.join(names))} went off"] if names else []


def unguarded(record: Answer) -> str:
    """The sentence about a deployment whose alarms ECS did not watch; empty where it did, or was not asked to."""
    alarms = record.get("alarms", {})
    is_asked = record.get("deploymentConfiguration", {}).get("alarms", {}).get("enable")
    if not is_asked or alarms.get("status") != "DISABLED":
        return ""
    names = ", ".join(alarms.get("alarmNames", []))
    return f"deployed without the guard of its alarms, as one was in ALARM before: {tersely(names)}"


def deployment_name(listed: Answer, task: Answer | None) -> str:
    """The id of the deployment; its tasks keep it longer than the service does."""
    return str(listed.get("id") or (task or {}).get("startedBy") or "(no longer listed)")


def failure_event(service: Answer) -> str:
    """The newest event about a failed deployment, for one that ECS lists no more."""
    return newest(service, "deployment failed") or newest(service, "failed") or "ECS gives no reason"


def telling_events(service: Answer) -> list[str]:
    """The newest event about a placement or a health check that failed, the only reason without any task."""
    return [message] if (message := newest(service, TELLING)) else []


def newest(service: Answer, pattern: str) -> str:
    """The newest event's message with the pattern; empty for none."""
    messages = (str(event["message"]) for event in service.get("events", []))
    return next((message for message in messages if re.search(pattern, message)), "")


def container_lines(task: Answer) -> list[str]:
    """Exit code and reason of the first failed container."""
    for container in task.get("containers", []):
        code, reason = container.get("exitCode"), container.get("reason")
        if code is not None or reason:
            parts = [*([] if code is None else [f"exit code {code}"]), *([reason] if reason else [])]
            return [f"  container {container['name']}: {tersely(', '.join(parts))}"]
    return []


def unhealthy_targets(targets: Sequence[Answer]) -> list[str]:
    """The first unhealthy target, with the load balancer's reason."""
    for target in targets:
        health = target["TargetHealth"]
        if health["State"] == "unhealthy":
            address = f"{target['Target']['Id']}:{target['Target'].get('Port', '')}"
            return [f"  target {address}: {tersely(health.get('Description') or health.get('Reason') or 'unhealthy')}"]
    return []


def advice(reasons: Sequence[str], log_lines: Sequence[str], *, is_seen: bool) -> str:
    """What to look at, by AWS's reasons and the program's last lines; `is_seen` says whether these could be read."""
    found = advice_for("\n".join([*reasons, *(it for it in log_lines if WRONG_ARCHITECTURE in it)]))
    if found == ENDED and not log_lines:
        return ENDED_SILENTLY if is_seen else ENDED_UNSEEN
    return found


def advice_for(reasons: str) -> str:
    """The advice for the first known reason."""
    return next((advice for pattern, advice in ADVICE if re.search(pattern, reasons)), NO_ADVICE)


def tersely(text: str) -> str:
    """One line of at most 400 characters."""
    line = " ".join(str(text).split())
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "…"


def last_part(arn: str) -> str:
    """The name at the end of an ARN."""
    return arn.rpartition("/")[2]
