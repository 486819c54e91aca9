"""Clusters and node groups: all of their fields, and the security group and certificate of EKS."""

import base64
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.eks import urls
from moto.eks.exceptions import InvalidParameterException, InvalidRequestException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

from slipway_sandbox.corrections._decorator import corrects, sets_entry
from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.eks import control_planes
from slipway_sandbox.corrections.eks._allowed import check_auto_mode, check_one_kind, check_zones
from slipway_sandbox.corrections.eks._calls import Asked, asked_of, chosen, cluster_of, now, updated
from slipway_sandbox.corrections.eks.access import admit_creator, admit_nodes, caller_arn, lets_creator_in, uses_entries
from slipway_sandbox.documents import Document

VERSION = "1.36"  # of a cluster for which none is asked for; the control planes have it, too
NO_SUBNETS = "Subnets specified must be in at least two different AZs"
CA_LIFE = timedelta(days=3650)
OPEN: Document = {"endpointPublicAccess": True, "endpointPrivateAccess": False, "publicAccessCidrs": ["0.0.0.0/0"]}
NETWORK: Document = {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": False}}
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
WHOLE = ("computeConfig", "logging")  # an update has all of it: Auto Mode without pools has no role either

Method = Callable[[EKSResponse], ActionResult]

sets_entry(
    urls,
    "url_paths",
    "{0}/clusters/(?P<rest>.+)$",
    urls.response.dispatch,
    why="moto answers no path below a cluster but its own; EKS has add-ons, access entries, pod identities and updates there.",
)


@corrects(
    EKSResponse.create_cluster,
    why="moto drops a third of a cluster's fields and makes neither its security group nor a certificate nor the creator's access "
    "entry; EKS keeps and makes them.",
)
def create_cluster(original: Method, self: EKSResponse) -> ActionResult:
    asked = asked_of(self)
    check_auto_mode(asked["name"], asked, is_new=True)
    vpc_id = _vpc_id(self, asked)
    planes = control_planes.possible()
    if planes and asked.get("version") not in (None, planes.version):
        raise InvalidParameterException(
            clusterName=asked["name"], message=control_planes.other_version(asked["version"])
        )
    answer = original(self)
    cluster = cluster_of(self, asked["name"])
    group = _ec2(self).create_security_group(
        f"eks-cluster-sg-{cluster.name}-{secrets.randbelow(10**9)}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any "
        "managed workloads.",
        vpc_id,
    )
    blocks: dict[str, Document] = {
        "accessConfig": {"authenticationMode": "CONFIG_MAP"},
        "kubernetesNetworkConfig": NETWORK,
        "resourcesVpcConfig": {**OPEN, "securityGroupIds": [], "vpcId": vpc_id, "clusterSecurityGroupId": group.id},
        "upgradePolicy": {"supportType": "EXTENDED"},
    }
    keep(cluster, "deletion_protection", value=False)
    members = chosen(asked, SETTINGS)
    for member, value in {**blocks, **members}.items():
        keep(cluster, SETTINGS[member], _merged(blocks.get(member), value))
    if uses_entries(cluster) and lets_creator_in(cluster):
        admit_creator(self, cluster)
    keep(cluster, "creator_arn", caller_arn(self))
    cluster.version = asked.get("version") or VERSION
    cluster.certificate_authority = {"data": _authority()}
    cluster.identity = {"oidc": {"issuer": f"https://oidc.eks.{self.region}.amazonaws.com/id/{_id()}"}}
    cluster.endpoint = f"https://{_id()}.gr7.{self.region}.eks.amazonaws.com"
    if planes:
        planes.begin(cluster)
    return answer


@corrects(
    EKSResponse.delete_cluster,
    why="moto deletes a cluster whatever its deletion protection says, and knows no security group of it; EKS refuses, or deletes both.",
)
def delete_cluster(original: Method, self: EKSResponse) -> ActionResult:
    cluster = cluster_of(self, asked_of(self)["name"])
    if kept(cluster, "deletion_protection", default=False):
        raise InvalidRequestException(message="Cannot delete cluster because deletion protection is enabled")
    answer = original(self)
    _ec2(self).delete_security_group(group_id=cluster.resources_vpc_config["clusterSecurityGroupId"])
    if planes := control_planes.attached():
        planes.end(cluster.arn)
    return answer


@corrects(
    EKSResponse.update_cluster_config,
    why="moto forgets each field of a block that is not said again, drops half of the blocks, takes half an Auto Mode, two kinds of "
    "update at once and subnets in other zones, and answers with the cluster; EKS keeps the fields, refuses these, and answers with "
    "the update.",
)
def update_cluster_config(_: object, self: EKSResponse) -> ActionResult:
    asked = asked_of(self)
    cluster = cluster_of(self, asked["name"])
    changed = chosen(asked, SETTINGS)
    check_auto_mode(cluster.name, asked, is_new=False)
    check_one_kind(cluster.name, changed)
    subnet_ids = (asked.get("resourcesVpcConfig") or {}).get("subnetIds")
    if subnet_ids:
        check_zones(_ec2(self), cluster, subnet_ids)
    for member, value in changed.items():
        before = None if member in WHOLE else vars(cluster).get(SETTINGS[member])
        keep(cluster, SETTINGS[member], _merged(before, value))
    return ActionResult(updated(cluster, "ConfigUpdate", changed))


@corrects(
    EKSResponse.create_nodegroup,
    why="moto drops how a node group is updated and repaired, makes up a key pair and an old version, and lets the nodes' role into no "
    "cluster; EKS keeps what is given, and makes an access entry.",
)
def create_nodegroup(original: Method, self: EKSResponse) -> ActionResult:
    answer = original(self)
    asked = asked_of(self)
    cluster = cluster_of(self, asked["clusterName"])
    group = cluster.nodegroups[asked["nodegroupName"]]
    keep(group, "update_config", asked.get("updateConfig") or {"maxUnavailable": 1})
    keep(group, "node_repair_config", asked.get("nodeRepairConfig"))
    keep(group, "remote_access", asked.get("remoteAccess"))
    group.ami_type = asked.get("amiType") or "AL2023_x86_64_STANDARD"
    group.version = asked.get("version") or cluster.version
    admit_nodes(self, cluster, group.node_role, "EC2_WINDOWS" if "WINDOWS" in group.ami_type else "EC2_LINUX")
    group.release_version = asked.get("releaseVersion") or f"{group.version}.1-20251108"
    return answer


@corrects(
    EKSResponse.create_fargate_profile,
    why="moto lets the role of a profile's pods into no cluster; EKS makes an access entry for it.",
)
def create_fargate_profile(original: Method, self: EKSResponse) -> ActionResult:
    answer = original(self)
    asked = asked_of(self)
    admit_nodes(self, cluster_of(self, asked["clusterName"]), asked["podExecutionRoleArn"], "FARGATE_LINUX")
    return answer


@corrects(EKSResponse.update_nodegroup_config, why="moto does not remember the update; EKS does.")
def update_nodegroup_config(original: Method, self: EKSResponse) -> ActionResult:
    original(self)
    asked = asked_of(self)
    changed = {name: value for name, value in asked.items() if name not in ("clusterName", "nodegroupName")}
    return ActionResult(updated(cluster_of(self, asked["clusterName"]), "ConfigUpdate", changed))


def runs_pods(cluster: Cluster) -> bool:
    """Whether a cluster has something that runs pods: Auto Mode, a node group, or a Fargate profile."""
    config: dict[str, object] = kept(cluster, "compute_config", {})
    return config.get("enabled") is True or bool(cluster.nodegroups) or bool(cluster.fargate_profiles)


def _merged(before: object, value: object) -> object:
    """A block, with its unnamed fields from the one before."""
    return {**before, **value} if isinstance(before, Mapping) and isinstance(value, Mapping) else value


def _vpc_id(response: EKSResponse, asked: Asked) -> str:
    subnet_ids = (asked.get("resourcesVpcConfig") or {}).get("subnetIds")
    if not subnet_ids:
        raise InvalidParameterException(clusterName=asked["name"], message=NO_SUBNETS)
    try:
        subnets = _ec2(response).describe_subnets(subnet_ids=subnet_ids)
    except InvalidSubnetIdError as error:
        raise InvalidParameterException(clusterName=asked["name"], message=error.message) from error
    return str(subnets[0].vpc_id)


def _ec2(response: EKSResponse) -> EC2Backend:
    backend: EC2Backend = ec2_backends[response.current_account][response.region]
    return backend


def _authority() -> str:
    """A certificate of Kubernetes's own, in PEM and base64; moto's is neither."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kubernetes")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now(), now() + CA_LIFE)
    certificate = made.sign(key, hashes.SHA256())
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.PEM)).decode()


def _id() -> str:
    return secrets.token_hex(16).upper()
