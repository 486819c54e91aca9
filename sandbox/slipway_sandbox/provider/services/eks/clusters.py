"""Clusters: the control plane's AWS API."""

import time

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, text, texts
from slipway_sandbox.provider.protocol.wire import Value
from slipway_sandbox.provider.services.eks.common import tags

WAIT_SECONDS = 1800.0  # the real provider's, for a creation
POLL_SECONDS = 0.5
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
CONFIG = (
    "accessConfig computeConfig controlPlaneScalingConfig deletionProtection kubeApiServerConfig "
    "kubeControllerManagerConfig kubeSchedulerConfig kubernetesNetworkConfig remoteNetworkConfig storageConfig "
    "upgradePolicy zonalShiftConfig"
)


def logging(scope: Scope) -> Value:
    """The control plane's log types, each turned on or off."""
    on = texts(scope.inputs, "enabledClusterLogTypes")
    off = [kind for kind in LOG_TYPES if kind not in on]
    sets: list[Value] = [
        {"types": list(types), "enabled": is_on} for types, is_on in ((on, True), (off, False)) if types
    ]
    return {"clusterLogging": sets}


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
            Update("vpcConfig", UPDATE),
            Update("encryptionConfig", Call("associate_encryption_config", {"clusterName": "{id}"})),
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
            "encryptionConfig": lambda _, after: not after.get("encryptionConfig")
        },  # it cannot be taken away
    ),
)
