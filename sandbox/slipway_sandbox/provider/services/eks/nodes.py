"""What runs the pods of a cluster: managed nodes, and Fargate."""

from typing import Any

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.services.eks.common import NAME, tags

GROUP = {**NAME, "nodegroupName": "{nodeGroupName}"}
PROFILE = {**NAME, "fargateProfileName": "{fargateProfileName}"}


def change_labels(scope: Scope) -> None:
    """Sets the labels that are asked for, and takes the others away."""
    before, after = scope.state.get("labels") or {}, scope.inputs.get("labels") or {}
    gone = [key for key in before if key not in after]
    change = {"addOrUpdateLabels": after, **({"removeLabels": gone} if gone else {})}
    scope.call("update_nodegroup_config", **_group(scope), labels=change)


def change_taints(scope: Scope) -> None:
    """Sets the taints that are asked for, and takes the others away."""
    before, after = scope.state.get("taints") or [], scope.inputs.get("taints") or []
    gone = [taint for taint in before if taint not in after]
    change = {"addOrUpdateTaints": after, **({"removeTaints": gone} if gone else {})}
    scope.call("update_nodegroup_config", **_group(scope), taints=change)


def _group(scope: Scope) -> dict[str, Any]:
    return {"clusterName": scope.get("clusterName"), "nodegroupName": scope.get("nodeGroupName")}


CONFIG = Call("update_nodegroup_config", GROUP)
RESOURCES = (
    Resource(
        "aws:eks/nodeGroup:NodeGroup",
        "eks",
        create=Call("create_nodegroup", reply="nodegroup"),
        id="{clusterName}:{nodeGroupName}",
        read=(Call("describe_nodegroup", GROUP, reply="nodegroup"),),
        updates=(
            Update("scalingConfig updateConfig nodeRepairConfig warmPoolConfig", CONFIG),
            Update("labels", change_labels),
            Update("taints", change_taints),
            Update("version releaseVersion launchTemplate", Call("update_nodegroup_version", GROUP)),
        ),
        delete=Call("delete_nodegroup", GROUP),
        tags=tags("arn"),
        autoname=Autoname("nodeGroupName", length_limit=63),
        names={
            "arn": "nodegroupArn",
            "nodeRoleArn": "nodeRole",
            "subnetIds": "subnets",
            "remoteAccess.sourceSecurityGroupIds": "sourceSecurityGroups",
            "resources.remoteAccessSecurityGroupId": "remoteAccessSecurityGroup",
        },
        echoed="forceUpdateVersion",
        immutable={
            "a node group keeps its kind of nodes": "amiType capacityType clusterName diskSize instanceTypes "
            "launchTemplate.id launchTemplate.name nodeGroupName nodeRoleArn remoteAccess subnetIds"
        },
    ),
    Resource(
        "aws:eks/fargateProfile:FargateProfile",
        "eks",
        create=Call("create_fargate_profile", reply="fargateProfile"),
        id="{clusterName}:{fargateProfileName}",
        read=(Call("describe_fargate_profile", PROFILE, reply="fargateProfile"),),
        delete=Call("delete_fargate_profile", PROFILE),
        tags=tags("arn"),
        autoname=Autoname("fargateProfileName", length_limit=100),
        names={"arn": "fargateProfileArn", "subnetIds": "subnets"},
        immutable={
            "EKS never changes a profile": "clusterName fargateProfileName podExecutionRoleArn selectors subnetIds"
        },
    ),
)
