"""Managed nodes and Fargate profiles."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks
from slipway_sandbox.provider.protocol.wire import Value
from slipway_sandbox.provider.services.eks.common import NAME, tags

GROUP = {**NAME, "nodegroupName": "{nodeGroupName}"}
PROFILE = {**NAME, "fargateProfileName": "{fargateProfileName}"}


def change_labels(scope: Scope) -> None:
    """Sets the program's labels and removes the others."""
    before, after = block(scope.state, "labels"), block(scope.inputs, "labels")
    removed = [key for key in before if key not in after]
    change: dict[str, Value] = {"addOrUpdateLabels": after, **({"removeLabels": removed} if removed else {})}
    scope.call("update_nodegroup_config", **_group(scope), labels=change)


def change_taints(scope: Scope) -> None:
    """Sets the program's taints and removes the others."""
    before, after = blocks(scope.state, "taints"), blocks(scope.inputs, "taints")
    removed = [taint for taint in before if taint not in after]
    change: dict[str, Value] = {"addOrUpdateTaints": after, **({"removeTaints": removed} if removed else {})}
    scope.call("update_nodegroup_config", **_group(scope), taints=change)


def _group(scope: Scope) -> dict[str, Value]:
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
