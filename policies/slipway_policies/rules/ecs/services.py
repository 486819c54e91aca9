"""Rules for ECS services and clusters.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html
"""

from slipway_policies.engine.registry import (
    ADVISORY,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    OFF,
    Deferred,
    Finding,
    Outcomes,
    deny,
    rule,
)
from slipway_policies.engine.resources import Resource

SERVICE = "aws:ecs/service:Service"
CLUSTER = "aws:ecs/cluster:Cluster"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
EXEC = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"


@rule(
    SERVICE,
    "aws:ecs/taskSet:TaskSet",
    EVENT_TARGET,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP ECS.2", "FSBP ECS.16", "NIST SC-7", "NIST AC-4"),
    link=f"{CONTROLS}#ecs-2",
    fix="set networkConfiguration.assignPublicIp to false and use private subnets with a NAT gateway or endpoints, "
    "as slipway's FargateService and QueueWorker do",
)
def ecs_service_no_public_ip(service: Resource) -> Outcomes:
    """Tasks of ECS services have no public IP address.

    The rule also judges tasks of EventBridge targets.
    """
    task = service["ecsTarget"] if service.type == EVENT_TARGET else service
    public = task["networkConfiguration"]["assignPublicIp"]
    yield from deny(public, public.true, "is true, so each task has an address on the internet")


@rule(
    SERVICE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST CP-10",),
    link="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
    fix="set deploymentCircuitBreaker.enable and deploymentCircuitBreaker.rollback to true, as slipway's "
    "FargateService and QueueWorker do",
    remedy={"deploymentCircuitBreaker.enable": True, "deploymentCircuitBreaker.rollback": True},
)
def ecs_service_circuit_breaker(service: Resource) -> Outcomes:
    """ECS services stop and roll back a deployment when its tasks keep failing.

    Services with the deployment controller CODE_DEPLOY or EXTERNAL pass: these have no circuit breaker.
    """
    controller = service["deploymentController"]["type"]
    if controller.unknown:
        yield Deferred(controller.path)
    elif controller.text() not in ("CODE_DEPLOY", "EXTERNAL"):
        breaker = service["deploymentCircuitBreaker"]
        for switch, problem in (
            (breaker["enable"], "is not true, so a failing deployment goes on for ever"),
            (breaker["rollback"], "is not true, so a failed deployment stays as it is, half-way"),
        ):
            yield from deny(switch, not switch.true, problem)


@rule(
    CLUSTER,
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


@rule(
    SERVICE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ECS.10", "NIST SI-2"),
    link=f"{CONTROLS}#ecs-10",
    fix="set platformVersion to LATEST; slipway's services use it",
    remedy={"platformVersion": "LATEST"},
)
def ecs_service_platform_version(service: Resource) -> Outcomes:
    """ECS services on Fargate run on the latest platform version.

    1.4.0 is the latest for Linux, 1.0.0 for Windows; a version written out passes here, other tools report it.
    """
    version = service["platformVersion"]
    latest = version.text() in ("", "LATEST", "1.4.0", "1.0.0")
    yield from deny(version, not latest, "is an old version, no longer patched by AWS")


@rule(
    SERVICE,
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    controls=("NIST AC-6",),
    link=EXEC,
    fix="remove enableExecuteCommand (enable_execute_command of slipway's services, false by default)",
    remedy={"enableExecuteCommand": False},
)
def ecs_service_exec_disabled(service: Resource) -> Outcomes:
    """ECS services do not let people run commands in their tasks."""
    enabled = service["enableExecuteCommand"]
    yield from deny(enabled, enabled.true, "is true, so everybody with ecs:ExecuteCommand has a shell in the task")


@rule(
    SERVICE,
    level=ADVISORY,
    severity=LOW,
    controls=("Security Hub ECS.13",),
    link=f"{CONTROLS}#ecs-13",
    fix="set propagateTags to SERVICE or TASK_DEFINITION and enableEcsManagedTags to true, as slipway's services do",
    remedy={"propagateTags": "SERVICE", "enableEcsManagedTags": True},
)
def ecs_service_propagate_tags(service: Resource) -> Outcomes:
    """Tasks of ECS services have tags, so each cost has an owner."""
    propagate, managed = service["propagateTags"], service["enableEcsManagedTags"]
    yield from deny(propagate, propagate.text() in ("", "NONE"), "is not set, so tasks have no tags")
    yield from deny(
        managed, not managed.true, "is not true, so tasks have no tags with the names of cluster and service"
    )


@rule(
    CLUSTER,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST AU-12",),
    link=EXEC,
    fix="set configuration.executeCommandConfiguration.logging to OVERRIDE with a log group, as slipway's Cluster does",
)
def ecs_cluster_exec_logging(cluster: Resource) -> Outcomes:
    """ECS clusters log the commands of ECS Exec.

    A cluster without a configuration passes: ECS then uses the task's own log driver.
    """
    logging = cluster["configuration"]["executeCommandConfiguration"]["logging"]
    yield from deny(logging, logging.text() == "NONE", "is NONE, so commands in tasks leave no trace")


@rule(
    CLUSTER,
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-28",),
    link=EXEC,
    fix="set kmsKeyId in configuration.executeCommandConfiguration, and cloudWatchEncryptionEnabled or "
    "s3BucketEncryptionEnabled in its logConfiguration; exec_kms_key_arn of slipway's Cluster does so",
)
def ecs_cluster_exec_encrypted(cluster: Resource) -> Outcomes:
    """Sessions in tasks, and their log, are encrypted with a KMS key of your own.

    Applies where the cluster configures ECS Exec; TLS protects a session without a key, too.
    """
    exec_configuration = cluster["configuration"]["executeCommandConfiguration"]
    if exec_configuration.absent:
        return
    key, log = exec_configuration["kmsKeyId"], exec_configuration["logConfiguration"]
    yield from deny(key, not key.text(), "is missing, so the session has no key of its own")
    if not log.absent:
        flags = [log["cloudWatchEncryptionEnabled"], log["s3BucketEncryptionEnabled"]]
        unknown = [flag for flag in flags if flag.unknown]
        if not any(flag.true for flag in flags):
            yield from deny(unknown[0] if unknown else log, True, "has no encryption turned on")


@rule(
    "aws:ecs/capacityProvider:CapacityProvider",
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ECS.19",),
    link=f"{CONTROLS}#ecs-19",
    fix="set autoScalingGroupProvider.managedTerminationProtection to ENABLED; slipway's Cluster runs on Fargate, "
    "without instances",
)
def ecs_capacity_provider_protection(provider: Resource) -> Outcomes:
    """ECS capacity providers do not terminate an instance while tasks run on it."""
    group = provider["autoScalingGroupProvider"]
    if not group.absent:
        protection = group["managedTerminationProtection"]
        yield from deny(protection, protection.text() != "ENABLED", "is not ENABLED, so scaling in kills running tasks")
