"""Pod identity associations: the role of a service account."""

import secrets

from moto.eks.exceptions import ResourceInUseException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

from slipway_sandbox.corrections._decorator import adds
from slipway_sandbox.corrections.eks._calls import (
    Answer,
    Asked,
    PodIdentity,
    PodIdentityRequest,
    answered,
    chosen,
    cluster_of,
    found_in,
    now,
    pod_identities,
)

WHY = "moto has no pod identities; EKS has."
MEMBERS = ("roleArn", "disableSessionTags", "targetRoleArn", "policy")


@adds(EKSResponse, why=WHY)
@answered
def create_pod_identity_association(response: EKSResponse, asked: Asked) -> Answer:
    """Lets a service account take a role."""
    return {"association": associate(response, cluster_of(response, asked["clusterName"]), asked)}


def associate(response: EKSResponse, cluster: Cluster, asked: Asked | PodIdentityRequest) -> PodIdentity:
    """A new association. Raises moto's ResourceInUseException where the service account has one."""
    namespace, account = asked["namespace"], asked["serviceAccount"]
    for each in pod_identities(cluster).values():
        if (each["namespace"], each["serviceAccount"]) == (namespace, account):
            message = f"Association already exists: {each['associationId']}"
            raise ResourceInUseException(clusterName=cluster.name, message=message)
    identifier = f"a-{secrets.token_hex(9)[:17]}"
    owner = f"{response.region}:{response.current_account}"
    association: PodIdentity = {
        "clusterName": cluster.name,
        "namespace": namespace,
        "serviceAccount": account,
        "associationId": identifier,
        "associationArn": f"arn:aws:eks:{owner}:podidentityassociation/{cluster.name}/{identifier}",
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": asked.get("tags", {}),
        "disableSessionTags": False,
    }
    association.update(chosen(asked, MEMBERS))  # type: ignore[typeddict-item] # members of the model
    if "targetRoleArn" in asked:
        association["externalId"] = f"{owner.replace(':', '/')}/{cluster.name}/{namespace}/{account}"
    pod_identities(cluster)[identifier] = association
    return association


@adds(EKSResponse, why=WHY)
@answered
def describe_pod_identity_association(response: EKSResponse, asked: Asked) -> Answer:
    """One association of a cluster."""
    return {"association": _found(response, asked)[1]}


@adds(EKSResponse, why=WHY)
@answered
def list_pod_identity_associations(response: EKSResponse, asked: Asked) -> Answer:
    """The associations of a cluster, of a namespace or of a service account."""
    every = pod_identities(cluster_of(response, asked["clusterName"])).values()
    found = [
        each
        for each in every
        if asked.get("namespace", each["namespace"]) == each["namespace"]
        and asked.get("serviceAccount", each["serviceAccount"]) == each["serviceAccount"]
    ]
    return {"associations": found}


@adds(EKSResponse, why=WHY)
@answered
def update_pod_identity_association(response: EKSResponse, asked: Asked) -> Answer:
    """Changes the role of an association."""
    association = _found(response, asked)[1]
    association.update(chosen(asked, MEMBERS))  # type: ignore[typeddict-item] # members of the model
    association["modifiedAt"] = now()
    return {"association": association}


@adds(EKSResponse, why=WHY)
@answered
def delete_pod_identity_association(response: EKSResponse, asked: Asked) -> Answer:
    """Takes the role from the service account."""
    cluster, association = _found(response, asked)
    return {"association": pod_identities(cluster).pop(association["associationId"])}


def _found(response: EKSResponse, asked: Asked) -> tuple[Cluster, PodIdentity]:
    cluster, identifier = cluster_of(response, asked["clusterName"]), asked["associationId"]
    return cluster, found_in(
        pod_identities(cluster), identifier, cluster, f"No association found with ID: {identifier}"
    )
