"""ECS cluster on Fargate with metrics and a log of every command run in a task, or one that is there already.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

import re
from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudwatch, ecs, servicediscovery

from slipway.common import (
    ArgumentError,
    aws_arn,
    check_keys,
    child_name,
    given,
    named,
    not_with,
    one_of,
    retention_days,
    whole_number,
)

from ._capacity import ON_DEMAND, SPOT, strategies

Command = ecs.ClusterConfigurationExecuteCommandConfigurationArgsDict
Logged = ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgsDict

CONTAINER_INSIGHTS = "enabled"
INSIGHTS = (CONTAINER_INSIGHTS, "enhanced", "disabled")
OF_ITS_OWN = (
    "container_insights",
    "spot_percent",
    "exec_kms_key_arn",
    "log_retention_days",
    "service_connect_namespace",
    "service_connect_namespace_arn",
    "tags",
)
# https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateHttpNamespace.html, of which DNS allows these
NAMESPACE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
CLUSTER = re.compile(r"(arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster/)?[A-Za-z0-9_-]{1,255}")


class ClusterArgs(TypedDict):
    """Arguments of Cluster."""

    cluster_name: NotRequired[pulumi.Input[str]]
    """Name or ARN of a cluster that is there already, taken as it is; nothing is made, the outputs are the same.
    Default: one of its own."""
    container_insights: NotRequired[str]
    """Metrics of services and tasks: enabled, enhanced (of containers as well, at a higher price) or disabled, with which
    nothing can scale by backlog. Default: enabled."""
    spot_percent: NotRequired[int]
    """Share on Spot, 0-100, of the tasks beyond the first of what asks for no capacity of its own; with 100 every task.
    FargateService and QueueWorker ask for theirs. Default: 0."""
    exec_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the sessions of commands run in tasks, and their log; its policy has to let
    CloudWatch Logs use it, and the tasks need kms:Decrypt, by their `permissions`. Default: TLS, and CloudWatch's own key."""
    service_connect_namespace: NotRequired[str]
    """Name of a Cloud Map namespace to make, in which the cluster's services find one another where they name no other.
    Default: none."""
    service_connect_namespace_arn: NotRequired[pulumi.Input[str]]
    """The same for a namespace that is there already. Default: none."""
    log_retention_days: NotRequired[int]
    """Days that the log of commands run in tasks is kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the cluster, its log group and its namespace. Default: a Name, and the provider's own."""


class Cluster(pulumi.ComponentResource):
    """A cluster with Container Insights, Fargate on demand by default and Spot at hand, and a log group for exec.

    Raises ArgumentError on a name that no cluster or namespace may have, a retention that CloudWatch Logs does not offer,
    a share outside 0-100, two namespaces, or settings for a cluster that is there already.
    """

    cluster_arn: pulumi.Output[str]
    """ARN of the cluster."""
    cluster_name: pulumi.Output[str]
    """Name of the cluster, as metrics know it."""
    exec_log_group_name: pulumi.Output[str | None]
    """Log group of the commands run in tasks; none of a cluster that is there already, whose owner knows it."""
    exec_log_group_arn: pulumi.Output[str | None]
    """The same by ARN, for services that allow commands."""
    service_connect_namespace_arn: pulumi.Output[str | None]
    """Namespace in which services find one another; none where the cluster has no default."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Cluster {name!r}"
        check_keys(who, args, ClusterArgs)
        check_cluster(who, name, args)
        days = retention_days(who, "log_retention_days", args.get("log_retention_days"))
        insights = one_of(
            who, "container_insights", given(args.get("container_insights"), CONTAINER_INSIGHTS), INSIGHTS
        )
        spot = whole_number(who, "spot_percent", given(args.get("spot_percent"), 0), 0, 100)
        super().__init__("slipway:index:Cluster", name, dict(args), opts)
        if (existing := args.get("cluster_name")) is not None:
            self._take(existing)
        else:
            self._make(name, args, days, insights, spot)
        self.register_outputs(
            {
                "clusterArn": self.cluster_arn,
                "clusterName": self.cluster_name,
                "execLogGroupName": self.exec_log_group_name,
                "execLogGroupArn": self.exec_log_group_arn,
                "serviceConnectNamespaceArn": self.service_connect_namespace_arn,
            }
        )

    def _take(self, existing: pulumi.Input[str]) -> None:
        found = ecs.get_cluster_output(cluster_name=existing, opts=pulumi.InvokeOutputOptions(parent=self))
        nothing: pulumi.Output[str | None] = pulumi.Output.from_input(None)
        self.cluster_arn = found.arn
        self.cluster_name = found.arn.apply(lambda arn: arn.rpartition("/")[2])
        self.exec_log_group_name = self.exec_log_group_arn = nothing
        self.service_connect_namespace_arn = found.service_connect_defaults.apply(
            lambda defaults: defaults[0].namespace if defaults else None
        )

    def _make(self, name: str, args: ClusterArgs, days: int, insights: str, spot: int) -> None:
        child = pulumi.ResourceOptions(parent=self)
        tags, key, exec_name = args.get("tags"), args.get("exec_kms_key_arn"), f"{name}-exec"
        group = cloudwatch.LogGroup(
            exec_name, retention_in_days=days, kms_key_id=key, tags=named(exec_name, tags), opts=child
        )
        logged: Logged = {"cloud_watch_log_group_name": group.name}
        command: Command = {"logging": "OVERRIDE", "log_configuration": logged}
        if key is not None:
            command["kms_key_id"] = key
            logged["cloud_watch_encryption_enabled"] = True
        namespace = args.get("service_connect_namespace_arn")
        if (wanted := args.get("service_connect_namespace")) is not None:
            described = f"Services of cluster {name}"
            namespace = servicediscovery.HttpNamespace(
                name, name=wanted, description=described, tags=named(name, tags), opts=child
            ).arn
        cluster = ecs.Cluster(
            name,
            settings=[{"name": "containerInsights", "value": insights}],
            configuration={"execute_command_configuration": command},
            service_connect_defaults=None if namespace is None else {"namespace": namespace},
            tags=named(name, tags),
            opts=child,
        )
        ecs.ClusterCapacityProviders(
            name,
            cluster_name=cluster.name,
            capacity_providers=[ON_DEMAND, SPOT],
            default_capacity_provider_strategies=strategies(spot),
            opts=child,
        )
        self.cluster_arn = cluster.arn
        self.cluster_name = cluster.name
        self.exec_log_group_name = group.name
        self.exec_log_group_arn = group.arn
        self.service_connect_namespace_arn = pulumi.Output.from_input(namespace)


def check_cluster(who: str, name: str, args: ClusterArgs) -> None:
    """Refuse names that AWS does, two namespaces, and settings for a cluster that is there already."""
    existing = args.get("cluster_name")
    if existing is not None:
        not_with(who, args, "cluster_name", OF_ITS_OWN, "which takes a cluster as it is")
        if isinstance(existing, str) and not CLUSTER.fullmatch(existing):
            raise ArgumentError(f"{who}: cluster_name must be the name or the ARN of a cluster, got {existing!r}")
        return
    child_name(who, name, limit=255)
    aws_arn(who, "exec_kms_key_arn", args.get("exec_kms_key_arn"), "kms", "a KMS key")
    namespace, arn = args.get("service_connect_namespace"), args.get("service_connect_namespace_arn")
    if namespace is not None and arn is not None:
        raise ArgumentError(f"{who}: set service_connect_namespace or service_connect_namespace_arn, got both")
    if namespace is not None and not NAMESPACE.fullmatch(namespace):
        rule = "service_connect_namespace must be at most 253 letters, digits, dots and hyphens"
        raise ArgumentError(f"{who}: {rule}, got {namespace!r}; write it like shop.internal")
    aws_arn(who, "service_connect_namespace_arn", arn, "servicediscovery", "a Cloud Map namespace")
