"""ECS cluster on Fargate with metrics and a log of every command run in a task.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudwatch, ecs

from ._checks import check_keys, child_name
from ._logs import retention_days
from ._tags import named

ON_DEMAND, SPOT = "FARGATE", "FARGATE_SPOT"


class ClusterArgs(TypedDict):
    """Arguments of Cluster."""

    log_retention_days: NotRequired[int]
    """Days that the log of commands run in tasks is kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the cluster and its log group. Default: a Name, and the provider's own."""


class Cluster(pulumi.ComponentResource):
    """A cluster with Container Insights, Fargate on demand by default and Spot at hand, and a log group for exec.

    Raises ArgumentError on a name that no cluster may have, or a retention that CloudWatch Logs does not offer.
    """

    cluster_arn: pulumi.Output[str]
    """ARN of the cluster."""
    cluster_name: pulumi.Output[str]
    """Name of the cluster, as metrics know it."""
    exec_log_group_name: pulumi.Output[str]
    """Log group of the commands run in tasks."""
    exec_log_group_arn: pulumi.Output[str]
    """The same by ARN, for services that allow commands."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Cluster {name!r}"
        check_keys(who, args, ClusterArgs)
        child_name(who, name, limit=255)
        days = retention_days(who, "log_retention_days", args.get("log_retention_days"))
        super().__init__("slipway:index:Cluster", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.get("tags")
        exec_name = f"{name}-exec"
        group = cloudwatch.LogGroup(exec_name, retention_in_days=days, tags=named(exec_name, tags), opts=child)
        cluster = ecs.Cluster(
            name,
            settings=[{"name": "containerInsights", "value": "enabled"}],
            configuration={
                "execute_command_configuration": {
                    "logging": "OVERRIDE",
                    "log_configuration": {"cloud_watch_log_group_name": group.name},
                }
            },
            tags=named(name, tags),
            opts=child,
        )
        ecs.ClusterCapacityProviders(
            name,
            cluster_name=cluster.name,
            capacity_providers=[ON_DEMAND, SPOT],
            default_capacity_provider_strategies=[{"capacity_provider": ON_DEMAND, "base": 1, "weight": 1}],
            opts=child,
        )
        self.cluster_arn = cluster.arn
        self.cluster_name = cluster.name
        self.exec_log_group_name = group.name
        self.exec_log_group_arn = group.arn
        self.register_outputs(
            {
                "clusterArn": self.cluster_arn,
                "clusterName": self.cluster_name,
                "execLogGroupName": self.exec_log_group_name,
                "execLogGroupArn": self.exec_log_group_arn,
            }
        )
