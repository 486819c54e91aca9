"""Add-ons of a cluster, and the roles of its service accounts."""

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.services.eks.common import NAME, tags

ADDON = {**NAME, "addonName": "{addonName}"}
IDENTITY = {**NAME, "associationId": "{id}"}

RESOURCES = (
    Resource(
        "aws:eks/addon:Addon",
        "eks",
        create=Call("create_addon", {"resolveConflicts": "{resolveConflictsOnCreate}"}, reply="addon"),
        id="{clusterName}:{addonName}",
        read=(Call("describe_addon", ADDON, reply="addon"),),
        updates=(
            Update(
                "addonVersion configurationValues podIdentityAssociations serviceAccountRoleArn",
                Call("update_addon", {**ADDON, "resolveConflicts": "{resolveConflictsOnUpdate}"}),
            ),
        ),
        delete=Call("delete_addon", {**ADDON, "preserve": "{preserve}"}),
        tags=tags("arn"),
        names={"arn": "addonArn"},
        reads={"podIdentityAssociations": "`null`"},  # EKS answers their ARNs only
        echoed="preserve resolveConflictsOnCreate resolveConflictsOnUpdate",
        immutable={"an add-on belongs to one cluster": "addonName clusterName namespaceConfig"},
    ),
    Resource(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "eks",
        create=Call("create_pod_identity_association", reply="association"),
        id="associationId",
        import_pattern="(?P<clusterName>[^,]+),(?P<associationId>.+)",
        read=(
            Call(
                "describe_pod_identity_association",
                {**NAME, "associationId": lambda scope: scope.get("associationId") or scope.id},
                reply="association",
            ),
        ),
        updates=(
            Update(
                "roleArn disableSessionTags targetRoleArn policy", Call("update_pod_identity_association", IDENTITY)
            ),
        ),
        delete=Call("delete_pod_identity_association", IDENTITY),
        tags=tags("associationArn"),
        policies="policy",
        immutable={"an association belongs to one service account": "clusterName namespace serviceAccount"},
    ),
)
