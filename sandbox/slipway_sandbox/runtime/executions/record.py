"""What an execution has done so far: kept on moto's execution, so that it is saved and goes on after a start of the sandbox.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

import json
from datetime import datetime
from typing import TypedDict

from moto.stepfunctions.models import Execution

from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.stepfunctions import HISTORY
from slipway_sandbox.documents import Json

PROGRESS = "slipway_progress"


class Progress(TypedDict):
    """Where an execution stands."""

    definition: str
    """The state machine's definition as the execution began; a later one does not change it."""
    role_arn: str
    state: str
    data: Json
    """Input of the state."""
    entered: float
    """When the state was entered, or tried again, in seconds since 1970."""
    waits_until: float
    """When the state goes on; 0 for one that does not wait."""
    task_arn: str
    """The task that the state waits for; empty for none."""
    retries: dict[str, int]
    """Number of a retrier to the attempts that it has made in this state."""


def progress_of(execution: Execution) -> Progress | None:
    """Where an execution stands; None for one that has not begun, or is over."""
    empty: Progress | dict[str, object] = {}
    return kept(execution, PROGRESS, empty) or None  # type: ignore[return-value] # as `save` has put it there


def save(execution: Execution, progress: Progress | None) -> None:
    """Keep where an execution stands; None for one that is over."""
    keep(execution, PROGRESS, progress or {})


def has_begun(execution: Execution) -> bool:
    """Whether the sandbox has begun with it."""
    return bool(history_of(execution))


def history_of(execution: Execution) -> list[dict[str, object]]:
    """Events of an execution, in order."""
    return kept(execution, HISTORY, [])


def note(execution: Execution, now: datetime, kind: str, details: str = "", **values: Json) -> None:
    """Add an event to the history; `details` is the name of the member for its values."""
    events = history_of(execution)
    event: dict[str, object] = {"timestamp": now, "type": kind, "id": len(events) + 1, "previousEventId": len(events)}
    if details:
        event[f"{details}EventDetails"] = {
            key: value if isinstance(value, str | int) else json.dumps(value) for key, value in values.items()
        }
    keep(execution, HISTORY, [*events, event])
