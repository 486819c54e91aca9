"""The target of a schedule: RunTask of ECS or StartExecution of Step Functions in the name of the schedule's role, and the dead-letter queue.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from moto.core.exceptions import ServiceException
from moto.scheduler.models import Schedule
from moto.sqs.models import sqs_backends

from slipway_sandbox.authorization.check import Call, Refusal
from slipway_sandbox.authorization.cloud import session
from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.documents import Document, as_object, as_text
from slipway_sandbox.identities import verdicts
from slipway_sandbox.identities.assuming import Assumption
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.ecs.starting import RunTask, run
from slipway_sandbox.runtime.schedules.outcome import Failure

SCHEDULER = "scheduler.amazonaws.com"
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
UNABLE_TO_ASSUME = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


class Targets:
    """Invokes targets, with the rights of the schedule's role. What is refused goes into `denials`."""

    def __init__(self, denials: Denials) -> None:
        self._denials = denials

    def invoke(self, schedule: Schedule, scheduled: datetime) -> Failure | None:
        """Start the task or the execution of a schedule; why not, where it did not start."""
        target = cast(Document, schedule.target)
        call = start_execution(target, scheduled) if is_state_machine(schedule) else run_task(target)
        region, account = as_text(target["Arn"]).split(":")[3:5]
        request = json.dumps(call.parameters)
        if (role := self._role(schedule)) is None:
            return Failure("AccessDeniedException", UNABLE_TO_ASSUME, is_permanent=True, request=request)
        if refused := self._refusal_of(Call(call.service, call.operation, call.parameters, region, account), role):
            return Failure(refused.code, refused.message, is_permanent=True, request=request)
        try:
            call.make(account, region, schedule.name)
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


def is_invoked(schedule: Schedule) -> bool:
    """Whether the target is one that the sandbox invokes."""
    return bool(schedule.target.get("EcsParameters")) or is_state_machine(schedule)


def is_state_machine(schedule: Schedule) -> bool:
    """Whether the target is a state machine."""
    return ":stateMachine:" in str(schedule.target["Arn"])


def start_execution(target: Document, scheduled: datetime) -> "StartExecution":
    """StartExecution, with the input of a target; Scheduler fills in its time."""
    given = as_text(target.get("Input")) or "{}"
    time = scheduled.strftime("%Y-%m-%dT%H:%M:%SZ")
    return StartExecution({"stateMachineArn": target["Arn"], "input": given.replace(SCHEDULED_TIME, time)})


def run_task(target: Document) -> "StartTask":
    """RunTask, from a target."""
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
    return StartTask(cast(Document, {key: value for key, value in given.items() if value not in (None, [])}))


@dataclass(frozen=True)
class StartTask:
    """A start of a task."""

    parameters: Document
    service: str = "ecs"
    operation: str = "RunTask"

    def make(self, account: str, region: str, schedule_name: str) -> None:
        """Start it. Raises ServiceException of moto."""
        run(cast(RunTask, self.parameters), account, region, f"chronos-schedule/{schedule_name}")


@dataclass(frozen=True)
class StartExecution:
    """A start of an execution."""

    parameters: Document
    service: str = "stepfunctions"
    operation: str = "StartExecution"

    def make(self, account: str, region: str, schedule_name: str) -> None:  # noqa: ARG002 - the execution does not know it
        """Start it. Raises ServiceException of moto."""
        from moto.stepfunctions.models import stepfunctions_backends  # noqa: PLC0415 - most clouds have no state machine

        machine, given = as_text(self.parameters["stateMachineArn"]), as_text(self.parameters["input"])
        stepfunctions_backends[account][region].start_execution(machine, str(uuid.uuid4()), given)
