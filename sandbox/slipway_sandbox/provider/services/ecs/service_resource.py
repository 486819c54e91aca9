"""Services, with the wait for the deployment that was asked for."""

import time
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError

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
AT_CREATION = f"{UPDATABLE} iamRole launchType name schedulingStrategy deploymentController cluster"
OF_DEPLOYMENT = ("serviceConnectConfiguration", "volumeConfigurations")
"""ECS answers these with the PRIMARY deployment and not with the service."""


def request_for(scope: Scope, operation: str, properties: str) -> dict[str, Any]:
    """Members of create_service or update_service for these properties."""
    given = {name: scope.inputs[name] for name in properties.split() if scope.inputs.get(name) is not None}
    request = scope.members(operation, given, Names("Service", NAMES))
    if "desiredCount" in given and given.get("schedulingStrategy") == "DAEMON":
        del request["desiredCount"]
    return request


def create_service(scope: Scope) -> Mapping[str, Any]:
    """Creates the service."""
    request = request_for(scope, "create_service", AT_CREATION)
    cluster = {"cluster": request.get("cluster", "default")}
    present = scope.call("describe_services", services=[request["serviceName"]], **cluster)["services"]
    if any(each["status"] == "ACTIVE" for each in present):
        raise AwsError("CreateService", "InvalidParameterException", "Creation of service was not idempotent.")
    if scope.tags:
        request["tags"] = [{"key": key, "value": value} for key, value in scope.tags.items()]
    created = scope.call("create_service", **{"desiredCount": 0, **request})["service"]
    scope.id = created["serviceArn"]
    return dict(created)


def update_service(scope: Scope) -> None:
    """Changes the service; a new deployment when the task definition changed or one is forced."""
    request = request_for(scope, "update_service", UPDATABLE)
    present = (describe(scope) or {}).get("deployments", [])
    is_stuck = any(each["status"] == "PRIMARY" and each.get("rolloutState") == "FAILED" for each in present)
    if is_stuck or scope.inputs.get("forceNewDeployment") or "triggers" in scope.changed:
        request["forceNewDeployment"] = True
    if "desiredCount" not in scope.changed:
        request.pop("desiredCount", None)
    scope.call("update_service", cluster=scope.get("cluster") or "default", service=scope.get("name"), **request)


def wait_until_steady(scope: Scope) -> None:
    """Waits for the deployment of what was asked for. Raises ProviderError when another one stands at the end.

    The real provider fails after a rollback, too, unless the deployment had begun before.
    """
    if not scope.inputs.get("waitForSteadyState"):
        return
    asked = str(scope.inputs.get("taskDefinition") or "")
    limit = scope.timeout_seconds or WAIT_SECONDS
    deadline = time.monotonic() + limit
    reason = ""
    while time.monotonic() < deadline:
        service = describe(scope)
        if not service:
            raise ProviderError("the service was deleted while it was being deployed")
        failed = [each for each in service["deployments"] if each.get("rolloutState") == "FAILED"]
        reason = next((each["rolloutStateReason"] for each in failed if each.get("rolloutStateReason")), reason)
        primary = next((each for each in service["deployments"] if each["status"] == "PRIMARY"), None)
        if primary in failed:
            raise ProviderError(f"the deployment failed: {reason or last_event(service)}")
        if primary and primary.get("rolloutState") == "COMPLETED" and len(service["deployments"]) == 1:
            if not is_same_revision(primary["taskDefinition"], asked):
                raise ProviderError(
                    f"the deployment of {asked.rpartition('/')[2]} was rolled back to "
                    f"{primary['taskDefinition'].rpartition('/')[2]}: {reason or last_event(service)}"
                )
            return
        scope.pause(POLL_SECONDS)
    raise ProviderError(
        f"the service was not steady after {limit:.0f} s: {last_event(service)}; see its events, or set customTimeouts"
    )


def is_same_revision(present: str, asked: str) -> bool:
    """Whether a deployment's task definition is the one asked for, which may be a family alone."""
    present, asked = present.rpartition("/")[2], asked.rpartition("/")[2]
    return present == asked or (":" not in asked and present.rpartition(":")[0] == asked)


def last_event(service: Mapping[str, Any] | None) -> str:
    """The newest event of the service, or that there is none."""
    events = (service or {}).get("events") or []
    return str(events[0]["message"]) if events else "the service has no events"


def describe(scope: Scope) -> dict[str, Any] | None:
    """The service as ECS has it; None when it is inactive."""
    cluster = scope.get("cluster") or scope.id.split("/")[-2]
    reply = scope.call("describe_services", cluster=cluster, services=[scope.id.rpartition("/")[2]], include=["TAGS"])
    found = [each for each in reply["services"] if each["status"] != "INACTIVE"]
    if not found:
        return None
    # An absent role and an absent controller stand for ECS's own.
    hidden = {"roleArn"} | (
        {"deploymentController"} if found[0].get("deploymentController") == {"type": "ECS"} else set()
    )
    primary: dict[str, Any] = next((each for each in found[0]["deployments"] if each["status"] == "PRIMARY"), {})
    shown = {name: primary[name] for name in OF_DEPLOYMENT if name in primary}
    return {name: value for name, value in found[0].items() if name not in hidden} | shown


def delete_service(scope: Scope) -> None:
    """Scales to nothing, deletes, and waits until the tasks are gone."""
    cluster, name = scope.get("cluster") or "default", scope.get("name")
    if scope.get("schedulingStrategy") != "DAEMON":
        scope.call("update_service", cluster=cluster, service=name, desiredCount=0)
    scope.call("delete_service", cluster=cluster, service=name, force=True)
    deadline = time.monotonic() + (scope.timeout_seconds or WAIT_SECONDS)
    while describe(scope) is not None:  # its tasks are being stopped
        if time.monotonic() > deadline:
            raise ProviderError("its tasks did not stop in time; `slipway sandbox status` shows the containers")
        scope.pause(POLL_SECONDS)


def is_moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change of the capacity providers makes a new service: unless a forced deployment exchanges one for another."""
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
