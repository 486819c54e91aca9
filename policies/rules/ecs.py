"""Rules for ECS services and clusters.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html
"""

from policies.registry import ADVISORY, HIGH, MANDATORY, MEDIUM, Deferred, Finding, Outcomes, deny, rule
from policies.values import Resource

SERVICE = "aws:ecs/service:Service"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"


@rule(
    SERVICE,
    "aws:ecs/taskSet:TaskSet",
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP ECS.2", "FSBP ECS.16", "NIST SC-7", "NIST AC-4"),
    link=f"{CONTROLS}#ecs-2",
    fix="set networkConfiguration.assignPublicIp to false and use private subnets with a NAT gateway or endpoints, "
    "as slipway's FargateService and QueueWorker do",
)
def ecs_service_no_public_ip(service: Resource) -> Outcomes:
    """Tasks of ECS services have no public IP address."""
    public = service["networkConfiguration"]["assignPublicIp"]
    yield from deny(public, public.true, "is true, so each task can be reached from the internet")


@rule(
    SERVICE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST CP-10",),
    link="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
    fix="set deploymentCircuitBreaker.enable and deploymentCircuitBreaker.rollback to true, as slipway's "
    "FargateService and QueueWorker do",
)
def ecs_service_circuit_breaker(service: Resource) -> Outcomes:
    """ECS services stop and roll back a deployment whose tasks keep failing.

    Only the ECS deployment controller has a circuit breaker: services of CODE_DEPLOY and EXTERNAL are left out.
    """
    controller = service["deploymentController"]["type"]
    if controller.unknown:
        yield Deferred(controller.path)
    elif controller.text() not in ("CODE_DEPLOY", "EXTERNAL"):
        breaker = service["deploymentCircuitBreaker"]
        for switch in (breaker["enable"], breaker["rollback"]):
            yield from deny(switch, not switch.true, "is not true, so a failing deployment goes on for ever")


@rule(
    "aws:ecs/cluster:Cluster",
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ECS.12", "NIST AU-6", "NIST SI-2"),
    link=f"{CONTROLS}#ecs-12",
    fix="add a setting with name containerInsights and value enabled or enhanced, as slipway's Cluster does",
)
def ecs_cluster_container_insights(cluster: Resource) -> Outcomes:
    """ECS clusters collect metrics with Container Insights."""
    for setting in cluster["settings"].elements():
        name, value = setting["name"], setting["value"]
        if setting.unknown or name.unknown or (name.text() == "containerInsights" and value.unknown):
            yield Deferred(setting.path)
            return
        if name.text() == "containerInsights":
            if value.text() not in ("enabled", "enhanced"):
                yield Finding(value.path, "does not turn Container Insights on")
            return
    yield Finding("settings", "has no containerInsights")
