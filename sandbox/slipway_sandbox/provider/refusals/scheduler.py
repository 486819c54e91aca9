"""EventBridge Scheduler's refusals."""

from datetime import UTC, datetime

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import text
from slipway_sandbox.provider.refusals.rule import Refusal
from slipway_sandbox.runtime.schedules.schedule_times import runs

LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)


def no_expression(scope: Scope) -> str | None:
    """A schedule with an expression that is none, or in a time zone that there is not."""
    expression, zone = text(scope.inputs, "scheduleExpression"), text(scope.inputs, "scheduleExpressionTimezone", "UTC")
    try:
        next(runs(expression, zone, LONG_AGO), None)
    except KeyError:
        return f"Invalid Schedule Expression Timezone {zone}."
    except (ValueError, IndexError):
        return f"Invalid Schedule Expression {expression}."
    return None


def passed_at(scope: Scope) -> str | None:
    """A new schedule whose one time has passed; one that was there before stays."""
    expression, zone = text(scope.inputs, "scheduleExpression"), text(scope.inputs, "scheduleExpressionTimezone", "UTC")
    if not expression.startswith("at(") or no_expression(scope):
        return None
    is_passed = next(runs(expression, zone, datetime.now(UTC)), None) is None
    return f"Invalid Schedule Expression {expression}." if is_passed else None


REFUSALS = (
    Refusal(
        "aws:scheduler/schedule:Schedule",
        "CreateSchedule",
        "ValidationException",
        "scheduleExpression scheduleExpressionTimezone",
        no_expression,
        "write cron(0 19 ? * MON-FRI *), rate(5 minutes) or at(2030-01-01T00:00:00), in a time zone such as Europe/Berlin",
        plain=True,
    ),
    Refusal(
        "aws:scheduler/schedule:Schedule",
        "CreateSchedule",
        "ValidationException",
        "scheduleExpression scheduleExpressionTimezone",
        passed_at,
        "its time has passed; take a later one, or take the schedule out of the program",
        plain=True,
    ),
)
