"""Clusters, node groups and tags of EKS: what moto drops of them or answers otherwise."""

import base64
import secrets
from datetime import timedelta
from functools import wraps
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from slipway_sandbox.corrections.eks import (
    NETWORK,
    OPEN,
    SETTINGS,
    VERSION,
    cluster_of,
    found_in,
    given,
    kept,
    now,
    result,
    updated,
)

CA_LIFE = timedelta(days=3650)


def install(own: Any) -> None:
    """Wraps moto's methods in its EKSResponse."""
    for around in AROUND:
        setattr(own, around.__name__, _wrapped(getattr(own, around.__name__), around))


def _wrapped(method: Any, around: Any) -> Any:
    @wraps(method)
    def wrapper(response: Any) -> Any:
        return around(response, given(response), method)

    return wrapper


def create_cluster(response: Any, asked: dict[str, Any], create: Any) -> Any:
    """moto drops a third of what is asked for, and the security group that EKS makes."""
    vpc_id = _vpc_id(response, asked)
    answer = create(response)
    cluster = cluster_of(response, asked["name"])
    group = _ec2(response).create_security_group(
        f"eks-cluster-sg-{cluster.name}-{secrets.randbelow(10**9)}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any "
        "managed workloads.",
        vpc_id,
    )
    defaults = {
        "accessConfig": {"authenticationMode": "CONFIG_MAP"},
        "deletionProtection": False,
        "kubernetesNetworkConfig": NETWORK,
        "resourcesVpcConfig": {**OPEN, "securityGroupIds": [], "vpcId": vpc_id, "clusterSecurityGroupId": group.id},
        "upgradePolicy": {"supportType": "EXTENDED"},
    }
    for member, attribute in SETTINGS.items():
        default = defaults.get(member)
        value = {**default, **asked.get(member, {})} if isinstance(default, dict) else asked.get(member, default)
        if value is not None:
            setattr(cluster, attribute, value)
    cluster.version = asked.get("version") or VERSION
    cluster.certificate_authority = {"data": _authority()}
    cluster.identity = {"oidc": {"issuer": f"https://oidc.eks.{response.region}.amazonaws.com/id/{_id()}"}}
    cluster.endpoint = f"https://{_id()}.gr7.{response.region}.eks.amazonaws.com"
    return answer


def delete_cluster(response: Any, asked: dict[str, Any], delete: Any) -> Any:
    """moto does not know deletion protection; the cluster's security group goes with it."""
    from moto.eks.exceptions import InvalidRequestException  # noqa: PLC0415

    cluster = cluster_of(response, asked["name"])
    if cluster.deletion_protection:
        raise InvalidRequestException(message="Cannot delete cluster because deletion protection is enabled")
    answer = delete(response)
    _ec2(response).delete_security_group(group_id=cluster.resources_vpc_config["clusterSecurityGroupId"])
    return answer


def update_cluster_config(response: Any, asked: dict[str, Any], _: Any) -> Any:
    """moto forgets what is not said again, drops half, and answers with the cluster in place of the update."""
    cluster = cluster_of(response, asked["name"])
    changed = {member: asked[member] for member in SETTINGS if member in asked}
    for member, value in changed.items():
        before: Any = getattr(cluster, SETTINGS[member], None)
        is_block = isinstance(before, dict) and isinstance(value, dict) and member != "logging"
        setattr(cluster, SETTINGS[member], {**before, **value} if is_block else value)
    return result(updated(cluster, "ConfigUpdate", changed))


def create_nodegroup(response: Any, asked: dict[str, Any], create: Any) -> Any:
    """moto drops how to update and repair, and makes up a key pair and an old version."""
    answer = create(response)
    cluster = cluster_of(response, asked["clusterName"])
    group = cluster.nodegroups[asked["nodegroupName"]]
    group.update_config = asked.get("updateConfig") or {"maxUnavailable": 1}
    group.node_repair_config = asked.get("nodeRepairConfig")
    group.remote_access = asked.get("remoteAccess")
    group.ami_type = asked.get("amiType") or "AL2023_x86_64_STANDARD"
    group.version = asked.get("version") or cluster.version
    group.release_version = asked.get("releaseVersion") or f"{group.version}.1-20251108"
    return answer


def update_nodegroup_config(response: Any, asked: dict[str, Any], update: Any) -> Any:
    """moto does not remember the update."""
    update(response)
    changed = {name: value for name, value in asked.items() if name not in ("clusterName", "nodegroupName")}
    return result(updated(cluster_of(response, asked["clusterName"]), "ConfigUpdate", changed))


def update_nodegroup_version(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """A newer version, release or launch template."""
    cluster = cluster_of(response, asked["clusterName"])
    group = response.eks_backend.describe_nodegroup(cluster.name, asked["nodegroupName"])
    if template := asked.get("launchTemplate"):
        group.launch_template = {**(group.launch_template or {}), **template}
    else:
        group.version = asked.get("version") or cluster.version
        group.release_version = asked.get("releaseVersion") or f"{group.version}.1-20251108"
    return updated(
        cluster, "VersionUpdate", {name: asked[name] for name in ("version", "releaseVersion") if name in asked}
    )


def update_cluster_version(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """The next minor version of Kubernetes, and no other."""
    from moto.eks.exceptions import InvalidParameterException  # noqa: PLC0415

    cluster = cluster_of(response, asked["name"])
    before, after = (int(version.partition(".")[2]) for version in (cluster.version, asked["version"]))
    if after != before + 1:
        message = f"Unsupported Kubernetes minor version update from {cluster.version} to {asked['version']}"
        raise InvalidParameterException(clusterName=cluster.name, message=message)
    cluster.version = asked["version"]
    return updated(cluster, "VersionUpdate", {"version": asked["version"]})


def associate_encryption_config(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """A key for the secrets of a cluster, for good."""
    cluster = cluster_of(response, asked["clusterName"])
    cluster.encryption_config = asked["encryptionConfig"]
    return updated(cluster, "AssociateEncryptionConfig", {"encryptionConfig": asked["encryptionConfig"]})


def describe_update(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """One update of a cluster or of what is in it."""
    message = f"No update found for ID: {asked['updateId']}"
    return {"update": found_in(cluster_of(response, asked["name"]), "updates", asked["updateId"], message)}


def list_updates(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """All updates of a cluster, newest first."""
    return {"updateIds": list(reversed(kept(cluster_of(response, asked["name"]), "updates")))}


def tag_resource(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Tags on anything that has an ARN; moto only has them on clusters."""
    _tags(response, asked["resourceArn"]).update(asked["tags"])
    return {}


def untag_resource(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Takes tags away."""
    for key in asked["tagKeys"]:
        _tags(response, asked["resourceArn"]).pop(key, None)
    return {}


def list_tags_for_resource(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """The tags of anything that has an ARN."""
    return {"tags": _tags(response, asked["resourceArn"])}


def _tags(response: Any, arn: str) -> dict[str, str]:
    from moto.eks.exceptions import ResourceNotFoundException  # noqa: PLC0415

    for cluster in response.eks_backend.clusters.values():
        tagged = [(cluster.arn, cluster)]
        tagged += [(each.arn, each) for each in cluster.nodegroups.values()]
        tagged += [(each.fargate_profile_arn, each) for each in cluster.fargate_profiles.values()]
        for own, resource in tagged:
            if own == arn:
                found: dict[str, str] = resource.tags
                return found
        for kind, member in (
            ("addons", "addonArn"),
            ("access_entries", "accessEntryArn"),
            ("pod_identities", "associationArn"),
        ):
            for record in kept(cluster, kind).values():
                if record[member] == arn:
                    return dict.setdefault(record, "tags", {})
    raise ResourceNotFoundException(message="Resource was not found")


def _vpc_id(response: Any, asked: dict[str, Any]) -> str:
    from moto.ec2.exceptions import InvalidSubnetIdError  # noqa: PLC0415
    from moto.eks.exceptions import InvalidParameterException  # noqa: PLC0415

    try:
        subnets = _ec2(response).describe_subnets(subnet_ids=asked["resourcesVpcConfig"]["subnetIds"])
    except InvalidSubnetIdError as error:
        raise InvalidParameterException(clusterName=asked["name"], message=error.message) from error
    return str(subnets[0].vpc_id)


def _ec2(response: Any) -> Any:
    from moto.ec2.models import ec2_backends  # noqa: PLC0415

    return ec2_backends[response.current_account][response.region]


def _authority() -> str:
    """A certificate of Kubernetes's own, in PEM and base64; moto's is neither."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kubernetes")]),
    )
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now(), now() + CA_LIFE)
    certificate = made.sign(key, hashes.SHA256())
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.PEM)).decode()


def _id() -> str:
    return secrets.token_hex(16).upper()


AROUND = (create_cluster, delete_cluster, update_cluster_config, create_nodegroup, update_nodegroup_config)
OPERATIONS = (
    associate_encryption_config,
    update_cluster_version,
    update_nodegroup_version,
    describe_update,
    list_updates,
    tag_resource,
    untag_resource,
    list_tags_for_resource,
)
