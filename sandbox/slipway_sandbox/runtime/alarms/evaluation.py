"""Evaluates every alarm of every account and region, and moves it to the state that its metrics say.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends

from slipway_sandbox.corrections.cloudwatch import states
from slipway_sandbox.corrections.metrics import metrics_of
from slipway_sandbox.corrections.metrics import seconds as seconds_of
from slipway_sandbox.metrics.functions import Row, Value
from slipway_sandbox.metrics.grammar import ExpressionError
from slipway_sandbox.metrics.queries import Window, answers
from slipway_sandbox.metrics.samples import StatisticError, is_few
from slipway_sandbox.metrics.series import Metrics
from slipway_sandbox.runtime.alarms.composites import CompositeRuleError, holds
from slipway_sandbox.runtime.alarms.definitions import Definition, definition_of
from slipway_sandbox.runtime.alarms.reasons import Asked, reason, reason_data
from slipway_sandbox.runtime.alarms.windows import ALARM, OK, Datapoint, judge, seconds_between_evaluations

LOOK_SECONDS = 10  # between two evaluations of the fastest alarm

log = logging.getLogger(__name__)


class Alarms:
    """Evaluates alarms when they are due. An alarm begins with the first whole minute after it was made."""

    def __init__(self) -> None:
        self._turns: dict[str, int] = {}
        """ARN, to the turn in which an alarm was evaluated last."""
        self._told: dict[str, str] = {}
        self._looked_at = 0
        self._since: float | None = None

    def tick(self, now: float) -> None:
        """Evaluate what is due at a time, in seconds since 1970. Call it often, after the metrics of the time are in."""
        if now // LOOK_SECONDS == self._looked_at:
            return
        self._looked_at = int(now // LOOK_SECONDS)
        self._since = now if self._since is None else self._since
        turns: dict[str, int] = {}
        for backend, alarms in _alarms():
            for alarm in alarms:
                self._try(alarm, lambda: self._look(alarm, backend, now, turns))  # noqa: B023 - called here
            for alarm in alarms:
                if alarm.rule is not None:
                    self._try(alarm, lambda: _compose(alarm, backend))  # noqa: B023 - called here
        self._turns = turns

    def _look(self, alarm: Alarm, backend: CloudWatchBackend, now: float, turns: dict[str, int]) -> None:
        if alarm.rule is not None:
            return
        definition = definition_of(alarm)
        seconds = seconds_between_evaluations(definition.period, definition.rule.periods)
        turn = int(now // seconds)
        turns[alarm.alarm_arn] = turn
        begin = max(seconds_of(alarm.configuration_updated_timestamp), self._since or now)
        if self._turns.get(alarm.alarm_arn, int(begin // seconds)) != turn:
            evaluate(alarm, definition, metrics_of(backend), turn * seconds, now)

    def _try(self, alarm: Alarm, step: Callable[[], None]) -> None:
        """One alarm's trouble is not the others'; it is logged once."""
        try:
            step()
        except Exception as error:
            known = isinstance(error, ExpressionError | StatisticError | CompositeRuleError)
            if self._told.get(alarm.alarm_arn) != str(error):
                log.warning("alarm %s is not evaluated: %s", alarm.name, error, exc_info=not known)
            self._told[alarm.alarm_arn] = str(error)
        else:
            self._told.pop(alarm.alarm_arn, None)


def evaluate(alarm: Alarm, definition: Definition, metrics: Metrics, end: int, now: float) -> None:
    """Judge an alarm by the periods before `end`, and do what follows."""
    rule = definition.rule
    window = Window(end, definition.period, rule.range)
    row = _row(answers(definition.queries, metrics, window)[definition.judged], window)
    points = [
        None if value is None else Datapoint(start, value) for start, value in zip(window.starts, row, strict=True)
    ]
    verdict = judge(rule, points)
    numbers = _numbers(definition, metrics, [point.start for point in verdict.judged])
    latest = verdict.judged[0].value if verdict.judged else None
    statistic = definition.statistic
    keeps = alarm.evaluate_low_sample_count_percentile == "ignore" and statistic is not None
    if not verdict.state or (keeps and any(is_few(statistic.name, number) for number in numbers.values())):  # type: ignore[union-attr] # by `keeps`
        states.change(alarm, alarm.state_value, "", "", latest)
        return
    asked = Asked(
        datetime.fromtimestamp(now, UTC),
        definition.period,
        statistic.name if statistic else "",
        statistic.unit if statistic else "",
    )
    data = json.dumps(reason_data(rule, verdict, asked, numbers))
    states.change(alarm, verdict.state, reason(rule, verdict), data, latest)


def _row(value: Value, window: Window) -> Row:
    if isinstance(value, tuple):
        if len(value) != 1:
            raise ExpressionError(f"an alarm judges one series, and its expression has {len(value)}")
        return value[0]
    return [value] * window.number if isinstance(value, float) else value


def _numbers(definition: Definition, metrics: Metrics, starts: Iterable[int]) -> dict[int, float]:
    """Samples of each data point of a single metric, by its start."""
    statistic = definition.statistic
    if statistic is None:
        return {}
    period = definition.period
    return {start: metrics.sample(statistic.metric, start, start + period, statistic.unit).number for start in starts}


def _compose(alarm: Alarm, backend: CloudWatchBackend) -> None:
    value = ALARM if holds(str(alarm.rule), {name: each.state_value for name, each in backend.alarms.items()}) else OK
    if value != alarm.state_value:
        states.change(alarm, value, f"The rule {alarm.rule} {'holds' if value == ALARM else 'does not hold'}", "")


def _alarms() -> Iterator[tuple[CloudWatchBackend, list[Alarm]]]:
    for account in list(cloudwatch_backends.values()):
        for backend in list(account.values()):
            if backend.alarms:
                yield backend, list(backend.alarms.values())
