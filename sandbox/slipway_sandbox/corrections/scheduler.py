"""EventBridge Scheduler."""

from collections.abc import Callable

from moto.scheduler.responses import EventBridgeSchedulerResponse

from slipway_sandbox.corrections._decorator import corrects


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
