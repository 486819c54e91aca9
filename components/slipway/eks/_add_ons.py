"""Add-ons of a cluster, each at its time: a node needs some of them to be ready, the others need a node.

Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html
"""

from collections.abc import Mapping

import pulumi
from pulumi_aws import eks

from slipway.common import Context

from ._add_on_plan import BEFORE_NODES, SETTINGS, AddOnPlan
from ._cluster_roles import Role
from ._node_groups import node_group
from ._node_plan import NodePlan


def nodes_with_add_ons(
    context: Context, cluster: eks.Cluster, nodes: Role, plan: NodePlan, add_ons: Mapping[str, AddOnPlan]
) -> None:
    """The add-ons without which no node is ready, the node groups, and the other add-ons."""
    early = [add_on(context, cluster, name, it) for name, it in add_ons.items() if name in BEFORE_NODES]
    ready = context.after(early)
    groups = [node_group(ready.part(key), cluster, nodes, group) for key, group in plan.groups.items()]
    late = context.after([*early, *groups])
    for name, it in add_ons.items():
        if name not in BEFORE_NODES:
            add_on(late, cluster, name, it)


def add_on(context: Context, cluster: eks.Cluster, name: str, plan: AddOnPlan) -> pulumi.Resource:
    """One add-on."""
    child = f"{context.name}-{name.replace('_', '-')}"
    return eks.Addon(
        child,
        addon_name=name,
        addon_version=plan.version,
        cluster_name=cluster.name,
        configuration_values=SETTINGS.get(name),
        pod_identity_associations=[
            {"service_account": account, "role_arn": arn} for account, arn in plan.service_account_role_arns.items()
        ]
        or None,
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        tags=context.tagged(child),
        opts=context.child,
    )
