"""The alarms of a deployment: watched from its beginning, or not at all where one of them was on before.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
"""

from moto.cloudwatch.models import cloudwatch_backends

from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections.ecs.objects import EcsService
from slipway_sandbox.corrections.ecs.shapes import ServiceDeployment, ServiceDeploymentAlarms
from slipway_sandbox.corrections.ecs.traffic import NO_CONFIGURATION

WATCHED = "MONITORING"


def at_first(service: EcsService) -> ServiceDeploymentAlarms | None:
    """The alarms of a new deployment; None for a service without alarms.

    A deployment that begins while an alarm is on may be the fix, so ECS watches no alarm during it.
    """
    asked = kept(service, "deployment_configuration", NO_CONFIGURATION).get("alarms") or {}
    if not (names := asked.get("alarmNames", [])):
        return None
    watched = asked.get("enable") and not _on(service, names)
    return {"status": WATCHED if watched else "DISABLED", "alarmNames": names, "triggeredAlarmNames": []}


def triggered(service: EcsService, record: ServiceDeployment | None) -> list[str]:
    """Names of the watched alarms that are on."""
    alarms = record.get("alarms") if record else None
    return _on(service, alarms["alarmNames"]) if alarms and alarms["status"] == WATCHED else []


def _on(service: EcsService, names: list[str]) -> list[str]:
    _, _, _, region, account, _ = service.arn.split(":", 5)
    known = cloudwatch_backends[account][region].alarms
    return [name for name in names if name in known and known[name].state_value == "ALARM"]
