"""Add-ons and pod identity associations of EKS, which moto does not have."""

import secrets
from typing import Any

from slipway_sandbox.corrections.eks import ADDON_VERSION, arn, cluster_of, found_in, kept, now, updated

ADDON = ["addonVersion", "serviceAccountRoleArn", "configurationValues", "namespaceConfig"]
IDENTITY = ["roleArn", "disableSessionTags", "targetRoleArn", "policy"]


def create_addon(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Installs an add-on, at once."""
    from moto.eks.exceptions import ResourceInUseException  # noqa: PLC0415

    cluster, name = cluster_of(response, asked["clusterName"]), asked["addonName"]
    if name in kept(cluster, "addons"):
        raise ResourceInUseException(clusterName=cluster.name, addonName=name, message="Addon already exists.")
    addon = {
        "addonName": name,
        "clusterName": cluster.name,
        "status": "ACTIVE",
        "addonVersion": ADDON_VERSION,
        "addonArn": arn(response, "addon", f"{cluster.name}/{name}"),
        "health": {"issues": []},
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": asked.get("tags", {}),
        **{member: asked[member] for member in ADDON if member in asked},
    }
    kept(cluster, "addons")[name] = addon
    _identities_of_addon(response, cluster, addon, asked.get("podIdentityAssociations") or [])
    return {"addon": addon}


def describe_addon(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """One add-on of a cluster."""
    return {"addon": _addon(response, asked)[1]}


def list_addons(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """The names of a cluster's add-ons."""
    return {"addons": sorted(kept(cluster_of(response, asked["clusterName"]), "addons"))}


def update_addon(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Changes version, role, configuration or pod identities of an add-on."""
    cluster, addon = _addon(response, asked)
    changed = {member: asked[member] for member in ADDON if member in asked}
    addon.update(changed, modifiedAt=now())
    if "podIdentityAssociations" in asked:
        _identities_of_addon(response, cluster, addon, asked["podIdentityAssociations"])
    return updated(cluster, "AddonUpdate", changed)


def delete_addon(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Removes an add-on and the pod identities that it has."""
    cluster, addon = _addon(response, asked)
    _identities_of_addon(response, cluster, addon, [])
    return {"addon": kept(cluster, "addons").pop(addon["addonName"])}


def _addon(response: Any, asked: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    cluster, name = cluster_of(response, asked["clusterName"]), asked["addonName"]
    return cluster, found_in(cluster, "addons", name, f"No addon: {name} found in cluster: {cluster.name}")


def _identities_of_addon(response: Any, cluster: Any, addon: dict[str, Any], asked: list[dict[str, Any]]) -> None:
    identities = kept(cluster, "pod_identities")
    for key in [key for key, each in identities.items() if each.get("ownerArn") == addon["addonArn"]]:
        del identities[key]
    made = [_identity(response, cluster, {"namespace": "kube-system", **each}) for each in asked]
    for identity in made:
        identity["ownerArn"] = addon["addonArn"]
    addon["podIdentityAssociations"] = [identity["associationArn"] for identity in made]


def create_pod_identity_association(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Lets a service account take a role."""
    return {"association": _identity(response, cluster_of(response, asked["clusterName"]), asked)}


def _identity(response: Any, cluster: Any, asked: dict[str, Any]) -> dict[str, Any]:
    from moto.eks.exceptions import ResourceInUseException  # noqa: PLC0415

    key = (asked["namespace"], asked["serviceAccount"])
    for each in kept(cluster, "pod_identities").values():
        if (each["namespace"], each["serviceAccount"]) == key:
            message = f"Association already exists: {each['associationId']}"
            raise ResourceInUseException(clusterName=cluster.name, message=message)
    identifier = f"a-{secrets.token_hex(9)[:17]}"
    association = {
        "clusterName": cluster.name,
        "namespace": asked["namespace"],
        "serviceAccount": asked["serviceAccount"],
        "associationId": identifier,
        "associationArn": f"arn:aws:eks:{response.region}:{response.current_account}:podidentityassociation/"
        f"{cluster.name}/{identifier}",
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": asked.get("tags", {}),
        "disableSessionTags": False,
        **{member: asked[member] for member in IDENTITY if member in asked},
    }
    if "targetRoleArn" in asked:
        association["externalId"] = f"{response.region}/{response.current_account}/{cluster.name}/{'/'.join(key)}"
    kept(cluster, "pod_identities")[identifier] = association
    return association


def describe_pod_identity_association(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """One association of a cluster."""
    return {"association": _found(response, asked)[1]}


def list_pod_identity_associations(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """The associations of a cluster, of a namespace or of a service account."""
    wanted = {name: asked[name] for name in ("namespace", "serviceAccount") if name in asked}
    every = kept(cluster_of(response, asked["clusterName"]), "pod_identities").values()
    return {"associations": [each for each in every if all(each[name] == value for name, value in wanted.items())]}


def update_pod_identity_association(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Changes the role of an association."""
    association = _found(response, asked)[1]
    association.update({member: asked[member] for member in IDENTITY if member in asked}, modifiedAt=now())
    return {"association": association}


def delete_pod_identity_association(response: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Takes the role from the service account."""
    cluster, association = _found(response, asked)
    return {"association": kept(cluster, "pod_identities").pop(association["associationId"])}


def _found(response: Any, asked: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    cluster, identifier = cluster_of(response, asked["clusterName"]), asked["associationId"]
    return cluster, found_in(cluster, "pod_identities", identifier, f"No association found with ID: {identifier}")


OPERATIONS = (
    create_addon,
    describe_addon,
    list_addons,
    update_addon,
    delete_addon,
    create_pod_identity_association,
    describe_pod_identity_association,
    list_pod_identity_associations,
    update_pod_identity_association,
    delete_pod_identity_association,
)
