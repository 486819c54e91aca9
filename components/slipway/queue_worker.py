"""Fargate service that works off an SQS queue and scales with the backlog that each task faces.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict, cast

import pulumi

from ._backlog import Scaled, scale_by_backlog
from ._checks import ArgumentError, check_keys, given, whole_number
from ._container import ContainerHealthCheckArgs
from ._scaling import MOST_TASKS
from ._worker_times import backlog_per_task, check_times
from ._workload import PermissionArgs, workload
from .fargate_service import FargateService, FargateServiceArgs

MIN_TASKS = 1
MAX_TASKS = 4
# What the worker sets in the container.
QUEUE_URL, DEAD_LETTER_QUEUE_URL, STOP_TIMEOUT = "QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "STOP_TIMEOUT_SECONDS"
SET_BY = {QUEUE_URL: "queue_url", DEAD_LETTER_QUEUE_URL: "dead_letter_queue_url", STOP_TIMEOUT: "stop_timeout_seconds"}
CONSUME = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"]
PROTECT = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]


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
    dead_letter_queue_url: NotRequired[pulumi.Input[str]]
    """URL of its dead-letter queue; the container finds it in DEAD_LETTER_QUEUE_URL. Default: not set."""
    min_tasks: NotRequired[int]
    """Tasks that always run, 0-5000. With 0, an alarm starts the first one within about two minutes of a message, and
    the last one stops after 15 minutes without any. Default: 1."""
    max_tasks: NotRequired[int]
    """Most tasks at once, at least min_tasks. Default: 4, or min_tasks where that is more."""
    backlog_per_task: NotRequired[int]
    """Messages waiting or in flight that one task can face, 1-1000000. Default: what acceptable_latency_seconds makes
    it, or 100."""
    acceptable_latency_seconds: NotRequired[float]
    """Seconds that a message may wait, up to 1209600; divided by seconds_per_message it is the backlog per task.
    Default: backlog_per_task is given."""
    seconds_per_message: NotRequired[float]
    """Seconds between two messages that a busy task finishes: those of the handler, divided by the handlers that run at
    once. Default: backlog_per_task is given."""
    longest_message_seconds: NotRequired[int]
    """Seconds that the slowest message takes, 1-43200, checked against the two timeouts. Default: not checked."""
    queue_visibility_timeout_seconds: NotRequired[int]
    """Visibility timeout of the queue, 0-43200, checked against longest_message_seconds. Leave it out where the consumer
    extends it, as app.consumer does. Default: not checked."""
    spot_percent: NotRequired[int]
    """Share of the tasks beyond the first that run on Spot, 0-100, taken back at two minutes' notice: what is in flight
    then drains or costs a delivery. Setting or removing it replaces the service. Default: 0."""
    cpu_percent: NotRequired[int]
    """CPU that a task may use on average, in percent of what it has, 1-100; scales out beside the backlog.
    Default: not looked at."""
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
    """Variables beside QUEUE_URL and STOP_TIMEOUT_SECONDS, readable to whoever may describe the task. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variable to the ARN of a Secrets Manager secret or an SSM parameter, each of which ECS is allowed to read.
    Default: none."""
    permissions: NotRequired[list[PermissionArgs]]
    """What the code may do in AWS beside consuming. Default: nothing."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from SIGTERM to SIGKILL, 2-120; longer than one message takes. Default: 30."""
    container_health_check: NotRequired[ContainerHealthCheckArgs]
    """Command in the container that tells ECS whether it is well. Default: the container is well while it runs."""
    writable_paths: NotRequired[Mapping[str, int]]
    """Path to the MiB that may be written there, in memory and empty at the start; the rest is read-only.
    Default: none."""
    enable_execute_command: NotRequired[bool]
    """Let `aws ecs execute-command` open a shell in a task, with what that needs: Session Manager's channels, and two
    volumes for its agent. Default: false."""
    exec_log_group_arn: NotRequired[pulumi.Input[str]]
    """Log group of the cluster's commands, as Cluster gives it, which the tasks may then write.
    Default: commands are not logged."""
    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """Policy that bounds what the two roles can ever be allowed. Default: none."""
    log_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the log; its policy has to let CloudWatch Logs use it.
    Default: CloudWatch's own key."""
    deployment_timeout_seconds: NotRequired[int]
    """Seconds that a deployment may take before it counts as failed, 60-7200. Default: 900."""
    without_verdict: NotRequired[bool]
    """Leave the wait to the provider, which succeeds after a rollback. For programs in other languages than Python, and
    for a provider with credentials of its own, where the verdict cannot run. Default: false."""
    log_retention_days: NotRequired[int]
    """Days that logs are kept, one of those that CloudWatch Logs offers. Default: 30 days."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every resource and on the tasks. Default: a Name, and the provider's own."""


OWN_KEYS = {
    "acceptable_latency_seconds",
    "backlog_per_task",
    "cpu_percent",
    "dead_letter_queue_url",
    "longest_message_seconds",
    "max_tasks",
    "min_tasks",
    "queue_arn",
    "queue_kms_key_arn",
    "queue_url",
    "queue_visibility_timeout_seconds",
    "seconds_per_message",
}


class QueueWorker(pulumi.ComponentResource):
    """A FargateService that may consume exactly one queue and protect its tasks, with target tracking on the backlog.

    Raises ArgumentError on what a FargateService would refuse, a variable that the worker sets itself, more tasks at
    least than at most, half of what makes a backlog, or a timeout shorter than the slowest message.
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
        load = workload(who, name, args)
        check_variables(who, args)
        check_times(who, args, load.stop_timeout_seconds)
        low, high = task_bounds(who, args)
        if whole_number(who, "spot_percent", given(args.get("spot_percent"), 0), 0, 100) and low == 1:
            fix = "AWS takes Spot tasks back; set min_tasks to 2, to 0, or leave spot_percent out"
            raise ArgumentError(f"{who}: spot_percent needs two tasks at least or none, got min_tasks 1; {fix}")
        backlog = backlog_per_task(who, args)
        cpu = None if args.get("cpu_percent") is None else whole_number(who, "cpu_percent", args["cpu_percent"], 1, 100)
        super().__init__("slipway:index:QueueWorker", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        service = FargateService(name, service_args(args, low, load.stop_timeout_seconds), child)
        cluster_name = pulumi.Output.from_input(args["cluster_arn"]).apply(last_part)
        queue_name = pulumi.Output.from_input(args["queue_arn"]).apply(last_part)
        scaled = Scaled(name, low, high, queue_name, cluster_name, service.service_name)
        scale_by_backlog(scaled, backlog, cpu, args.get("tags"), child)
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


def check_variables(who: str, args: QueueWorkerArgs) -> None:
    """Refuse variables that the worker sets itself."""
    for argument, variables in (("environment", args.get("environment")), ("secrets", args.get("secrets"))):
        for variable, source in SET_BY.items():
            if variable in given(variables, {}):
                raise ArgumentError(f"{who}: {argument} must not set {variable}; it comes from {source}, remove it")


def task_bounds(who: str, args: QueueWorkerArgs) -> tuple[int, int]:
    """Fewest and most tasks."""
    low = whole_number(who, "min_tasks", given(args.get("min_tasks"), MIN_TASKS), 0, MOST_TASKS)
    high = given(args.get("max_tasks"), max(low, MAX_TASKS))
    return low, whole_number(who, "max_tasks", high, max(low, 1), MOST_TASKS, f"min_tasks is {low}")


def last_part(arn: str) -> str:
    """Name at the end of an ARN, after its last colon or slash."""
    return arn.replace("/", ":").rsplit(":", maxsplit=1)[-1]


def service_args(args: QueueWorkerArgs, low: int, stop_timeout_seconds: int) -> FargateServiceArgs:
    """What the service takes over from the worker, with its permissions and variables."""
    taken = {key: value for key, value in args.items() if key not in OWN_KEYS and value is not None}
    own_tasks = pulumi.Output.from_input(args["cluster_arn"]).apply(
        lambda arn: arn.replace(":cluster/", ":task/") + "/*"
    )
    permissions: list[PermissionArgs] = [
        {"actions": [f"sqs:{action}" for action in CONSUME], "resources": [args["queue_arn"]]},
        {"actions": PROTECT, "resources": [own_tasks]},
    ]
    if (key := args.get("queue_kms_key_arn")) is not None:
        permissions.append({"actions": ["kms:Decrypt"], "resources": [key]})
    taken["permissions"] = [*permissions, *given(args.get("permissions"), [])]
    own: dict[str, pulumi.Input[str]] = {QUEUE_URL: args["queue_url"], STOP_TIMEOUT: str(stop_timeout_seconds)}
    if (dead := args.get("dead_letter_queue_url")) is not None:
        own[DEAD_LETTER_QUEUE_URL] = dead
    taken["environment"] = {**own, **given(args.get("environment"), {})}
    return cast("FargateServiceArgs", taken | {"desired_count": low, "keep_scaled_count": True})
