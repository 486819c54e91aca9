"""CloudWatch."""

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from slipway_sandbox.corrections._decorator import adds


@adds(
    CloudWatchResponse,
    why="moto has no PutCompositeAlarm, but a place for its alarms; CloudWatch keeps and evaluates them.",
)
def put_composite_alarm(self: CloudWatchResponse) -> ActionResult:
    answer: ActionResult = self.put_metric_alarm()
    return answer
