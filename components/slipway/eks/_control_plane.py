"""The control plane of a cluster: key, log group, and the cluster itself.

Source: https://docs.aws.amazon.com/eks/latest/userguide/create-cluster-auto.html
Source: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_aws import cloudwatch, eks, kms

from slipway.common import Context, allow_iam, document
from slipway.hooks import has_engine, resource_hook

from ._cluster_roles import Role, cluster_role, node_role
from ._eks_plan import ClusterPlan

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def control_plane(context: Context, plan: ClusterPlan) -> tuple[eks.Cluster, Role]:
    """The cluster, and the role of its nodes."""
    key_arn = plan.kms_key_arn if plan.kms_key_arn is not None else secrets_key(context).arn
    role = cluster_role(context, key_arn, is_auto=plan.nodes.is_auto)
    # A role for each kind: EKS makes an access entry of another type for it, and a principal has one entry.
    nodes = node_role(context.part("auto" if plan.nodes.is_auto else "nodes"), is_auto=plan.nodes.is_auto)
    # The log group's name follows from the cluster's, and it is there first. The role's name serves both: IAM's role keeps
    # it when the component is renamed, and a new role means a new cluster in any case.
    name = role.resource.name
    logs = cloudwatch.LogGroup(
        context.name,
        name=log_group_name(name),
        retention_in_days=plan.log_retention_days,
        tags=context.tagged(context.name),
        opts=context.child,
    )
    awaited = context.after([*role.policies, *nodes.policies, logs])
    cluster = eks.Cluster(
        context.name,
        name=name,
        role_arn=role.resource.arn,
        version=plan.version,
        access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
        bootstrap_self_managed_addons=False,
        compute_config=compute(plan, nodes),
        storage_config={"block_storage": {"enabled": plan.nodes.is_auto}},
        kubernetes_network_config={"elastic_load_balancing": {"enabled": plan.nodes.is_auto}},
        vpc_config=network(plan),
        encryption_config={"provider": {"key_arn": key_arn}, "resources": ["secrets"]},
        enabled_cluster_log_types=list(LOG_TYPES),
        upgrade_policy={"support_type": plan.support_type},
        deletion_protection=plan.deletion_protection,
        tags=context.tagged(context.name),
        opts=awaited.with_options(kept(context)).child,
    )
    return cluster, nodes


def secrets_key(context: Context) -> kms.Key:
    """A new key for Kubernetes secrets."""
    account = aws.get_caller_identity_output(opts=context.lookup).account_id
    partition = aws.get_partition_output(opts=context.lookup).partition
    policy = pulumi.Output.all(partition, account).apply(lambda known: document([allow_iam(*known)]))
    return kms.Key(
        context.name,
        description="Kubernetes secrets of an EKS cluster",
        enable_key_rotation=True,
        policy=pulumi.Output.json_dumps(policy),
        tags=context.tagged(context.name),
        opts=context.child,
    )


def log_group_name(cluster_name: pulumi.Output[str]) -> pulumi.Output[str]:
    """The log group that EKS writes to."""
    return pulumi.Output.concat("/aws/eks/", cluster_name, "/cluster")


def compute(plan: ClusterPlan, nodes: Role) -> eks.ClusterComputeConfigArgsDict:
    """Auto Mode's nodes, switched on or off."""
    if not plan.nodes.is_auto:
        return {"enabled": False}
    return {"enabled": True, "node_pools": list(plan.nodes.pools), "node_role_arn": nodes.resource.arn}


def network(plan: ClusterPlan) -> eks.ClusterVpcConfigArgsDict:
    """Subnets, and the addresses of the Kubernetes API."""
    config: eks.ClusterVpcConfigArgsDict = {
        "subnet_ids": plan.subnet_ids,
        "endpoint_private_access": True,
        "endpoint_public_access": bool(plan.allowed_cidr_blocks),
    }
    if plan.allowed_cidr_blocks:
        config["public_access_cidrs"] = list(plan.allowed_cidr_blocks)
    return config


def kept(context: Context) -> pulumi.ResourceOptions:
    """The cluster keeps the subnets of its creation, and an update with another key is refused.

    EKS takes subnets of the first zones only, so those of a network that grows would end in an error.
    """
    options = pulumi.ResourceOptions(ignore_changes=["vpcConfig.subnetIds"])
    if has_engine():

        async def check(args: pulumi.ResourceHookArgs) -> None:
            check_key(context.who, args.old_inputs or {}, args.new_inputs or {})

        hook = resource_hook(f"{context.name}-key", check, on_dry_run=True)
        options.hooks = pulumi.ResourceHookBinding(before_update=[hook])
    return options


def check_key(who: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Refuse another key than the cluster's. Raises RunError.

    The provider would report success, EKS would keep the old key, and Pulumi would delete one that it made.
    """
    before, after = key_of(old), key_of(new)
    # A preview does not know the key that it would make; the update does, before it changes the cluster.
    if before and isinstance(after, str) and before != after:
        raise pulumi.RunError(
            f"{who}: kms_key_arn must stay the key of the cluster's creation, {before}, which encrypts its secrets for "
            f"good, got {after}; set it back, or remove it where it was not set"
        )


def key_of(inputs: Mapping[str, Any]) -> object:
    """Key for the secrets in a cluster's inputs; None for none."""
    return ((inputs.get("encryptionConfig") or {}).get("provider") or {}).get("keyArn")
