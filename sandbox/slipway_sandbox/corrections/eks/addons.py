"""Add-ons, with their pod identities."""

from collections.abc import Sequence

from moto.eks.exceptions import ResourceInUseException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

from slipway_sandbox.corrections._decorator import adds
from slipway_sandbox.corrections.eks._calls import (
    Addon,
    Answer,
    Asked,
    PodIdentityRequest,
    addons,
    answered,
    arn,
    chosen,
    cluster_of,
    found_in,
    now,
    pod_identities,
    updated,
)
from slipway_sandbox.corrections.eks.pod_identities import associate

WHY = "moto has no add-ons; EKS has."
VERSION = "v1.0.0-eksbuild.1"  # made up, of an add-on for which none is asked for
MEMBERS = ("addonVersion", "serviceAccountRoleArn", "configurationValues", "namespaceConfig")


@adds(EKSResponse, why=WHY)
@answered
def create_addon(response: EKSResponse, asked: Asked) -> Answer:
    """Installs an add-on, at once."""
    cluster, name = cluster_of(response, asked["clusterName"]), asked["addonName"]
    if name in addons(cluster):
        raise ResourceInUseException(clusterName=cluster.name, addonName=name, message="Addon already exists.")
    addon: Addon = {
        "addonName": name,
        "clusterName": cluster.name,
        "status": "ACTIVE",
        "addonVersion": VERSION,
        "addonArn": arn(response, "addon", f"{cluster.name}/{name}"),
        "health": {"issues": []},
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": asked.get("tags", {}),
    }
    addon.update(chosen(asked, MEMBERS))  # type: ignore[typeddict-item] # members of the model
    addons(cluster)[name] = addon
    _identities_of_addon(response, cluster, addon, asked.get("podIdentityAssociations") or [])
    return {"addon": addon}


@adds(EKSResponse, why=WHY)
@answered
def describe_addon(response: EKSResponse, asked: Asked) -> Answer:
    """One add-on of a cluster."""
    return {"addon": _addon(response, asked)[1]}


@adds(EKSResponse, why=WHY)
@answered
def list_addons(response: EKSResponse, asked: Asked) -> Answer:
    """The names of a cluster's add-ons."""
    return {"addons": sorted(addons(cluster_of(response, asked["clusterName"])))}


@adds(EKSResponse, why=WHY)
@answered
def update_addon(response: EKSResponse, asked: Asked) -> Answer:
    """Changes version, role, configuration or pod identities of an add-on."""
    cluster, addon = _addon(response, asked)
    changed = chosen(asked, MEMBERS)
    addon.update(changed)  # type: ignore[typeddict-item] # members of the model
    addon["modifiedAt"] = now()
    if "podIdentityAssociations" in asked:
        _identities_of_addon(response, cluster, addon, asked["podIdentityAssociations"])
    return updated(cluster, "AddonUpdate", changed)


@adds(EKSResponse, why=WHY)
@answered
def delete_addon(response: EKSResponse, asked: Asked) -> Answer:
    """Removes an add-on and its pod identities."""
    cluster, addon = _addon(response, asked)
    _identities_of_addon(response, cluster, addon, [])
    return {"addon": addons(cluster).pop(addon["addonName"])}


def _addon(response: EKSResponse, asked: Asked) -> tuple[Cluster, Addon]:
    cluster, name = cluster_of(response, asked["clusterName"]), asked["addonName"]
    return cluster, found_in(addons(cluster), name, cluster, f"No addon: {name} found in cluster: {cluster.name}")


def _identities_of_addon(
    response: EKSResponse, cluster: Cluster, addon: Addon, asked: Sequence[PodIdentityRequest]
) -> None:
    identities = pod_identities(cluster)
    for key in [key for key, each in identities.items() if each.get("ownerArn") == addon["addonArn"]]:
        del identities[key]
    made = [associate(response, cluster, {"namespace": "kube-system", **each}) for each in asked]
    for identity in made:
        identity["ownerArn"] = addon["addonArn"]
    addon["podIdentityAssociations"] = [identity["associationArn"] for identity in made]
