"""Updates of clusters and node groups: versions, and a key for the secrets."""

from moto.eks.exceptions import InvalidParameterException
from moto.eks.responses import EKSResponse

from slipway_sandbox.corrections._decorator import adds
from slipway_sandbox.corrections.eks import control_planes
from slipway_sandbox.corrections.eks._calls import (
    Answer,
    Asked,
    answered,
    chosen,
    cluster_of,
    found_in,
    updated,
    updates,
)

WHY = "moto has no updates of versions; EKS has, and remembers each."


@adds(EKSResponse, why=WHY)
@answered
def update_nodegroup_version(response: EKSResponse, asked: Asked) -> Answer:
    """A newer version, release or launch template."""
    cluster = cluster_of(response, asked["clusterName"])
    group = response.eks_backend.describe_nodegroup(cluster.name, asked["nodegroupName"])
    if template := asked.get("launchTemplate"):
        group.launch_template = {**(group.launch_template or {}), **template}
    else:
        group.version = asked.get("version") or cluster.version
        group.release_version = asked.get("releaseVersion") or f"{group.version}.1-20251108"
    return updated(cluster, "VersionUpdate", chosen(asked, ("version", "releaseVersion")))


@adds(EKSResponse, why=WHY)
@answered
def update_cluster_version(response: EKSResponse, asked: Asked) -> Answer:
    """The next minor version of Kubernetes, and no other."""
    cluster = cluster_of(response, asked["name"])
    before, after = (int(version.partition(".")[2]) for version in (cluster.version, asked["version"]))
    if after != before + 1:
        message = f"Unsupported Kubernetes minor version update from {cluster.version} to {asked['version']}"
        raise InvalidParameterException(clusterName=cluster.name, message=message)
    planes = control_planes.attached()
    if planes and planes.has(cluster.arn):
        message = control_planes.other_version(asked["version"])
        raise InvalidParameterException(clusterName=cluster.name, message=message)
    cluster.version = asked["version"]
    return updated(cluster, "VersionUpdate", {"version": asked["version"]})


@adds(EKSResponse, why="moto has no key for the secrets of an existing cluster; EKS has.")
@answered
def associate_encryption_config(response: EKSResponse, asked: Asked) -> Answer:
    """A key for the secrets of a cluster, for good."""
    cluster = cluster_of(response, asked["clusterName"])
    cluster.encryption_config = [dict(each) for each in asked["encryptionConfig"]]
    return updated(cluster, "AssociateEncryptionConfig", {"encryptionConfig": asked["encryptionConfig"]})


@adds(EKSResponse, why=WHY)
@answered
def describe_update(response: EKSResponse, asked: Asked) -> Answer:
    """One update of a cluster or its parts."""
    cluster = cluster_of(response, asked["name"])
    message = f"No update found for ID: {asked['updateId']}"
    return {"update": found_in(updates(cluster), asked["updateId"], cluster, message)}


@adds(EKSResponse, why=WHY)
@answered
def list_updates(response: EKSResponse, asked: Asked) -> Answer:
    """All updates of a cluster, newest first."""
    return {"updateIds": list(reversed(updates(cluster_of(response, asked["name"]))))}
