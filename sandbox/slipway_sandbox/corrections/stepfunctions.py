"""Step Functions: what its API tells of executions that really run."""

from collections.abc import Callable
from typing import cast

from moto.core.responses import ActionResult
from moto.stepfunctions.models import Execution
from moto.stepfunctions.responses import StepFunctionResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import kept

HISTORY = "slipway_history"
"""Attribute of an execution: its events, in order."""


@corrects(
    Execution.get_execution_history,
    why="moto tells the same invented events of every execution; Step Functions tells what happened.",
)
def get_execution_history(
    original: Callable[..., list[dict[str, object]]],  # noqa: ARG001 - invented
    self: Execution,
    roleArn: str,  # noqa: ARG001, N803 - moto's name
) -> list[dict[str, object]]:
    events: list[dict[str, object]] = []
    return kept(self, HISTORY, events)


@corrects(
    StepFunctionResponse.get_execution_history,
    why="moto ignores the order and the number that are asked for; Step Functions answers by them.",
)
def get_execution_history_answer(
    original: Callable[[StepFunctionResponse], ActionResult],
    self: StepFunctionResponse,
) -> ActionResult:
    answer = cast("dict[str, list[object]]", original(self).result)
    events = answer["events"][::-1] if self._get_param("reverseOrder") else answer["events"]
    return ActionResult({"events": events[: self._get_int_param("maxResults") or None]})
