"""What Step Functions tells of an execution: metrics, events on the default bus, and lines in the log.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
Source: https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html
"""

import json
import logging
from datetime import UTC, datetime
from typing import cast

from moto.core.exceptions import ServiceException
from moto.events.models import events_backends
from moto.logs.models import logs_backends
from moto.stepfunctions.models import Execution, StateMachine

from slipway_sandbox.corrections import metrics
from slipway_sandbox.documents import Document, as_object, as_text, objects
from slipway_sandbox.runtime.executions.record import history_of

METRICS = {"SUCCEEDED": "ExecutionsSucceeded", "FAILED": "ExecutionsFailed", "ABORTED": "ExecutionsAborted"}
ERRORS = ("TaskFailed", "TaskTimedOut", "ExecutionFailed", "ExecutionAborted")
"""Events of the level ERROR, of those that the sandbox knows."""

log = logging.getLogger(__name__)


def of_start(machine: StateMachine, execution: Execution) -> None:
    """Count an execution that begins, and send its event."""
    _count(machine, execution, "ExecutionsStarted")
    _send(machine, execution)


def of_end(machine: StateMachine, execution: Execution) -> None:
    """Count an execution that ended, send its event, and log its errors."""
    _count(machine, execution, METRICS[execution.status])
    _send(machine, execution)
    _log(machine, execution)


def _count(machine: StateMachine, execution: Execution, metric: str) -> None:
    metrics.count(execution.account_id, execution.region_name, "AWS/States", metric, {"StateMachineArn": machine.arn})


def _send(machine: StateMachine, execution: Execution) -> None:
    detail = {
        "executionArn": execution.execution_arn,
        "stateMachineArn": machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": _milliseconds(execution.start_date),
        "stopDate": _milliseconds(execution.stop_date),
        "input": execution.execution_input,
        "output": execution.output,
    }
    event = {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Resources": [execution.execution_arn],
        "Detail": json.dumps(detail),
    }
    events_backends[execution.account_id][execution.region_name].put_events([event])


def _log(machine: StateMachine, execution: Execution) -> None:
    """Write the errors of an execution into the state machine's log; every event of it where the level is ALL."""
    configuration = cast(Document, machine.loggingConfiguration)
    level = as_text(configuration.get("level")) or "OFF"
    events = [event for event in history_of(execution) if level == "ALL" or event["type"] in ERRORS]
    if level == "OFF" or not events:
        return
    for destination in objects(configuration.get("destinations")):
        arn = as_text(as_object(destination.get("cloudWatchLogsLogGroup")).get("logGroupArn"))
        group, stream = arn.partition(":log-group:")[2].removesuffix(":*"), f"states/{machine.name}/{execution.name}"
        backend = logs_backends[execution.account_id][execution.region_name]
        try:
            backend.create_log_stream(group, stream)
            lines = [_line(execution, event, bool(configuration.get("includeExecutionData"))) for event in events]
            backend.put_log_events(group, stream, lines)
        except ServiceException as error:
            log.warning("execution %s: its log is lost: %s", execution.execution_arn, error)


def _line(execution: Execution, event: dict[str, object], with_data: bool) -> dict[str, object]:
    at = _milliseconds(cast(datetime, event["timestamp"]))
    details = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    shown = {
        key: value
        for key, value in cast("dict[str, object]", details).items()
        if with_data or key not in ("input", "output", "parameters")
    }
    line = {
        "id": str(event["id"]),
        "type": event["type"],
        "details": shown,
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(at),
        "execution_arn": execution.execution_arn,
    }
    return {"timestamp": at, "message": json.dumps(line)}


def _milliseconds(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)
