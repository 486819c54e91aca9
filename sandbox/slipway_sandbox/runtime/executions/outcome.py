"""What became of a state, or of a whole execution."""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway_sandbox.documents import Json

TIMEOUT, RUNTIME, TASK_FAILED = "States.Timeout", "States.Runtime", "States.TaskFailed"


class StateError(Exception):
    """A state ended with an error, which its Retry and its Catch may take."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name}: {cause}")
        self.name, self.cause = name, cause

    def fits(self, names: Sequence[str]) -> bool:
        """Whether a Retry or a Catch for these names takes the error."""
        if self.name in names:
            return True
        if self.name == RUNTIME:
            return False
        return "States.ALL" in names or (TASK_FAILED in names and self.name != TIMEOUT)


@dataclass(frozen=True)
class Waiting:
    """The state goes on later."""


@dataclass(frozen=True)
class Done:
    """The state is over, and another one comes."""

    following: str
    data: Json


@dataclass(frozen=True)
class Ended:
    """The execution is over."""

    status: str
    data: Json = None
    error: str = ""
    cause: str = ""


Outcome = Waiting | Done | Ended
