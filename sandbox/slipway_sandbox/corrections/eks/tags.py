"""Tags on everything with an ARN."""

from moto.core.responses import ActionResult
from moto.eks.exceptions import ResourceNotFoundException
from moto.eks.responses import EKSResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections.eks._calls import access_entries, addons, asked_of, pod_identities

WHY = "moto has tags on clusters only; EKS has them on node groups, Fargate profiles, add-ons, access entries and pod identities, too."


@corrects(EKSResponse.tag_resource, why=WHY)
def tag_resource(_: object, self: EKSResponse) -> ActionResult:
    asked = asked_of(self)
    _tags(self, asked["resourceArn"]).update(asked["tags"])
    return ActionResult({})


@corrects(EKSResponse.untag_resource, why=WHY)
def untag_resource(_: object, self: EKSResponse) -> ActionResult:
    asked = asked_of(self)
    for key in asked["tagKeys"]:
        _tags(self, asked["resourceArn"]).pop(key, None)
    return ActionResult({})


@corrects(EKSResponse.list_tags_for_resource, why=WHY)
def list_tags_for_resource(_: object, self: EKSResponse) -> ActionResult:
    return ActionResult({"tags": _tags(self, asked_of(self)["resourceArn"])})


def _tags(response: EKSResponse, arn: str) -> dict[str, str]:
    """The tags of a resource, to read or to change. Raises ResourceNotFoundException."""
    for cluster in response.eks_backend.clusters.values():
        tagged: list[tuple[str, dict[str, str]]] = [(cluster.arn, cluster.tags)]
        tagged += [(each.arn, each.tags) for each in cluster.nodegroups.values()]
        tagged += [(each.fargate_profile_arn, each.tags) for each in cluster.fargate_profiles.values()]
        tagged += [(each["addonArn"], each["tags"]) for each in addons(cluster).values()]
        tagged += [(each["accessEntryArn"], each["tags"]) for each in access_entries(cluster).values()]
        tagged += [(each["associationArn"], each["tags"]) for each in pod_identities(cluster).values()]
        for own, tags in tagged:
            if own == arn:
                return tags
    raise ResourceNotFoundException(message="Resource was not found")
