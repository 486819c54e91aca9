"""Clusters: the control plane's AWS API."""

import time

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.eks.common import tags

WAIT_SECONDS = 1800.0  # the real provider's, for a creation
POLL_SECONDS = 0.5
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
CONFIG = (
    "accessConfig controlPlaneScalingConfig deletionProtection kubeApiServerConfig kubeControllerManagerConfig "
    "kubeSchedulerConfig remoteNetworkConfig upgradePolicy zonalShiftConfig"
)
AUTO_MODE = "computeConfig kubernetesNetworkConfig storageConfig"  # EKS switches them in one call
ENDPOINTS = ("endpointPrivateAccess", "endpointPublicAccess", "publicAccessCidrs")


def logging(scope: Scope) -> Value:
    """The control plane's log types, each turned on or off."""
    on = texts(scope.inputs, "enabledClusterLogTypes")
    off = [kind for kind in LOG_TYPES if kind not in on]
    sets: list[Value] = [
        {"types": list(types), "enabled": is_on} for types, is_on in ((on, True), (off, False)) if types
    ]
    return {"clusterLogging": sets}


def change_network(scope: Scope) -> None:
    """Endpoints, subnets and security groups, a call for each that changed: EKS takes no two of them at once."""
    before, after = block(scope.state, "vpcConfig"), {"securityGroupIds": [], **block(scope.inputs, "vpcConfig")}
    for names in (ENDPOINTS, ("subnetIds",), ("securityGroupIds",)):
        given = {name: after[name] for name in names if name in after}
        if any(as_set(value) != as_set(before.get(name)) for name, value in given.items()):
            scope.call("update_cluster_config", name=scope.id, resourcesVpcConfig=given)


def as_set(value: Value) -> object:
    """A list without its order; none is an empty one."""
    return sorted(map(str, value)) if isinstance(value, list) else value or []


def encrypt(scope: Scope) -> None:
    """The key for the secrets of a cluster without one. Like the real provider, it makes no call for another key."""
    if not scope.state.get("encryptionConfig"):
        config = block(scope.inputs, "encryptionConfig")
        key: Value = {"resources": config["resources"], "provider": {"keyArn": block(config, "provider")["keyArn"]}}
        scope.call("associate_encryption_config", clusterName=scope.id, encryptionConfig=[key])


def other_node_role(before: Properties, after: Properties) -> bool:
    """Whether Auto Mode's nodes get another role. Without pools, or switched off, it has none."""
    roles = [block(each, "computeConfig").get("nodeRoleArn") for each in (before, after)]
    return all(roles) and roles[0] != roles[1]


def wait_until_active(scope: Scope) -> None:
    """Waits for the control plane, as the real provider does. Raises ProviderError where it does not start."""
    deadline = time.monotonic() + (scope.timeout_seconds or WAIT_SECONDS)
    while (status := _status(scope)) == "CREATING":
        if time.monotonic() > deadline:
            raise ProviderError(
                "its control plane did not start in time; the logs in the sandbox's folder control-planes say why"
            )
        scope.pause(POLL_SECONDS)
    if status == "FAILED":
        raise ProviderError("its control plane did not start; the logs in the sandbox's folder control-planes say why")


def _status(scope: Scope) -> str:
    return text(block(scope.call("describe_cluster", name=scope.id), "cluster"), "status")


UPDATE = Call("update_cluster_config", {"name": "{id}"})
RESOURCES = (
    Resource(
        "aws:eks/cluster:Cluster",
        "eks",
        create=Call("create_cluster", {"logging": logging}, reply="cluster"),
        id="name",
        read=(Call("describe_cluster", {"name": "{id}"}, reply="cluster"),),
        updates=(
            Update("version", Call("update_cluster_version", {"name": "{id}"})),
            Update("enabledClusterLogTypes", Call("update_cluster_config", {"name": "{id}", "logging": logging})),
            Update("vpcConfig", change_network),
            Update(AUTO_MODE, UPDATE),
            Update("encryptionConfig", encrypt),
            *(Update(name, UPDATE) for name in CONFIG.split()),  # EKS changes one thing at a time
        ),
        settle=wait_until_active,
        delete=Call("delete_cluster", {"name": "{id}"}),
        tags=tags("arn"),
        autoname=Autoname(length_limit=100),
        names={"vpcConfig": "resourcesVpcConfig"},
        reads={
            "enabledClusterLogTypes": "logging.clusterLogging[?enabled].types[] || `[]`",
            "identities": "[{oidcs: [{issuer: identity.oidc.issuer}]}]",
        },
        computed={"clusterId": lambda _: ""},  # only a cluster on an Outpost has one
        defaults={"bootstrapSelfManagedAddons": True},
        completed="accessConfig kubernetesNetworkConfig vpcConfig",
        handled="enabledClusterLogTypes",
        echoed="bootstrapSelfManagedAddons defaultAddonsToRemoves forceUpdateVersion outpostConfig",
        immutable={
            "EKS has no call to change them": "accessConfig.bootstrapClusterCreatorAdminPermissions bootstrapSelfManagedAddons "
            "kubernetesNetworkConfig.ipFamily kubernetesNetworkConfig.serviceIpv4Cidr name outpostConfig roleArn",
        },
        replaced_when={
            "computeConfig": other_node_role,
            "encryptionConfig": lambda _, after: not after.get("encryptionConfig"),  # it cannot be taken away
        },
    ),
)
