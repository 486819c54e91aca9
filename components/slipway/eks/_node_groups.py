"""Managed node groups: nodes with an encrypted disk, and metadata that pods cannot reach.

Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
Source: https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
"""

import pulumi
from pulumi_aws import ec2, eks

from slipway.common import Context

from ._cluster_roles import Role
from ._node_plan import NodeGroupPlan

ROOT_DEVICE = "/dev/xvda"


def node_group(context: Context, cluster: eks.Cluster, nodes: Role, plan: NodeGroupPlan) -> eks.NodeGroup:
    """A node group in the cluster's own subnets, which a network that grows does not change."""
    template = ec2.LaunchTemplate(
        context.name,
        block_device_mappings=[
            {
                "device_name": ROOT_DEVICE,
                "ebs": {"encrypted": "true", "volume_size": plan.disk_gib, "volume_type": "gp3"},
            }
        ],
        # One hop: a container in a pod's own network is one hop further, and has the node's role not.
        metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        tag_specifications=[
            {"resource_type": kind, "tags": context.tagged(context.name)} for kind in ("instance", "volume")
        ],
        tags=context.tagged(context.name),
        opts=context.child,
    )
    return eks.NodeGroup(
        context.name,
        cluster_name=cluster.name,
        node_role_arn=nodes.resource.arn,
        subnet_ids=cluster.vpc_config.subnet_ids,
        version=cluster.version,
        ami_type=plan.ami_type,
        capacity_type=plan.capacity_type,
        instance_types=list(plan.instance_types),
        scaling_config={"min_size": plan.min_size, "max_size": plan.max_size, "desired_size": max(plan.min_size, 1)},
        update_config={"max_unavailable": 1},
        launch_template={"id": template.id, "version": template.latest_version.apply(str)},
        tags=context.tagged(context.name),
        # An autoscaler changes it.
        opts=context.after(nodes.policies)
        .with_options(pulumi.ResourceOptions(ignore_changes=["scalingConfig.desiredSize"]))
        .child,
    )
