"""The target of a schedule: RunTask of ECS in the name of the schedule's role, and the dead-letter queue.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NotRequired, TypedDict, cast

from moto.core.exceptions import ServiceException
from moto.ecs.models import ecs_backends
from moto.scheduler.models import Schedule
from moto.sqs.models import sqs_backends

from slipway_sandbox.authorization.check import Call, Refusal
from slipway_sandbox.authorization.cloud import session
from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.documents import Document, as_object, as_text
from slipway_sandbox.identities import verdicts
from slipway_sandbox.identities.assuming import Assumption
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.schedules.outcome import Failure

SCHEDULER = "scheduler.amazonaws.com"
UNABLE_TO_ASSUME = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


class RunTask(TypedDict):
    """Parameters of RunTask."""

    cluster: str
    taskDefinition: str
    count: int
    launchType: NotRequired[str]
    networkConfiguration: NotRequired[dict[str, Any]]
    group: NotRequired[str]
    platformVersion: NotRequired[str]
    capacityProviderStrategy: NotRequired[list[dict[str, Any]]]
    propagateTags: NotRequired[str]
    enableECSManagedTags: NotRequired[bool]
    tags: NotRequired[list[dict[str, str]]]


class Targets:
    """Invokes targets, with the rights of the schedule's role. What is refused goes into `denials`."""

    def __init__(self, denials: Denials) -> None:
        self._denials = denials

    def invoke(self, schedule: Schedule) -> Failure | None:
        """Start the task of a schedule; why not, where it did not start."""
        target = cast(Document, schedule.target)
        region, account = as_text(target["Arn"]).split(":")[3:5]
        parameters = run_task(target)
        request = json.dumps(parameters)
        if (role := self._role(schedule)) is None:
            return Failure("AccessDeniedException", UNABLE_TO_ASSUME, is_permanent=True, request=request)
        if refused := self._refusal_of(Call("ecs", "RunTask", parameters, region, account), role):
            return Failure(refused.code, refused.message, is_permanent=True, request=request)
        backend = ecs_backends[account][region]
        try:
            tags = list(parameters.get("tags", []))
            if parameters.get("propagateTags") == "TASK_DEFINITION":
                tags += backend.describe_task_definition(parameters["taskDefinition"]).tags or []
            backend.run_task(
                cluster_str=parameters["cluster"],
                task_definition_str=parameters["taskDefinition"],
                count=parameters["count"],
                overrides=None,
                started_by=f"chronos-schedule/{schedule.name}",
                tags=tags,
                launch_type=parameters.get("launchType"),
                networking_configuration=parameters.get("networkConfiguration"),
                group=parameters.get("group"),
                platform_version=parameters.get("platformVersion"),
                capacity_provider_strategy=parameters.get("capacityProviderStrategy"),
            )
        except ServiceException as error:
            return Failure(str(error.code), str(error.message), is_permanent=True, request=request)
        return None

    def set_aside(self, schedule: Schedule, body: str, attributes: Mapping[str, str]) -> str | None:
        """Send a call to the schedule's dead-letter queue; why it could not, None where the queue has it."""
        arn = as_text(as_object(cast(Document, schedule.target).get("DeadLetterConfig")).get("Arn"))
        region, account, name = arn.split(":")[3:6]
        if (role := self._role(schedule)) is None:
            return UNABLE_TO_ASSUME
        url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
        if refused := self._refusal_of(
            Call("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": body}, region, account), role
        ):
            return refused.message
        values = {key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()}
        try:
            sqs_backends[account][region].send_message(name, body, message_attributes=values)
        except ServiceException as error:
            return str(error.message)
        return None

    def _role(self, schedule: Schedule) -> Principal | None:
        """The session of the schedule's role; None where Scheduler may not assume it."""
        arn = as_text(cast(Document, schedule.target)["RoleArn"])
        region, account = schedule.arn.split(":")[3:5]
        # AWS names the group and not the schedule: cross-service-confused-deputy-prevention.html
        group = schedule.arn.rpartition("/")[0].replace(":schedule/", ":schedule-group/")
        assumption = Assumption(SCHEDULER, group, schedule.name, region, account)
        return session(arn, schedule.name) if assumption.is_granted(arn, self._denials) else None

    def _refusal_of(self, call: Call, role: Principal) -> Refusal | None:
        return verdicts.refusal_of(call, role, self._denials, datetime.now(UTC))


def starts_tasks(schedule: Schedule) -> bool:
    """Whether the target is one that the sandbox invokes."""
    return bool(schedule.target.get("EcsParameters"))


def run_task(target: Document) -> RunTask:
    """Parameters of RunTask, from a target."""
    ecs = cast("dict[str, Any]", target["EcsParameters"])  # as botocore has checked it
    awsvpc = (ecs.get("NetworkConfiguration") or {}).get("awsvpcConfiguration") or {}
    network = {f"{key[0].lower()}{key[1:]}": value for key, value in awsvpc.items()}
    given = {
        "cluster": target["Arn"],
        "taskDefinition": ecs["TaskDefinitionArn"],
        "count": int(ecs.get("TaskCount") or 1),
        "launchType": ecs.get("LaunchType"),
        "networkConfiguration": {"awsvpcConfiguration": network} if network else None,
        "group": ecs.get("Group"),
        "platformVersion": ecs.get("PlatformVersion"),
        "capacityProviderStrategy": ecs.get("CapacityProviderStrategy"),
        "propagateTags": ecs.get("PropagateTags"),
        "enableECSManagedTags": ecs.get("EnableECSManagedTags"),
        "tags": [{str(key): str(value) for key, value in tag.items()} for tag in ecs.get("Tags") or []],
    }
    return cast(RunTask, {key: value for key, value in given.items() if value not in (None, [])})
