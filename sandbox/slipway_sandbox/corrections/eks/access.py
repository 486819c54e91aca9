"""Access entries and the policies tied to them."""

import re

from moto.eks.exceptions import InvalidParameterException, InvalidRequestException, ResourceInUseException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse
from moto.sts.models import sts_backends

from slipway_sandbox.corrections._decorator import adds
from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections.eks._calls import (
    AccessEntry,
    AccessPolicy,
    Answer,
    Asked,
    access_entries,
    access_policies,
    answered,
    arn,
    cluster_of,
    found_in,
    now,
)

WHY = "moto has no access entries; EKS lets principals into a cluster by them."
SESSION = re.compile(r"arn:[\w-]+:sts::\d+:assumed-role/(.+)/[^/]+")
MODES = ("API", "API_AND_CONFIG_MAP")
POLICY = "arn:aws:eks::aws:cluster-access-policy/"

MODE = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."
MISSING = "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'."
NODES = {"EC2_LINUX": ["system:nodes"], "EC2_WINDOWS": ["system:nodes", "eks:kube-proxy-windows"]}
NODES |= {"FARGATE_LINUX": ["system:bootstrappers", "system:nodes", "system:node-proxier"]}


@adds(EKSResponse, why=WHY)
@answered
def create_access_entry(response: EKSResponse, asked: Asked) -> Answer:
    """Lets a principal into a cluster."""
    cluster, principal = _open(response, asked), asked["principalArn"]
    if principal in access_entries(cluster):
        message = "The specified access entry resource is already in use on this cluster."
        raise ResourceInUseException(clusterName=cluster.name, message=message)
    return {"accessEntry": _enter(response, cluster, principal, asked)}


def caller_arn(response: EKSResponse) -> str:
    """ARN of the user or role that makes a call."""
    backend = sts_backends[response.current_account][response.partition]
    _, arn, account = backend.get_caller_identity(response.get_access_key(), response.region)
    session = SESSION.fullmatch(arn)
    return f"arn:{response.partition}:iam::{account}:role/{session[1]}" if session else arn


def creator_of(cluster: Cluster) -> str:
    """ARN of the creator, who is the administrator of a cluster without access entries; empty for any other cluster."""
    return "" if uses_entries(cluster) or not lets_creator_in(cluster) else kept(cluster, "creator_arn", "")


def entry_of(cluster: Cluster, principal_arn: str) -> AccessEntry | None:
    """A principal's entry; None without one."""
    return access_entries(cluster).get(principal_arn) if uses_entries(cluster) else None


def policies_of(cluster: Cluster, principal_arn: str) -> list[AccessPolicy]:
    """The access policies of a principal."""
    return list(access_policies(cluster).get(principal_arn, {}).values()) if uses_entries(cluster) else []


def admit_creator(response: EKSResponse, cluster: Cluster) -> None:
    """The entry that EKS makes along with a cluster, for the caller as its administrator."""
    principal = caller_arn(response)
    _enter(response, cluster, principal, {})
    policy: AccessPolicy = {
        "policyArn": f"{POLICY}AmazonEKSClusterAdminPolicy",
        "accessScope": {"type": "cluster", "namespaces": []},
        "associatedAt": now(),
        "modifiedAt": now(),
    }
    access_policies(cluster)[principal][policy["policyArn"]] = policy


def admit_nodes(response: EKSResponse, cluster: Cluster, role_arn: str, kind: str) -> None:
    """The entry that EKS makes along with a node group or a Fargate profile, for its role."""
    if uses_entries(cluster) and role_arn not in access_entries(cluster):
        _enter(response, cluster, role_arn, {"type": kind})


def uses_entries(cluster: Cluster) -> bool:
    """Whether the authentication mode of a cluster has access entries."""
    config: dict[str, object] = kept(cluster, "access_config", {})
    return config.get("authenticationMode") in MODES


def lets_creator_in(cluster: Cluster) -> bool:
    """Whether the creator of a cluster becomes its administrator; it does unless that was switched off."""
    config: dict[str, object] = kept(cluster, "access_config", {})
    return config.get("bootstrapClusterCreatorAdminPermissions") is not False


def _enter(response: EKSResponse, cluster: Cluster, principal: str, asked: Asked) -> AccessEntry:
    kind, name = asked.get("type") or "STANDARD", principal.rpartition("/")[2]
    session = f"arn:aws:sts::{response.current_account}:assumed-role/{name}/{{{{SessionName}}}}"
    usual = "system:node:{{EC2PrivateDNSName}}" if kind in NODES else session if ":role/" in principal else principal
    entry: AccessEntry = {
        "clusterName": cluster.name,
        "principalArn": principal,
        "kubernetesGroups": asked.get("kubernetesGroups") or NODES.get(kind, []),
        "accessEntryArn": arn(response, "access-entry", f"{cluster.name}/{_path(principal)}"),
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": asked.get("tags", {}),
        "username": asked.get("username") or usual,
        "type": kind,
    }
    access_entries(cluster)[principal] = entry
    access_policies(cluster)[principal] = {}
    return entry


def _path(principal: str) -> str:
    _, _, _, _, account, resource = principal.split(":", 5)
    kind, _, name = resource.partition("/")
    return f"{kind}/{account}/{name.rpartition('/')[2]}"


@adds(EKSResponse, why=WHY)
@answered
def describe_access_entry(response: EKSResponse, asked: Asked) -> Answer:
    """One entry of a cluster."""
    return {"accessEntry": _entry(response, asked)[1]}


@adds(EKSResponse, why=WHY)
@answered
def list_access_entries(response: EKSResponse, asked: Asked) -> Answer:
    """The principals of a cluster, all or those with a policy."""
    cluster, policy = _open(response, asked), asked.get("associatedPolicyArn")
    policies = access_policies(cluster)
    return {"accessEntries": [each for each in access_entries(cluster) if not policy or policy in policies[each]]}


@adds(EKSResponse, why=WHY)
@answered
def update_access_entry(response: EKSResponse, asked: Asked) -> Answer:
    """Changes a principal's groups or user in Kubernetes."""
    entry = _entry(response, asked)[1]
    entry["kubernetesGroups"] = asked.get("kubernetesGroups", entry["kubernetesGroups"])
    entry["username"] = asked.get("username", entry["username"])
    entry["modifiedAt"] = now()
    return {"accessEntry": entry}


@adds(EKSResponse, why=WHY)
@answered
def delete_access_entry(response: EKSResponse, asked: Asked) -> Answer:
    """Shuts a principal out, and unties its policies."""
    cluster, entry = _entry(response, asked)
    del access_entries(cluster)[entry["principalArn"]], access_policies(cluster)[entry["principalArn"]]
    return {}


@adds(EKSResponse, why=WHY)
@answered
def associate_access_policy(response: EKSResponse, asked: Asked) -> Answer:
    """Gives a principal the permissions of a policy, in the cluster or in namespaces; again: in others."""
    cluster, entry = _entry(response, asked)
    if not asked["policyArn"].startswith(POLICY):
        raise InvalidParameterException(clusterName=cluster.name, message="The policyArn parameter format is not valid")
    policies = access_policies(cluster)[entry["principalArn"]]
    before = policies.get(asked["policyArn"])
    policy: AccessPolicy = {
        "policyArn": asked["policyArn"],
        "accessScope": {"namespaces": [], **asked["accessScope"]},
        "associatedAt": before["associatedAt"] if before else now(),
        "modifiedAt": now(),
    }
    policies[asked["policyArn"]] = policy
    names = {"clusterName": cluster.name, "principalArn": entry["principalArn"]}
    return {**names, "associatedAccessPolicy": policy}


@adds(EKSResponse, why=WHY)
@answered
def disassociate_access_policy(response: EKSResponse, asked: Asked) -> Answer:
    """Takes a policy from a principal."""
    cluster, entry = _entry(response, asked)
    access_policies(cluster)[entry["principalArn"]].pop(asked["policyArn"], None)
    return {}


@adds(EKSResponse, why=WHY)
@answered
def list_associated_access_policies(response: EKSResponse, asked: Asked) -> Answer:
    """The policies of a principal."""
    cluster, entry = _entry(response, asked)
    found = access_policies(cluster)[entry["principalArn"]]
    names = {"clusterName": cluster.name, "principalArn": entry["principalArn"]}
    return {**names, "associatedAccessPolicies": list(found.values())}


def _open(response: EKSResponse, asked: Asked) -> Cluster:
    cluster = cluster_of(response, asked["clusterName"])
    if not uses_entries(cluster):
        raise InvalidRequestException(clusterName=cluster.name, message=MODE)
    return cluster


def _entry(response: EKSResponse, asked: Asked) -> tuple[Cluster, AccessEntry]:
    cluster = _open(response, asked)
    return cluster, found_in(access_entries(cluster), asked["principalArn"], cluster, MISSING)
