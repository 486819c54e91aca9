"""Arguments of Cluster, and their checks.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import ArgumentError, Arguments, child_name, shown
from slipway.words import ContainerInsights

CONTAINER_INSIGHTS = "enabled"
INSIGHTS = (CONTAINER_INSIGHTS, "enhanced", "disabled")
ONLY_NEW = (
    "container_insights",
    "spot_percent",
    "exec_kms_key_arn",
    "log_retention_days",
    "service_connect_namespace",
    "service_connect_namespace_arn",
    "tags",
)
# https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateHttpNamespace.html, less the names outside of DNS
LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
NAMESPACE = re.compile(rf"(?=.{{1,253}}$){LABEL}(\.{LABEL})*")
CLUSTER = re.compile(r"(arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}")


class ClusterArgs(TypedDict):
    """Arguments of Cluster."""

    cluster_name: NotRequired[pulumi.Input[str]]
    """Name or ARN of an existing cluster, used without any change; nothing is created, and the outputs are the same.
    Default: a new cluster."""
    container_insights: NotRequired[ContainerInsights]
    """Metrics of services and tasks: enabled; enhanced, with metrics of containers at a higher price; or disabled,
    without scaling by backlog. Default: enabled."""
    spot_percent: NotRequired[int]
    """Default Spot share, 0-100 percent, for services without a strategy of their own; the first task is on demand,
    except with 100. FargateService and QueueWorker always set their own. Default: 0."""
    exec_kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own for the sessions of commands in tasks, and for their log. Its policy must let CloudWatch Logs
    use it, and the tasks need kms:Decrypt in `permissions`. Default: TLS, and CloudWatch's own key."""
    service_connect_namespace: NotRequired[str]
    """Name of a new Cloud Map namespace, the default one of the cluster's services in Service Connect. Default: none."""
    service_connect_namespace_arn: NotRequired[pulumi.Input[str]]
    """Existing Cloud Map namespace, in place of a new one. Default: none."""
    log_retention_days: NotRequired[int]
    """Retention of the log of commands in days, one of the values of CloudWatch Logs, such as 7, 30 or 365.
    Default: 30."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the cluster, its log group and its namespace. Default: a Name, and the provider's own."""


@dataclass(frozen=True)
class ClusterPlan:
    """A checked cluster with every default filled in."""

    existing: pulumi.Input[str] | None
    """Name or ARN of an existing cluster; the other fields are then without effect."""
    container_insights: str
    spot_percent: int
    exec_kms_key_arn: pulumi.Input[str] | None
    namespace_name: str | None
    """Name of a new namespace."""
    namespace_arn: pulumi.Input[str] | None
    """An existing namespace."""
    log_retention_days: int


def cluster_plan(arguments: Arguments, name: str) -> ClusterPlan:
    """Check the arguments of a cluster. Raises ArgumentError."""
    existing = arguments.input("cluster_name")
    if existing is not None:
        arguments.not_with("cluster_name", ONLY_NEW, "which uses an existing cluster without changes")
        if isinstance(existing, str) and not CLUSTER.fullmatch(existing):
            raise arguments.error("cluster_name", f"must be the name or the ARN of a cluster, got {shown(existing)}")
    else:
        child_name(arguments.who, name, limit=255)
    key = arguments.arn("exec_kms_key_arn", "kms", "a KMS key")
    namespace, namespace_arn = checked_namespace(arguments)
    return ClusterPlan(
        existing=existing,
        container_insights=arguments.one_of("container_insights", INSIGHTS, CONTAINER_INSIGHTS),
        spot_percent=arguments.whole_number("spot_percent", 0, 100, 0),
        exec_kms_key_arn=key,
        namespace_name=namespace,
        namespace_arn=namespace_arn,
        log_retention_days=arguments.retention_days("log_retention_days"),
    )


def checked_namespace(arguments: Arguments) -> tuple[str | None, pulumi.Input[str] | None]:
    """The name of a new namespace, or the ARN of an existing one, or neither."""
    name, arn = arguments.optional_text("service_connect_namespace"), arguments.input("service_connect_namespace_arn")
    if name is not None and arn is not None:
        rule = "set service_connect_namespace or service_connect_namespace_arn, got both"
        raise ArgumentError(f"{arguments.who}: {rule}")
    if name is not None and not NAMESPACE.fullmatch(name):
        rule = f"must be at most 253 letters, digits and hyphens, in labels with dots between, got {shown(name)}"
        raise arguments.error("service_connect_namespace", f"{rule}; write it like shop.internal")
    return name, arguments.arn("service_connect_namespace_arn", "servicediscovery", "a Cloud Map namespace")
