"""The part of EKS that moto 5.2.5 lacks: add-ons, access entries and policies, pod identities, updates, tags of all.

The methods take the place of moto's own, or stand beside them, in its EKSResponse, so that boto3 on the sandbox's endpoint
sees them too. What they keep is an attribute of moto's cluster, under the names of botocore's model: it is saved, reset and
deleted together with that.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

VERSION = "1.34"  # of a cluster for which none is asked for
ADDON_VERSION = "v1.0.0-eksbuild.1"  # made up, of an add-on for which none is asked for
ACCESS_MODES = ("API", "API_AND_CONFIG_MAP")
ACCESS_POLICY = "arn:aws:eks::aws:cluster-access-policy/"
OPEN = {"endpointPublicAccess": True, "endpointPrivateAccess": False, "publicAccessCidrs": ["0.0.0.0/0"]}
NETWORK = {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": False}}
SETTINGS = {
    "accessConfig": "access_config",
    "computeConfig": "compute_config",
    "controlPlaneScalingConfig": "control_plane_scaling_config",
    "deletionProtection": "deletion_protection",
    "kubeApiServerConfig": "kube_api_server_config",
    "kubeControllerManagerConfig": "kube_controller_manager_config",
    "kubeSchedulerConfig": "kube_scheduler_config",
    "kubernetesNetworkConfig": "kubernetes_network_config",
    "logging": "logging",
    "remoteNetworkConfig": "remote_network_config",
    "resourcesVpcConfig": "resources_vpc_config",
    "storageConfig": "storage_config",
    "upgradePolicy": "upgrade_policy",
    "zonalShiftConfig": "zonal_shift_config",
}
"""Member of the calls to attribute of moto's cluster."""


def install() -> None:
    """Adds to moto's EKS; to be called once, before its HTTP endpoint answers."""
    from moto.eks import urls  # noqa: PLC0415 - after moto's environment is set
    from moto.eks.responses import EKSResponse  # noqa: PLC0415

    from slipway_sandbox.corrections import eks_access as moto_eks_access  # noqa: PLC0415
    from slipway_sandbox.corrections import eks_addons as moto_eks_addons  # noqa: PLC0415
    from slipway_sandbox.corrections import eks_clusters as moto_eks_clusters  # noqa: PLC0415

    own: Any = EKSResponse
    moto_eks_clusters.install(own)
    operations = (moto_eks_clusters.OPERATIONS, moto_eks_addons.OPERATIONS, moto_eks_access.OPERATIONS)
    for answer in (each for module in operations for each in module):
        setattr(own, answer.__name__, _answering(answer))
    urls.url_paths["{0}/clusters/(?P<rest>.+)$"] = urls.response.dispatch


def _answering(answer: Any) -> Any:
    def method(response: Any) -> Any:
        return result(answer(response, given(response)))

    return method


def result(members: Any) -> Any:
    """An answer by member, as moto's methods return one."""
    from moto.core.responses import ActionResult  # noqa: PLC0415

    return ActionResult(members)


def given(response: Any) -> dict[str, Any]:
    """What the call was given, by member, from path, query and body."""
    response.parse_parameters(response.normalized_request)
    return dict(response.params)


def now() -> datetime:
    """The time, as the model's timestamps are."""
    return datetime.now(UTC)


def cluster_of(response: Any, name: str) -> Any:
    """moto's cluster. Raises moto's ResourceNotFoundException."""
    return response.eks_backend.describe_cluster(name)


def kept(cluster: Any, kind: str) -> dict[str, dict[str, Any]]:
    """What moto has no place for, by key: kind is addons, access_entries, pod_identities or updates."""
    found: dict[str, dict[str, Any]] = vars(cluster).setdefault(kind, {})
    return found


def found_in(cluster: Any, kind: str, key: str, message: str) -> dict[str, Any]:
    """One of what is kept. Raises moto's ResourceNotFoundException."""
    from moto.eks.exceptions import ResourceNotFoundException  # noqa: PLC0415

    if key not in kept(cluster, kind):
        raise ResourceNotFoundException(clusterName=cluster.name, message=message)
    return kept(cluster, kind)[key]


def arn(response: Any, kind: str, path: str) -> str:
    """ARN of a part of a cluster."""
    return f"arn:aws:eks:{response.region}:{response.current_account}:{kind}/{path}/{secrets.token_hex(16)}"


def updated(cluster: Any, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The answer of an update, which is remembered and done."""
    params = [{"type": name[0].upper() + name[1:], "value": str(value)} for name, value in asked.items()]
    update = {
        "id": secrets.token_hex(16),
        "status": "Successful",
        "type": kind,
        "params": params,
        "createdAt": now(),
        "errors": [],
    }
    kept(cluster, "updates")[str(update["id"])] = update
    return {"update": update}
