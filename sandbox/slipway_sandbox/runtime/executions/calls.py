"""Calls of AWS that states make, with the rights of the state machine's role.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
Source: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from moto.core.exceptions import ServiceException
from moto.ecs.models import ecs_backends
from moto.events.models import events_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.models import stepfunctions_backends

from slipway_sandbox.authorization.check import Call
from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.corrections.ecs.objects import as_task
from slipway_sandbox.documents import Document, Json, as_text, objects, texts
from slipway_sandbox.identities import verdicts
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.ecs import task_events
from slipway_sandbox.runtime.ecs.starting import RunTask, run
from slipway_sandbox.runtime.executions.definition import RUN_TASK
from slipway_sandbox.runtime.executions.outcome import StateError

STARTED_BY = "AWS Step Functions"
END_RULE = "StepFunctionsGetEventsForECSTaskRule"


@dataclass(frozen=True)
class Caller:
    """Who calls, and where."""

    role: Principal
    account: str
    region: str
    denials: Denials

    def need(self, service: str, operation: str, parameters: Document, prefix: str) -> None:
        """Ask the judge for a call. Raises StateError where the role may not make it."""
        call = Call(service, operation, parameters, self.region, self.account)
        if refused := verdicts.refusal_of(call, self.role, self.denials, datetime.now(UTC)):
            raise StateError(f"{prefix}.{refused.code}", refused.message)


def made(name: str, parameters: Document, caller: Caller) -> Json:
    """The answer of a call. Raises StateError in AWS's words where it fails."""
    prefix = PREFIXES[name.rpartition(":")[0]]
    try:
        return CALLS[name](parameters, caller, prefix)
    except ServiceException as error:
        raise StateError(f"{prefix}.{error.code}", str(error.message)) from error


def run_task(parameters: Document, caller: Caller, prefix: str) -> Json:
    """Start a task, and hear of its end by a rule of EventBridge."""
    for operation in ("DescribeRule", "PutRule", "PutTargets"):
        key = "Rule" if operation == "PutTargets" else "Name"
        caller.need("events", operation, {key: END_RULE}, prefix)
    request = cast(RunTask, {"count": 1, **cast(Document, spelled(parameters, str.lower))})
    caller.need("ecs", "RunTask", cast(Document, request), prefix)
    [task] = run(request, caller.account, caller.region, STARTED_BY)
    return {"Failures": [], "Tasks": [described(task.task_arn, caller.account, caller.region)]}


def list_tasks(parameters: Document, caller: Caller, prefix: str) -> Json:
    request = cast(Document, spelled(parameters, str.lower))
    caller.need("ecs", "ListTasks", request, prefix)
    tasks = ecs_backends[caller.account][caller.region].list_tasks(
        as_text(request.get("cluster")) or "default",
        family=as_text(request.get("family")) or None,
        desiredStatus=as_text(request.get("desiredStatus")) or None,
    )
    return {"TaskArns": [task.task_arn for task in tasks]}


def describe_tasks(parameters: Document, caller: Caller, prefix: str) -> Json:
    request = cast(Document, spelled(parameters, str.lower))
    caller.need("ecs", "DescribeTasks", request, prefix)
    tasks = ecs_backends[caller.account][caller.region].describe_tasks(
        as_text(request.get("cluster")) or "default", texts(request.get("tasks"))
    )
    return {"Failures": [], "Tasks": [described(task.task_arn, caller.account, caller.region) for task in tasks]}


def stop_task(parameters: Document, caller: Caller, prefix: str) -> Json:
    request = cast(Document, spelled(parameters, str.lower))
    caller.need("ecs", "StopTask", request, prefix)
    cluster, arn = as_text(request.get("cluster")) or "default", as_text(request.get("task"))
    task = ecs_backends[caller.account][caller.region].stop_task(cluster, arn, as_text(request.get("reason")))
    return {"Task": described(task.task_arn, caller.account, caller.region)}


def list_executions(parameters: Document, caller: Caller, prefix: str) -> Json:
    request = cast(Document, spelled(parameters, str.lower))
    caller.need("stepfunctions", "ListExecutions", request, prefix)
    machine = stepfunctions_backends[caller.account][caller.region].describe_state_machine(
        as_text(request.get("stateMachineArn"))
    )
    wanted = request.get("statusFilter")
    listed = [it for it in machine.executions if wanted in (None, it.status)]
    return {
        "Executions": [
            {"ExecutionArn": it.execution_arn, "Name": it.name, "Status": it.status, "StartDate": str(it.start_date)}
            for it in reversed(listed)
        ]
    }


def get_execution_history(parameters: Document, caller: Caller, prefix: str) -> Json:
    request = cast(Document, spelled(parameters, str.lower))
    caller.need("stepfunctions", "GetExecutionHistory", request, prefix)
    backend = stepfunctions_backends[caller.account][caller.region]
    events = backend.get_execution_history(as_text(request.get("executionArn")))["events"]
    if request.get("reverseOrder"):
        events = events[::-1]
    most = request.get("maxResults")
    shown: Json = json.loads(json.dumps(events[:most] if isinstance(most, int) else events, default=str))
    return {"Events": spelled(shown, str.upper)}


def send_message(parameters: Document, caller: Caller, prefix: str) -> Json:
    body = parameters.get("MessageBody")
    text = body if isinstance(body, str) else json.dumps(body)
    url = as_text(parameters.get("QueueUrl"))
    caller.need("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": text}, prefix)
    message = sqs_backends[caller.account][caller.region].send_message(url.rpartition("/")[2], text)
    return {"MessageId": message.id, "MD5OfMessageBody": message.body_md5}


def put_events(parameters: Document, caller: Caller, prefix: str) -> Json:
    entries: list[dict[str, Json]] = [
        {**entry, "Detail": json.dumps(entry.get("Detail"))} for entry in objects(parameters.get("Entries"))
    ]
    caller.need("events", "PutEvents", {"Entries": entries}, prefix)
    answers: Json = events_backends[caller.account][caller.region].put_events(entries)
    return {"Entries": answers, "FailedEntryCount": 0}


def described(task_arn: str, account: str, region: str) -> Json:
    """A task as states see it."""
    backend = ecs_backends[account][region]
    task = as_task(backend.tasks[task_arn.split("/")[-2]][task_arn])
    return spelled(cast(Json, task_events.detail(task, backend)), str.upper)


def spelled(value: Json, letter: Callable[[str], str]) -> Json:
    """The value with the first letter of every key in upper or in lower case: states and services write it otherwise."""
    if isinstance(value, Mapping):
        return {letter(key[:1]) + key[1:]: spelled(inner, letter) for key, inner in value.items()}
    return [spelled(inner, letter) for inner in value] if isinstance(value, list) else value


CALLS: Mapping[str, Callable[[Document, Caller, str], Json]] = {
    RUN_TASK: run_task,
    "aws-sdk:ecs:describeTasks": describe_tasks,
    "aws-sdk:ecs:listTasks": list_tasks,
    "aws-sdk:ecs:stopTask": stop_task,
    "aws-sdk:sfn:getExecutionHistory": get_execution_history,
    "aws-sdk:sfn:listExecutions": list_executions,
    "events:putEvents": put_events,
    "sqs:sendMessage": send_message,
}
"""The calls that the sandbox makes."""
PREFIXES = {"aws-sdk:ecs": "Ecs", "aws-sdk:sfn": "Sfn", "ecs": "ECS", "events": "EventBridge", "sqs": "SQS"}
"""Service in a state's resource to the first word of its errors."""
