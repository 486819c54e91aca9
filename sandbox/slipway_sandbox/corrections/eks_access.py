"""Access entries of EKS and the policies tied to them, which moto does not have."""

from typing import Any

from slipway_sandbox.corrections.eks import ACCESS_MODES, ACCESS_POLICY, arn, cluster_of, found_in, kept, now

MODE = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."
MISSING = "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'."
NODES = {"EC2_LINUX": ["system:nodes"], "EC2_WINDOWS": ["system:nodes", "eks:kube-proxy-windows"]}
NODES |= {"FARGATE_LINUX": ["system:bootstrappers", "system:nodes", "system:node-proxier"]}


def create_access_entry(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Lets a principal into a cluster."""
    from moto.eks.exceptions import ResourceInUseException  # noqa: PLC0415

    cluster, principal = _open(response, asked), asked["principalArn"]
    if principal in kept(cluster, "access_entries"):
        message = "The specified access entry resource is already in use on this cluster."
        raise ResourceInUseException(clusterName=cluster.name, message=message)
    kind, name = asked.get("type") or "STANDARD", principal.rpartition("/")[2]
    session = f"arn:aws:sts::{response.current_account}:assumed-role/{name}/{{{{SessionName}}}}"
    usual = "system:node:{{EC2PrivateDNSName}}" if kind in NODES else session if ":role/" in principal else principal
    entry = {
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
    kept(cluster, "access_entries")[principal] = entry
    kept(cluster, "access_policies")[principal] = {}
    return {"accessEntry": entry}


def _path(principal: str) -> str:
    _, _, _, _, account, resource = principal.split(":", 5)
    kind, _, name = resource.partition("/")
    return f"{kind}/{account}/{name.rpartition('/')[2]}"


def describe_access_entry(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """One entry of a cluster."""
    return {"accessEntry": _entry(response, asked)[1]}


def list_access_entries(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """The principals that a cluster lets in, all or those with a policy."""
    cluster, policy = _open(response, asked), asked.get("associatedPolicyArn")
    policies = kept(cluster, "access_policies")
    return {
        "accessEntries": [each for each in kept(cluster, "access_entries") if not policy or policy in policies[each]]
    }


def update_access_entry(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Changes the groups or the user that a principal is in Kubernetes."""
    entry = _entry(response, asked)[1]
    entry.update({name: asked[name] for name in ("kubernetesGroups", "username") if name in asked}, modifiedAt=now())
    return {"accessEntry": entry}


def delete_access_entry(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Shuts a principal out, and unties its policies."""
    cluster, entry = _entry(response, asked)
    del kept(cluster, "access_entries")[entry["principalArn"]], kept(cluster, "access_policies")[entry["principalArn"]]
    return {}


def associate_access_policy(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Gives a principal the permissions of a policy, in the cluster or in namespaces; again: in others."""
    from moto.eks.exceptions import InvalidParameterException  # noqa: PLC0415

    cluster, entry = _entry(response, asked)
    if not asked["policyArn"].startswith(ACCESS_POLICY):
        raise InvalidParameterException(clusterName=cluster.name, message="The policyArn parameter format is not valid")
    policies = kept(cluster, "access_policies")[entry["principalArn"]]
    before = policies.get(asked["policyArn"], {})
    policies[asked["policyArn"]] = {
        "policyArn": asked["policyArn"],
        "accessScope": {"namespaces": [], **asked["accessScope"]},
        "associatedAt": before.get("associatedAt", now()),
        "modifiedAt": now(),
    }
    names = {"clusterName": cluster.name, "principalArn": entry["principalArn"]}
    return {**names, "associatedAccessPolicy": policies[asked["policyArn"]]}


def disassociate_access_policy(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Takes a policy from a principal."""
    cluster, entry = _entry(response, asked)
    kept(cluster, "access_policies")[entry["principalArn"]].pop(asked["policyArn"], None)
    return {}


def list_associated_access_policies(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """The policies of a principal."""
    cluster, entry = _entry(response, asked)
    found = kept(cluster, "access_policies")[entry["principalArn"]]
    names = {"clusterName": cluster.name, "principalArn": entry["principalArn"]}
    return {**names, "associatedAccessPolicies": list(found.values())}


def _open(response: Any, asked: dict[str, Any]) -> Any:
    from moto.eks.exceptions import InvalidRequestException  # noqa: PLC0415

    cluster = cluster_of(response, asked["clusterName"])
    if cluster.access_config["authenticationMode"] not in ACCESS_MODES:
        raise InvalidRequestException(clusterName=cluster.name, message=MODE)
    return cluster


def _entry(response: Any, asked: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    cluster = _open(response, asked)
    return cluster, found_in(cluster, "access_entries", asked["principalArn"], MISSING)


OPERATIONS = (
    create_access_entry,
    describe_access_entry,
    list_access_entries,
    update_access_entry,
    delete_access_entry,
    associate_access_policy,
    disassociate_access_policy,
    list_associated_access_policies,
)
