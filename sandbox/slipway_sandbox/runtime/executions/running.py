"""Goes through the states of every execution, as far as each can go now.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync
Source: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
"""

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import cast

from moto.stepfunctions.models import Execution, StateMachine, stepfunctions_backends

from slipway_sandbox.authorization.cloud import session
from slipway_sandbox.documents import Document, Json, as_object, as_text, objects
from slipway_sandbox.identities.assuming import Assumption
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.executions import telling
from slipway_sandbox.runtime.executions.calls import CALLS, Caller, described, made
from slipway_sandbox.runtime.executions.definition import RUN_TASK, call_of, lacking, parsed
from slipway_sandbox.runtime.executions.outcome import RUNTIME, TASK_FAILED, TIMEOUT, Done, Ended, StateError, Waiting
from slipway_sandbox.runtime.executions.record import Progress, has_begun, note, progress_of, save
from slipway_sandbox.runtime.executions.states import Here, stepped

STATES = "states.amazonaws.com"
LONGEST_CAUSE = 32768

log = logging.getLogger(__name__)


class Executions:
    """Every execution of every account and region. `now` is the clock. Default: the machine's."""

    def __init__(self, denials: Denials, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._denials, self._now = denials, now

    def tick(self) -> None:
        """Go on with what can go on. Call it often."""
        for machine in _machines():
            for execution in list(machine.executions):
                try:
                    self._look_at(machine, execution)
                except Exception as error:  # one execution's trouble is not the others'
                    log.exception("execution %s", execution.execution_arn)
                    cause = f"the sandbox failed, and sandbox.log says how: {error!r}"
                    self._end(machine, execution, Ended("FAILED", error=RUNTIME, cause=cause))

    def _look_at(self, machine: StateMachine, execution: Execution) -> None:
        if execution.status == "RUNNING":
            if not has_begun(execution):
                self._begin(machine, execution)
            if (progress := progress_of(execution)) is not None:
                self._go_on(machine, execution, progress)
        elif (progress := progress_of(execution)) is not None:  # StopExecution
            self._abort(machine, execution, progress)

    def _begin(self, machine: StateMachine, execution: Execution) -> None:
        now = self._now()
        note(
            execution,
            now,
            "ExecutionStarted",
            "executionStarted",
            input=execution.execution_input,
            roleArn=machine.roleArn,
        )
        telling.of_start(machine, execution)
        definition = parsed(machine.definition)
        if unknown := lacking(definition, CALLS):
            log.warning("execution %s: the sandbox does not run %s", execution.execution_arn, unknown)
            self._end(machine, execution, Ended("FAILED", error=RUNTIME, cause=f"the sandbox does not run {unknown}"))
            return
        data: Json = json.loads(execution.execution_input or "{}")
        first = as_text(definition["StartAt"])
        save(execution, _entered(machine.definition, machine.roleArn, first, data, now))
        note(execution, now, f"{_type_of(definition, first)}StateEntered", "stateEntered", name=first, input=data)

    def _go_on(self, machine: StateMachine, execution: Execution, progress: Progress) -> None:
        definition = parsed(progress["definition"])
        while True:
            now, name = self._now(), progress["state"]
            state = as_object(as_object(definition["States"])[name])
            outcome = stepped(
                Here(
                    state,
                    progress,
                    _context(machine, execution),
                    now,
                    lambda parameters: self._call(execution, state, progress, parameters),  # noqa: B023 - called at once
                    lambda arn, is_late: self._end_of_task(execution, arn, is_late),
                )
            )
            if isinstance(outcome, Waiting):
                save(execution, progress)
                return
            if isinstance(outcome, Ended):
                if outcome.status == "SUCCEEDED":
                    _exited(execution, now, as_text(state["Type"]), name, outcome.data)
                self._end(machine, execution, outcome)
                return
            progress = self._enter(execution, definition, progress, outcome)

    def _enter(self, execution: Execution, definition: Document, progress: Progress, outcome: Done) -> Progress:
        """Leave a state for another one."""
        now = self._now()
        _exited(execution, now, _type_of(definition, progress["state"]), progress["state"], outcome.data)
        kind, name = _type_of(definition, outcome.following), outcome.following
        note(execution, now, f"{kind}StateEntered", "stateEntered", name=name, input=outcome.data)
        return _entered(progress["definition"], progress["role_arn"], name, outcome.data, now)

    def _call(self, execution: Execution, state: Document, progress: Progress, parameters: Document) -> Json:
        """Make the call of a task; None where the task of ECS that it started goes on."""
        call, now = call_of(state), self._now()
        resource: dict[str, Json] = dict(zip(("resourceType", "resource"), call.rsplit(":", 1), strict=True))
        scheduled = {"region": _place(execution)[1], "parameters": cast(Json, parameters)}
        note(execution, now, "TaskScheduled", "taskScheduled", **resource, **scheduled)
        note(execution, now, "TaskStarted", "taskStarted", **resource)
        with self._noted(execution, resource):
            answer = made(call, parameters, self._caller(execution, progress))
        if call != RUN_TASK:
            note(execution, now, "TaskSucceeded", "taskSucceeded", **resource, output=answer)
            return answer
        note(execution, now, "TaskSubmitted", "taskSubmitted", **resource, output=answer)
        progress["task_arn"] = as_text(objects(as_object(answer)["Tasks"])[0]["TaskArn"])
        return None

    def _end_of_task(self, execution: Execution, arn: str, is_late: bool) -> Json:
        """The ended task; None while it runs in time. A task that failed is an error with the task as its cause."""
        resource: dict[str, Json] = {"resourceType": "ecs", "resource": "runTask.sync"}
        with self._noted(execution, resource):
            try:
                task = as_object(described(arn, *_place(execution)))
            except KeyError as error:  # ECS shows a stopped task for an hour
                raise StateError(TASK_FAILED, f"the task {arn} is not there any more") from error
            if task.get("LastStatus") != "STOPPED":
                if is_late:  # the task goes on: AWS promises no more
                    raise StateError(TIMEOUT, "")
                return None
            codes = [container.get("ExitCode") for container in objects(task.get("Containers"))]
            if not codes or any(code != 0 for code in codes):
                raise StateError(TASK_FAILED, json.dumps(task)[:LONGEST_CAUSE])
        note(execution, self._now(), "TaskSucceeded", "taskSucceeded", **resource, output=task)
        return task

    @contextlib.contextmanager
    def _noted(self, execution: Execution, resource: dict[str, Json]) -> Iterator[None]:
        """Note a failure in the history."""
        try:
            yield
        except StateError as error:
            kind, now = "TaskTimedOut" if error.name == TIMEOUT else "TaskFailed", self._now()
            details = f"{kind[0].lower()}{kind[1:]}"
            note(execution, now, kind, details, **resource, error=error.name, cause=error.cause)
            raise

    def _caller(self, execution: Execution, progress: Progress) -> Caller:
        """The session of the role that the execution began with. Raises StateError where Step Functions may not assume it."""
        account, region = _place(execution)
        machine_arn, role_arn = execution.state_machine_arn, progress["role_arn"]
        assumption = Assumption(STATES, machine_arn, execution.name, region, account)
        role = session(role_arn, execution.name) if assumption.is_granted(role_arn, self._denials) else None
        if role is None:
            raise StateError(RUNTIME, f"The role {role_arn} is not authorized to be assumed by {STATES}")
        return Caller(role, account, region, self._denials)

    def _abort(self, machine: StateMachine, execution: Execution, progress: Progress) -> None:
        """StopExecution: the task that the execution waits for is stopped, too, as well as that goes."""
        if arn := progress["task_arn"]:
            request = {"Cluster": arn.split("/")[-2], "Task": arn, "Reason": "The execution was stopped"}
            try:
                made("aws-sdk:ecs:stopTask", request, self._caller(execution, progress))
            except StateError as error:
                log.warning("execution %s: its task runs on: %s", execution.execution_arn, error)
        self._end(machine, execution, Ended("ABORTED"))

    def _end(self, machine: StateMachine, execution: Execution, outcome: Ended) -> None:
        save(execution, None)
        now = self._now()
        execution.status, execution.stop_date = outcome.status, now.replace(tzinfo=None)
        if outcome.status == "SUCCEEDED":
            execution.output = json.dumps(outcome.data)
            note(execution, now, "ExecutionSucceeded", "executionSucceeded", output=execution.output)
        elif outcome.status == "FAILED":
            execution.error, execution.cause = outcome.error, outcome.cause
            note(execution, now, "ExecutionFailed", "executionFailed", error=outcome.error, cause=outcome.cause)
        else:
            note(execution, now, "ExecutionAborted", "executionAborted")
        telling.of_end(machine, execution)


def _machines() -> Iterator[StateMachine]:
    for account in list(stepfunctions_backends.values()):
        for backend in list(account.values()):
            yield from list(backend.state_machines)


def _place(execution: Execution) -> tuple[str, str]:
    """Account and region."""
    return execution.account_id, execution.region_name


def _entered(definition: str, role_arn: str, name: str, data: Json, now: datetime) -> Progress:
    """An execution at the begin of a state."""
    return {
        "definition": definition,
        "role_arn": role_arn,
        "state": name,
        "data": data,
        "entered": now.timestamp(),
        "waits_until": 0.0,
        "task_arn": "",
        "retries": {},
    }


def _exited(execution: Execution, now: datetime, kind: str, name: str, data: Json) -> None:
    note(execution, now, f"{kind}StateExited", "stateExited", name=name, output=data)


def _type_of(definition: Document, name: str) -> str:
    return as_text(as_object(as_object(definition["States"]).get(name)).get("Type"))


def _context(machine: StateMachine, execution: Execution) -> Json:
    """The context object."""
    started = f"{execution.start_date.isoformat(timespec='milliseconds')}Z"
    own: Json = {
        "Id": execution.execution_arn,
        "Input": json.loads(execution.execution_input or "{}"),
        "Name": execution.name,
        "RoleArn": machine.roleArn,
        "StartTime": started,
    }
    return {"Execution": own, "StateMachine": {"Id": machine.arn, "Name": machine.name}}
