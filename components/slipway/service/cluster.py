"""ECS cluster on Fargate with metrics and a log of every command in a task, or an existing cluster.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

import pulumi
from pulumi_aws import cloudwatch, ecs, servicediscovery

from slipway.common import KEEPS_DESCRIPTION, Arguments, Context, answered

from ._capacity import ON_DEMAND, SPOT, strategies
from ._cluster_plan import ClusterArgs, ClusterPlan, cluster_plan


class Cluster(pulumi.ComponentResource):
    """An ECS cluster with Container Insights, Fargate on demand and Spot, and a log of commands in tasks.

    Creates a cluster, its capacity providers, a log group and, with `service_connect_namespace`, a namespace; with
    `cluster_name` nothing.

    Example::

        from slipway import Cluster

        cluster = Cluster("main", {"service_connect_namespace": "shop.internal"})

    Raises ArgumentError on a name outside of AWS's rules, a retention outside of CloudWatch's, a share outside of 0-100,
    two namespaces, or settings beside an existing cluster.
    """

    cluster_arn: pulumi.Output[str]
    """ARN of the cluster, known once its capacity providers are attached."""
    cluster_name: pulumi.Output[str]
    """Name of the cluster, as in CloudWatch metrics."""
    exec_log_group_name: pulumi.Output[str | None]
    """Log group of the commands in tasks; null for an existing cluster, whose owner knows it."""
    exec_log_group_arn: pulumi.Output[str | None]
    """ARN of this log group, for `exec_log_group_arn` of services."""
    service_connect_namespace_arn: pulumi.Output[str | None]
    """Default namespace of the cluster's services in Service Connect; null for none."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Cluster", name, args, ClusterArgs)
        plan = cluster_plan(arguments, name)
        super().__init__("slipway:index:Cluster", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        if plan.existing is not None:
            self._adopt(context, plan.existing)
        else:
            self._create(context, plan)
        self.register_outputs(
            {
                "clusterArn": self.cluster_arn,
                "clusterName": self.cluster_name,
                "execLogGroupName": self.exec_log_group_name,
                "execLogGroupArn": self.exec_log_group_arn,
                "serviceConnectNamespaceArn": self.service_connect_namespace_arn,
            }
        )

    def _adopt(self, context: Context, existing: pulumi.Input[str]) -> None:
        cluster = ecs.get_cluster_output(cluster_name=existing, opts=context.lookup)
        nothing: pulumi.Output[str | None] = pulumi.Output.from_input(None)
        self.cluster_arn = answered(cluster.arn)
        self.cluster_name = self.cluster_arn.apply(lambda arn: arn.rpartition("/")[2])
        self.exec_log_group_name = self.exec_log_group_arn = nothing
        self.service_connect_namespace_arn = cluster.service_connect_defaults.apply(
            lambda defaults: defaults[0].namespace if defaults else None
        )

    def _create(self, context: Context, plan: ClusterPlan) -> None:
        group = exec_log_group(context.part("exec"), plan)
        namespace = namespace_arn(context, plan)
        cluster = ecs.Cluster(
            context.name,
            settings=[{"name": "containerInsights", "value": plan.container_insights}],
            configuration={"execute_command_configuration": execute_command(plan, group)},
            service_connect_defaults=None if namespace is None else {"namespace": namespace},
            tags=context.tagged(context.name),
            opts=context.child,
        )
        capacity = ecs.ClusterCapacityProviders(
            context.name,
            cluster_name=cluster.name,
            capacity_providers=[ON_DEMAND, SPOT],
            default_capacity_provider_strategies=strategies(plan.spot_percent),
            opts=context.child,
        )
        # Known once the capacity providers are there: ECS refuses a service on Spot before, and keeps them until it is gone.
        self.cluster_arn = pulumi.Output.all(cluster.arn, capacity.id).apply(lambda values: str(values[0]))
        self.cluster_name = pulumi.Output.all(cluster.name, capacity.id).apply(lambda values: str(values[0]))
        self.exec_log_group_name = group.name
        self.exec_log_group_arn = group.arn
        self.service_connect_namespace_arn = pulumi.Output.from_input(namespace)


def exec_log_group(context: Context, plan: ClusterPlan) -> cloudwatch.LogGroup:
    """The log group of commands in tasks."""
    return cloudwatch.LogGroup(
        context.name,
        retention_in_days=plan.log_retention_days,
        kms_key_id=plan.exec_kms_key_arn,
        tags=context.tagged(context.name),
        opts=context.child,
    )


def execute_command(
    plan: ClusterPlan, group: cloudwatch.LogGroup
) -> ecs.ClusterConfigurationExecuteCommandConfigurationArgsDict:
    """Log and encryption of commands in tasks."""
    if plan.exec_kms_key_arn is None:
        return {"logging": "OVERRIDE", "log_configuration": {"cloud_watch_log_group_name": group.name}}
    return {
        "logging": "OVERRIDE",
        "kms_key_id": plan.exec_kms_key_arn,
        "log_configuration": {
            "cloud_watch_log_group_name": group.name,
            "cloud_watch_encryption_enabled": True,
        },
    }


def namespace_arn(context: Context, plan: ClusterPlan) -> pulumi.Input[str] | None:
    """The existing namespace, or a new one, or none."""
    if plan.namespace_name is None:
        return plan.namespace_arn
    namespace = servicediscovery.HttpNamespace(
        context.name,
        name=plan.namespace_name,
        description="Services of an ECS cluster",
        tags=context.tagged(context.name),
        opts=context.with_options(KEEPS_DESCRIPTION).child,
    )
    return namespace.arn
