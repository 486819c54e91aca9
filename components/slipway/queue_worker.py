"""Fargate service that works off an SQS queue and scales with the backlog that each task faces.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict, cast

import pulumi
from pulumi_aws import appautoscaling
from pulumi_aws.appautoscaling import (
    PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricArgsDict as MetricDict,
)

from ._checks import ArgumentError, check_keys, given, whole_number
from ._workload import PermissionArgs, workload
from .fargate_service import MOST_TASKS, FargateService, FargateServiceArgs

MIN_TASKS = 1
MAX_TASKS = 4
BACKLOG_PER_TASK = 100
MOST_BACKLOG_PER_TASK = 1_000_000
QUEUE_URL = "QUEUE_URL"
CONSUME = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"]
# Going up is urgent, while going down too early stops and starts tasks for nothing.
SCALE_OUT_COOLDOWN_SECONDS = 60
SCALE_IN_COOLDOWN_SECONDS = 300
# Messages in flight count as well: a task that works on the last ones is not idle. Without a task to divide by, one.
BACKLOG_EXPRESSION = "(visible + in_flight) / IF(FILL(running, 1) > 0, FILL(running, 1), 1)"


class QueueWorkerArgs(TypedDict):
    """Arguments of QueueWorker."""

    cluster_arn: pulumi.Input[str]
    """Cluster to run in; with Container Insights, which counts the tasks that scaling divides by."""
    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Private subnets for the tasks, which get no public address; they need a way to the registry, the log and SQS."""
    image: pulumi.Input[str]
    """Image to run, best by digest, as ContainerImage gives it."""
    queue_arn: pulumi.Input[str]
    """Queue to consume; the task may do this and no more with it."""
    queue_url: pulumi.Input[str]
    """URL of that queue; the container finds it in QUEUE_URL."""
    queue_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the queue, which the task may then decrypt with. Default: a key of SQS."""
    min_tasks: NotRequired[int]
    """Tasks that always run, 1-5000. Default: 1."""
    max_tasks: NotRequired[int]
    """Most tasks at once, at least min_tasks. Default: 4, or min_tasks where that is more."""
    backlog_per_task: NotRequired[int]
    """Messages waiting or in flight that one task can face, 1-1000000: the delay you accept divided by the seconds per
    message. Default: 100."""
    cpu: NotRequired[int]
    """CPU units, 1024 to a vCPU, as Fargate offers them. Default: 256."""
    memory_mib: NotRequired[int]
    """MiB of memory that Fargate offers with cpu. Default: 512."""
    architecture: NotRequired[str]
    """Processor that the image was built for, x86_64 or arm64. Default: x86_64."""
    command: NotRequired[list[str]]
    """Command in place of the image's. Default: the image's own."""
    user: NotRequired[str]
    """User in the container, any but root. Default: 10001."""
    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables beside QUEUE_URL, readable to whoever may describe the task. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variable to the ARN of a Secrets Manager secret or an SSM parameter, each of which ECS is allowed to read.
    Default: none."""
    permissions: NotRequired[list[PermissionArgs]]
    """What the code may do in AWS beside consuming. Default: nothing."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120; longer than one message takes. Default: 30."""
    deployment_timeout_seconds: NotRequired[int]
    """Seconds that a deployment may take before it counts as failed, 60-7200. Default: 900."""
    without_verdict: NotRequired[bool]
    """Leave the wait to the provider, which succeeds after a rollback. For programs in other languages than Python, and
    for a provider with credentials of its own, where the verdict cannot run. Default: false."""
    log_retention_days: NotRequired[int]
    """Days that logs are kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource and on the tasks. Default: a Name, and the provider's own."""


OWN_KEYS = {"queue_arn", "queue_url", "queue_kms_key_arn", "min_tasks", "max_tasks", "backlog_per_task"}


class QueueWorker(pulumi.ComponentResource):
    """A FargateService that may consume exactly one queue, with target tracking on the backlog per task.

    Raises ArgumentError on what a FargateService would refuse, QUEUE_URL set by the caller, or more tasks at least than
    at most.
    """

    service_name: pulumi.Output[str]
    """Name of the service, as metrics know it."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the revision that was asked for."""
    task_role_arn: pulumi.Output[str]
    """Role of the code, for resource policies that let it in."""
    log_group_name: pulumi.Output[str]
    """Log group of the tasks."""
    security_group_id: pulumi.Output[str]
    """Security group of the tasks, for rules of your own such as one to a database."""

    def __init__(self, name: str, args: QueueWorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"QueueWorker {name!r}"
        check_keys(who, args, QueueWorkerArgs)
        workload(who, name, args)
        for argument, variables in (("environment", args.get("environment")), ("secrets", args.get("secrets"))):
            if QUEUE_URL in given(variables, {}):
                fix = "it comes from queue_url, remove it"
                raise ArgumentError(f"{who}: {argument} must not set {QUEUE_URL}; {fix}")
        low, high = task_bounds(who, args)
        backlog = given(args.get("backlog_per_task"), BACKLOG_PER_TASK)
        backlog = whole_number(who, "backlog_per_task", backlog, 1, MOST_BACKLOG_PER_TASK)
        super().__init__("slipway:index:QueueWorker", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        service = FargateService(name, service_args(args, low), child)
        cluster_name = pulumi.Output.from_input(args["cluster_arn"]).apply(last_part)
        queue_name = pulumi.Output.from_input(args["queue_arn"]).apply(last_part)
        target = appautoscaling.Target(
            name,
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.concat("service/", cluster_name, "/", service.service_name),
            min_capacity=low,
            max_capacity=high,
            opts=child,
        )
        appautoscaling.Policy(
            name,
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "target_value": backlog,
                "scale_out_cooldown": SCALE_OUT_COOLDOWN_SECONDS,
                "scale_in_cooldown": SCALE_IN_COOLDOWN_SECONDS,
                "customized_metric_specification": {
                    "metrics": backlog_metrics(queue_name, cluster_name, service.service_name)
                },
            },
            opts=child,
        )
        self.service_name = service.service_name
        self.task_definition_arn = service.task_definition_arn
        self.task_role_arn = service.task_role_arn
        self.log_group_name = service.log_group_name
        self.security_group_id = service.security_group_id
        self.register_outputs(
            {
                "serviceName": self.service_name,
                "taskDefinitionArn": self.task_definition_arn,
                "taskRoleArn": self.task_role_arn,
                "logGroupName": self.log_group_name,
                "securityGroupId": self.security_group_id,
            }
        )


def task_bounds(who: str, args: QueueWorkerArgs) -> tuple[int, int]:
    """Fewest and most tasks."""
    low = whole_number(who, "min_tasks", given(args.get("min_tasks"), MIN_TASKS), 1, MOST_TASKS)
    high = given(args.get("max_tasks"), max(low, MAX_TASKS))
    return low, whole_number(who, "max_tasks", high, low, MOST_TASKS, f"min_tasks is {low}")


def last_part(arn: str) -> str:
    """Name at the end of an ARN, after its last colon or slash."""
    return arn.replace("/", ":").rsplit(":", maxsplit=1)[-1]


def service_args(args: QueueWorkerArgs, low: int) -> FargateServiceArgs:
    """What the service takes over from the worker, with the queue's permissions and URL."""
    taken = {key: value for key, value in args.items() if key not in OWN_KEYS and value is not None}
    consume: PermissionArgs = {
        "actions": [f"sqs:{action}" for action in CONSUME],
        "resources": [args["queue_arn"]],
    }
    decrypt: list[PermissionArgs] = []
    if (key := args.get("queue_kms_key_arn")) is not None:
        decrypt = [{"actions": ["kms:Decrypt"], "resources": [key]}]
    taken["permissions"] = [consume, *decrypt, *given(args.get("permissions"), [])]
    taken["environment"] = {QUEUE_URL: args["queue_url"], **given(args.get("environment"), {})}
    return cast("FargateServiceArgs", taken | {"desired_count": low, "keep_scaled_count": True})


def backlog_metrics(
    queue: pulumi.Input[str], cluster: pulumi.Input[str], service: pulumi.Input[str]
) -> list[MetricDict]:
    """Messages that wait or are in flight, divided by the tasks that run."""
    of_queue = {"QueueName": queue}
    of_service = {"ClusterName": cluster, "ServiceName": service}
    return [
        measured("visible", "AWS/SQS", "ApproximateNumberOfMessagesVisible", of_queue),
        measured("in_flight", "AWS/SQS", "ApproximateNumberOfMessagesNotVisible", of_queue),
        measured("running", "ECS/ContainerInsights", "RunningTaskCount", of_service),
        {"id": "backlog", "expression": BACKLOG_EXPRESSION, "label": "Backlog per task", "return_data": True},
    ]


def measured(key: str, namespace: str, metric: str, dimensions: Mapping[str, pulumi.Input[str]]) -> MetricDict:
    """A metric that the expression reads under this key."""
    return {
        "id": key,
        "metric_stat": {
            "metric": {
                "namespace": namespace,
                "metric_name": metric,
                "dimensions": [{"name": name, "value": value} for name, value in dimensions.items()],
            },
            "stat": "Average",
        },
        "return_data": False,
    }
