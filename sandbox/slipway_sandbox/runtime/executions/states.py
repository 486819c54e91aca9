"""What each kind of state does with its data.

Source: https://states-language.net/spec.html#state-types
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from slipway_sandbox.documents import Document, Json, as_object, as_text, objects, texts
from slipway_sandbox.runtime.executions.choices import chosen
from slipway_sandbox.runtime.executions.outcome import RUNTIME, Done, Ended, Outcome, StateError, Waiting
from slipway_sandbox.runtime.executions.paths import PathError, Scope, placed
from slipway_sandbox.runtime.executions.record import Progress

NO_TIMEOUT_SECONDS = 99999999
RETRY = {"IntervalSeconds": 1.0, "BackoffRate": 2.0, "MaxAttempts": 3.0, "MaxDelaySeconds": 31622400.0}
"""Defaults of a retrier."""


@dataclass(frozen=True)
class Here:
    """A state of an execution, now."""

    state: Document
    progress: Progress
    context: Json
    now: datetime
    begin: Callable[[Document], Json]
    """Makes the call of a task: its answer; None where the answer comes with the end of a task of ECS."""
    end: Callable[[str, bool], Json]
    """The answer of the task with this ARN; None while it runs. Raises StateError where it failed, or runs while it is late."""

    @property
    def scope(self) -> Scope:
        """The data of the state, and the context object."""
        return Scope(self.progress["data"], self.context)

    def number(self, field: str, default: float) -> float:
        """A number in the state."""
        value = self.state.get(field, default)
        return float(value) if isinstance(value, int | float) else default

    def done(self, data: Json) -> Outcome:
        """The end of this state."""
        following = as_text(self.state.get("Next"))
        return Done(following, data) if following else Ended("SUCCEEDED", data)

    @property
    def is_waiting(self) -> bool:
        """Whether the time of a wait has not come."""
        return self.now.timestamp() < self.progress["waits_until"]


def stepped(here: Here) -> Outcome:
    """Go on with a state."""
    try:
        return STEPS[as_text(here.state.get("Type"))](here)
    except PathError as error:
        return Ended("FAILED", error=RUNTIME, cause=str(error))


def step_pass(here: Here) -> Outcome:
    """Hand data on, or other data."""
    data = here.progress["data"]
    if "InputPath" in here.state:
        result = here.scope.value(as_text(here.state["InputPath"]))
    elif "Parameters" in here.state:
        result = here.scope.filled(here.state["Parameters"])
    else:
        result = here.state.get("Result", data)
    return here.done(placed(data, result_path(here.state), result))


def step_choice(here: Here) -> Outcome:
    """Choose the next state."""
    following = chosen(here.state, here.scope)
    if following is None:
        return Ended(
            "FAILED", error="States.NoChoiceMatched", cause="no rule of the Choice fits, and it has no Default"
        )
    return Done(following, here.progress["data"])


def step_wait(here: Here) -> Outcome:
    """Wait for some seconds."""
    if not here.progress["waits_until"]:
        here.progress["waits_until"] = here.progress["entered"] + here.number("Seconds", 0)
    return Waiting() if here.is_waiting else here.done(here.progress["data"])


def step_succeed(here: Here) -> Outcome:
    """End well."""
    return Ended("SUCCEEDED", here.progress["data"])


def step_fail(here: Here) -> Outcome:
    """End with an error."""
    words = {
        field: here.scope.value(as_text(here.state[f"{field}Path"]))
        if f"{field}Path" in here.state
        else here.state.get(field, "")
        for field in ("Error", "Cause")
    }
    return Ended("FAILED", error=as_text(words["Error"]), cause=as_text(words["Cause"]))


def step_task(here: Here) -> Outcome:
    """Make a call, or wait for the end of its work; try again, or go on at another state, where that fails."""
    progress = here.progress
    if here.is_waiting:
        return Waiting()
    if progress["waits_until"]:  # the next attempt
        progress["waits_until"], progress["entered"] = 0.0, here.now.timestamp()
    try:
        if not progress["task_arn"]:
            answer = here.begin(as_object(here.scope.filled(here.state.get("Parameters", {}))))
        else:
            seconds = here.now.timestamp() - progress["entered"]
            answer = here.end(progress["task_arn"], seconds >= here.number("TimeoutSeconds", NO_TIMEOUT_SECONDS))
        if answer is None:
            return Waiting()
    except StateError as error:
        return after_error(here, error)
    if "ResultSelector" in here.state:
        answer = Scope(answer, here.context).filled(here.state["ResultSelector"])
    return here.done(placed(progress["data"], result_path(here.state), answer))


def after_error(here: Here, error: StateError) -> Outcome:
    """Wait for the next attempt, or go on at the state of the Catch, or end."""
    progress = here.progress
    progress["task_arn"] = ""
    for index, retrier in enumerate(objects(here.state.get("Retry"))):
        if error.fits(texts(retrier.get("ErrorEquals"))):
            made = progress["retries"].get(str(index), 0)
            rule = {key: float(str(retrier.get(key, default))) for key, default in RETRY.items()}
            if made >= rule["MaxAttempts"]:
                break
            progress["retries"][str(index)] = made + 1
            pause = min(rule["IntervalSeconds"] * rule["BackoffRate"] ** made, rule["MaxDelaySeconds"])
            progress["waits_until"] = here.now.timestamp() + pause
            return Waiting()
    for catcher in objects(here.state.get("Catch")):
        if error.fits(texts(catcher.get("ErrorEquals"))):
            told: Json = {"Error": error.name, "Cause": error.cause}
            return Done(as_text(catcher.get("Next")), placed(progress["data"], result_path(catcher), told))
    return Ended("FAILED", error=error.name, cause=error.cause)


def result_path(state: Document) -> str | None:
    """Where the result goes: `$` by default, None for null."""
    path = state.get("ResultPath", "$")
    return None if path is None else as_text(path)


STEPS: Mapping[str, Callable[[Here], Outcome]] = {
    "Choice": step_choice,
    "Fail": step_fail,
    "Pass": step_pass,
    "Succeed": step_succeed,
    "Task": step_task,
    "Wait": step_wait,
}
