"""Who is to blame for a task that does not start: the image, or a daemon that broke off."""

from typing import Any

import pytest
import requests
from docker.errors import APIError
from urllib3.exceptions import ProtocolError

from slipway_sandbox.runtime.containers.specs import TaskError
from slipway_sandbox.runtime.ecs.task_run import TaskRun
from tests.support.commands import HANG_SECONDS


class Failing:
    """A daemon that fails at the first volume."""

    def __init__(self, error: Exception) -> None:
        self.error, self.removals = error, self

    def create_volume(self, name: str) -> None:
        raise self.error

    def now(self, containers: list[str], volumes: list[str]) -> None:
        assert volumes == ["v"]


LOST = "HostUnavailable: the sandbox's Docker daemon did not answer"


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (TaskError("CannotPullContainerError: none"), "TaskFailedToStart", "CannotPullContainerError: none"),
        (APIError("no room"), "TaskFailedToStart", "CannotStartContainerError: no room"),
        (requests.ConnectionError("Connection aborted."), "TerminationNotice", f"{LOST} (Connection aborted.)"),
        (ProtocolError("Connection broken"), "TerminationNotice", f"{LOST} (Connection broken)"),
    ],
    ids=["refused by us", "refused by Docker", "no connection", "broken off"],
)
def test_an_answer_of_docker_is_the_task_s_failure_and_no_answer_is_not(
    error: Exception, code: str, reason: str
) -> None:
    host: Any = Failing(error)
    run = TaskRun(id="t", host=host, specs=[], labels={}, volumes=["v"])
    run.start()
    assert run.join(HANG_SECONDS)
    assert (run.phase, run.stop_code, run.stopped_reason) == ("STOPPED", code, reason)
