"""EventBridge Scheduler."""

from collections.abc import Callable
from datetime import datetime

from moto.scheduler import models
from moto.scheduler.responses import EventBridgeSchedulerResponse

from slipway_sandbox import clock
from slipway_sandbox.corrections._decorator import corrects, sets

ITS_CLOCK = "moto reads the machine's clock; here Scheduler lives by the sandbox's."


def _unix_time() -> float:
    return clock.now().timestamp()


def _now() -> datetime:
    return clock.now().replace(tzinfo=None)


sets(models, "unix_time", _unix_time, why=ITS_CLOCK)
sets(models, "utcnow", _now, why=ITS_CLOCK)


@corrects(
    EventBridgeSchedulerResponse.update_schedule,
    why="moto leaves ActionAfterCompletion of an updated schedule as it was; Scheduler sets it.",
)
def update_schedule(original: Callable[[EventBridgeSchedulerResponse], str], self: EventBridgeSchedulerResponse) -> str:
    answer = original(self)
    name = self.uri.split("?")[0].split("/")[-1]
    schedule = self.scheduler_backend.get_schedule(self._get_param("GroupName"), name)
    schedule.action_after_completion = self._get_param("ActionAfterCompletion")
    return answer
