"""The history of a service's deployments: one record each, with how it ended.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from moto.cloudwatch.models import Alarm, cloudwatch_backends

from slipway_sandbox import clock
from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections.cloudwatch.configuration import longest_period
from slipway_sandbox.corrections.ecs.objects import EcsService
from slipway_sandbox.corrections.ecs.shapes import Deployment, ServiceDeployment, ServiceDeploymentAlarms
from slipway_sandbox.corrections.ecs.traffic import NO_CONFIGURATION

KEPT = 20  # of each service; ECS keeps 90 days
UNDER_WAY = ("PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS")
WATCHED = "MONITORING"
ENDINGS = {"IN_PROGRESS": "SUCCESSFUL", "ROLLBACK_IN_PROGRESS": "ROLLBACK_SUCCESSFUL"}


def begin(service: EcsService, deployment: Deployment) -> None:
    """A new deployment; an unfinished one gives way to it."""
    now = datetime.now(UTC)
    if latest := current(service):
        latest |= {"status": "STOPPED", "statusReason": "Another deployment took its place.", "finishedAt": now}
    record: ServiceDeployment = {
        "serviceDeploymentArn": arn(service, "deployment", deployment["id"]),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": now,
        "startedAt": now,
        "updatedAt": now,
        "status": "IN_PROGRESS",
        "deploymentConfiguration": kept(service, "deployment_configuration", NO_CONFIGURATION),
        "targetServiceRevision": {
            "arn": arn(service, "revision", deployment["id"]),
            "requestedTaskCount": deployment["desiredCount"],
        },
        "taskDefinition": deployment["taskDefinition"],
    }
    if watched := _alarms_at_first(service):
        record["alarms"] = watched
    service.rollouts = [record, *history(service)][:KEPT]


def advance(service: EcsService, stage: str, weight: float | None = None) -> None:
    """The deployment under way enters a stage of its life; `weight` is its share of requests from now on, in percent."""
    if latest := current(service):
        latest |= {"lifecycleStage": stage, "updatedAt": datetime.now(UTC)}
        if weight is not None:
            latest["targetServiceRevision"]["requestedProductionTrafficWeight"] = weight


def fail(service: EcsService, reason: str, roll_back_to: str) -> None:
    """The deployment under way failed; with `roll_back_to`, ECS begins to go back to the named one."""
    now = datetime.now(UTC)
    if not (latest := current(service)):
        return
    latest |= {"statusReason": reason, "updatedAt": now}
    if on := alarms_on(service, latest):
        latest["alarms"] |= {"status": "TRIGGERED", "triggeredAlarmNames": on}
    if roll_back_to:
        revision = arn(service, "revision", roll_back_to)
        latest |= {"status": "ROLLBACK_IN_PROGRESS"}
        latest["rollback"] = {"reason": reason, "startedAt": now, "serviceRevisionArn": revision}
    else:
        latest |= {"status": "STOPPED", "finishedAt": now}


def settle(service: EcsService) -> None:
    """The service is steady, on the new deployment or after going back."""
    if latest := current(service):
        now = datetime.now(UTC)
        latest |= {"status": ENDINGS.get(latest["status"], latest["status"]), "finishedAt": now, "updatedAt": now}
        if "alarms" in latest and latest["alarms"]["status"] == WATCHED:
            latest["alarms"]["status"] = "MONITORING_COMPLETE"


def current(service: EcsService) -> ServiceDeployment | None:
    """The deployment under way."""
    return next((record for record in history(service) if record["status"] in UNDER_WAY), None)


def history(service: EcsService) -> list[ServiceDeployment]:
    """Deployments of a service, newest first."""
    none: list[ServiceDeployment] = []
    return list(kept(service, "rollouts", none))


def arn(service: EcsService, kind: str, deployment_id: str) -> str:
    """ARN of a service deployment or of its revision; both end in the deployment's number."""
    return f"{service.arn.replace(':service/', f':service-{kind}/')}/{deployment_id.rpartition('/')[2]}"


def _alarms_at_first(service: EcsService) -> ServiceDeploymentAlarms | None:
    """The alarms of a new deployment; None for a service without alarms.

    A deployment that begins while an alarm is on may be the fix, so ECS watches no alarm during it.
    """
    asked = kept(service, "deployment_configuration", NO_CONFIGURATION).get("alarms") or {}
    if not (names := asked.get("alarmNames", [])):
        return None
    watched = asked.get("enable") and not _in_alarm(service, names)
    return {"status": WATCHED if watched else "DISABLED", "alarmNames": names, "triggeredAlarmNames": []}


def alarms_on(service: EcsService, record: ServiceDeployment | None) -> list[str]:
    """Names of the watched alarms that are on."""
    alarms = record.get("alarms") if record else None
    return _in_alarm(service, alarms["alarmNames"]) if alarms and alarms["status"] == WATCHED else []


def watch_seconds(service: EcsService) -> float:
    """How long ECS looks at the watched alarms of a rolling deployment once its tasks are steady: as long as they look back.

    By the machine's own clock nobody waits for it.
    """
    record = current(service)
    alarms = record.get("alarms") if record else None
    if clock.speed() == 1 or not alarms or alarms["status"] != WATCHED:
        return 0.0
    known = _alarms_of(service)
    watched = [known[name] for name in alarms["alarmNames"] if name in known]
    return max((int(alarm.evaluation_periods) * longest_period(alarm) for alarm in watched), default=0.0)


def _in_alarm(service: EcsService, names: list[str]) -> list[str]:
    known = _alarms_of(service)
    return [name for name in names if name in known and known[name].state_value == "ALARM"]


def _alarms_of(service: EcsService) -> Mapping[str, Alarm]:
    """Alarms in the account and region of a service, by name."""
    _, _, _, region, account, _ = service.arn.split(":", 5)
    found: Mapping[str, Alarm] = cloudwatch_backends[account][region].alarms
    return found
