"""Services, with the wait for their deployments."""

import time

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, blocks, present, text
from slipway_sandbox.provider.protocol.wire import Properties, Value

WAIT_SECONDS = 20 * 60  # the real provider's default
POLL_SECONDS = 0.2
NAMES = {
    "alarms": "deploymentConfiguration.alarms",
    "deploymentCircuitBreaker": "deploymentConfiguration.deploymentCircuitBreaker",
    "deploymentConfiguration": "deploymentConfiguration",
    "deploymentMaximumPercent": "deploymentConfiguration.maximumPercent",
    "deploymentMinimumHealthyPercent": "deploymentConfiguration.minimumHealthyPercent",
    "enableEcsManagedTags": "enableECSManagedTags",
    "iamRole": "role",
    "loadBalancers.elbName": "loadBalancerName",
    "networkConfiguration": "networkConfiguration.awsvpcConfiguration",
    "orderedPlacementStrategies": "placementStrategy",
    "serviceConnectConfiguration.services.clientAlias": "clientAliases",
    "volumeConfiguration.managedEbsVolume.sizeInGb": "sizeInGiB",
}
UPDATABLE = (
    "alarms availabilityZoneRebalancing capacityProviderStrategies deploymentCircuitBreaker deploymentConfiguration "
    "deploymentMaximumPercent deploymentMinimumHealthyPercent desiredCount enableEcsManagedTags enableExecuteCommand "
    "healthCheckGracePeriodSeconds loadBalancers networkConfiguration orderedPlacementStrategies placementConstraints "
    "platformVersion propagateTags serviceConnectConfiguration serviceRegistries taskDefinition volumeConfiguration"
)
# The real provider sends these empty where the program has them no more; ECS keeps what it is not sent.
EMPTIED: dict[str, Value] = {
    "healthCheckGracePeriodSeconds": 0,
    "loadBalancers": [],
    "placementConstraints": [],
    "serviceRegistries": [],
}
AT_CREATION = f"{UPDATABLE} iamRole launchType name schedulingStrategy deploymentController cluster"
OF_DEPLOYMENT = ("serviceConnectConfiguration", "volumeConfigurations")
"""ECS answers these with the PRIMARY deployment and not with the service."""


def request_for(scope: Scope, operation: str, properties: str) -> dict[str, Value]:
    """Members of create_service or update_service for these properties."""
    values = present(scope.inputs, properties)
    request = scope.members(operation, values, Names("Service", NAMES))
    if "desiredCount" in values and values.get("schedulingStrategy") == "DAEMON":
        del request["desiredCount"]
    return request


def create_service(scope: Scope) -> Properties:
    """Creates the service."""
    request = request_for(scope, "create_service", AT_CREATION)
    service = {"cluster": request.get("cluster", "default"), "services": [request["serviceName"]]}
    earlier = blocks(scope.call("describe_services", **service), "services")
    if any(namesake["status"] == "ACTIVE" for namesake in earlier):
        raise AwsError("CreateService", "InvalidParameterException", "Creation of service was not idempotent.")
    if scope.tags:
        request["tags"] = [{"key": key, "value": value} for key, value in scope.tags.items()]
    created = block(scope.call("create_service", **{"desiredCount": 0, **request}), "service")
    scope.id = text(created, "serviceArn")
    return created


def update_service(scope: Scope) -> None:
    """Changes the service. A new task definition, forceNewDeployment and a failed deployment start a new deployment."""
    request = request_for(scope, "update_service", UPDATABLE)
    request |= {name: none for name, none in EMPTIED.items() if name in scope.changed and name not in request}
    deployments = blocks(describe(scope) or {}, "deployments")
    is_stuck = any(
        deployment["status"] == "PRIMARY" and deployment.get("rolloutState") == "FAILED" for deployment in deployments
    )
    if is_stuck or scope.inputs.get("forceNewDeployment") or "triggers" in scope.changed:
        request["forceNewDeployment"] = True
    # As the real provider: what a rollback or scaling changed stays.
    for name in {"desiredCount", "loadBalancers"} - scope.changed:
        request.pop(name, None)
    scope.call("update_service", cluster=scope.get("cluster") or "default", service=scope.get("name"), **request)


def wait_until_steady(scope: Scope) -> None:
    """Waits for the deployment of the program's task definition. Raises ProviderError after a rollback.

    The real provider fails after a rollback, too, unless the deployment had begun before.
    """
    if not scope.inputs.get("waitForSteadyState"):
        return
    wanted = text(scope.inputs, "taskDefinition", "")
    limit = scope.timeout_seconds or WAIT_SECONDS
    deadline = time.monotonic() + limit
    reason = ""
    service: dict[str, Value] | None = None
    while time.monotonic() < deadline:
        service = describe(scope)
        if not service:
            raise ProviderError("the service was deleted while it was being deployed")
        deployments = blocks(service, "deployments")
        failed = [deployment for deployment in deployments if deployment.get("rolloutState") == "FAILED"]
        reasons = [text(deployment, "rolloutStateReason", "") for deployment in failed]
        reason = next(filter(None, reasons), reason)
        primary = next((deployment for deployment in deployments if deployment["status"] == "PRIMARY"), None)
        if primary in failed:
            raise ProviderError(f"the deployment failed: {reason or last_event(service)}")
        if primary and primary.get("rolloutState") == "COMPLETED" and len(deployments) == 1:
            revision = text(primary, "taskDefinition")
            if not is_same_revision(revision, wanted):
                raise ProviderError(
                    f"the deployment of {wanted.rpartition('/')[2]} was rolled back to "
                    f"{revision.rpartition('/')[2]}: {reason or last_event(service)}"
                )
            return
        scope.pause(POLL_SECONDS)
    raise ProviderError(
        f"the service was not steady after {limit:.0f} s: {last_event(service)}; see its events, or set customTimeouts"
    )


def is_same_revision(actual: str, wanted: str) -> bool:
    """Whether a deployment has the wanted task definition. A family alone stands for any revision."""
    actual, wanted = actual.rpartition("/")[2], wanted.rpartition("/")[2]
    return actual == wanted or (":" not in wanted and actual.rpartition(":")[0] == wanted)


def last_event(service: Properties | None) -> str:
    """The newest event of the service."""
    events = blocks(service or {}, "events")
    return text(events[0], "message") if events else "the service has no events"


def describe(scope: Scope) -> dict[str, Value] | None:
    """ECS's answer about the service; None when it is inactive."""
    cluster = scope.get("cluster") or scope.id.split("/")[-2]
    reply = scope.call("describe_services", cluster=cluster, services=[scope.id.rpartition("/")[2]], include=["TAGS"])
    active = [service for service in blocks(reply, "services") if service["status"] != "INACTIVE"]
    if not active:
        return None
    # An absent role and an absent controller stand for ECS's own.
    hidden = {"roleArn"} | (
        {"deploymentController"} if active[0].get("deploymentController") == {"type": "ECS"} else set()
    )
    deployments = blocks(active[0], "deployments")
    primary = next((deployment for deployment in deployments if deployment["status"] == "PRIMARY"), {})
    shown = {name: primary[name] for name in OF_DEPLOYMENT if name in primary}
    return {name: value for name, value in active[0].items() if name not in hidden} | shown


def delete_service(scope: Scope) -> None:
    """Scales to zero, deletes, and waits for the end of the tasks."""
    cluster, name = scope.get("cluster") or "default", scope.get("name")
    if scope.get("schedulingStrategy") != "DAEMON":
        scope.call("update_service", cluster=cluster, service=name, desiredCount=0)
    scope.call("delete_service", cluster=cluster, service=name, force=True)
    deadline = time.monotonic() + (scope.timeout_seconds or WAIT_SECONDS)
    while describe(scope) is not None:  # its tasks are being stopped
        if time.monotonic() > deadline:
            raise ProviderError("its tasks did not stop in time; `slipway sandbox status` shows the containers")
        scope.pause(POLL_SECONDS)


def is_moved(before: Properties, after: Properties) -> bool:
    """Whether new capacity providers make a new service. A forced deployment exchanges one strategy for another in place."""
    old, new = before.get("capacityProviderStrategies"), after.get("capacityProviderStrategies")
    return not (after.get("forceNewDeployment") and old and new)


RESOURCES = (
    Resource(
        "aws:ecs/service:Service",
        "ecs",
        create=create_service,
        id="serviceArn",
        import_pattern=r"(?P<cluster>[^/]+)/(?P<name>.+)",
        read=describe,
        updates=(Update(f"{UPDATABLE} forceNewDeployment triggers", update_service),),
        settle=wait_until_steady,
        delete=delete_service,
        tags=Tags(
            add=Call("tag_resource", {"resourceArn": "{id}"}),
            remove=Call("untag_resource", {"resourceArn": "{id}"}),
        ),
        autoname=Autoname(),
        names=NAMES,
        reads={"cluster": "clusterArn", "propagateTags": "propagateTags != 'NONE' && propagateTags || null"},
        defaults={
            "deploymentMaximumPercent": 200,
            "deploymentMinimumHealthyPercent": 100,
            "enableEcsManagedTags": False,
            "enableExecuteCommand": False,
            "schedulingStrategy": "REPLICA",
            "waitForSteadyState": False,
        },
        ordered="orderedPlacementStrategies",
        echoed="forceDelete forceNewDeployment sigintRollback triggers vpcLatticeConfigurations waitForSteadyState",
        immutable={
            "ECS has no call to change them": "cluster deploymentController iamRole launchType name schedulingStrategy",
        },
        replaced_when={"capacityProviderStrategies": is_moved},
        missing="ClusterNotFoundException",
    ),
)
