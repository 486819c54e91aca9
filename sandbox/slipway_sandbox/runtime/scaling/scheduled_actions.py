"""The times of scheduled actions. Changes nothing.

A time that passes while the sandbox is stopped is left out. An action with a start runs at its start, too; a rate without one
counts from the action's creation.
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
"""

import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from moto.applicationautoscaling.models import FakeScheduledAction

from slipway_sandbox.runtime.schedules.schedule_times import runs

SECONDS_AND_CRON_FIELDS = 7

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timing:
    """Expression and bounds of a scheduled action."""

    expression: str
    time_zone: str
    created: datetime
    start: datetime | None
    end: datetime | None

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Every time of the action after a moment, in order.

        Raises ValueError or KeyError on an expression or a zone that does not exist.
        """
        for found in self._endless(moment):
            if self.end is not None and found > self.end:
                return
            if found > moment:
                yield found

    def _endless(self, moment: datetime) -> Iterator[datetime]:
        kind = self.expression.partition("(")[0]
        if kind == "at":
            yield from runs(self.expression, self.time_zone, moment)
            return
        if self.start is not None:
            yield self.start
        begin = self.start or self.created
        if kind == "rate":
            first, second = itertools.islice(runs(self.expression, self.time_zone, begin), 2)
            begin += max((moment - begin) // (second - first), 0) * (second - first)
        else:
            begin = max(begin, moment)
        yield from (found for found in runs(_without_seconds(self.expression), self.time_zone, begin) if found > begin)


@dataclass
class _Watched:
    """An action, and its next time."""

    timing: Timing
    times: Iterator[datetime]
    next: datetime | None


class ScheduledActions:
    """Scheduled actions, each due at its times and once at each. `now` is the clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._looked = now()
        self._watched: dict[str, _Watched] = {}

    def due(self, actions: Iterable[FakeScheduledAction]) -> list[FakeScheduledAction]:
        """Those whose time has come since the last call, in the order of their times. Give all that exist, and call it often."""
        begin, now = self._looked, self._now()
        self._looked = now
        alive: set[str] = set()
        come: list[tuple[datetime, FakeScheduledAction]] = []
        for action in actions:
            alive.add(action.arn)
            watched = self._watched.get(action.arn)
            if watched is None or watched.timing != timing_of(action):
                watched = self._watched[action.arn] = _watch(action, begin)
            while watched.next is not None and watched.next <= now:
                come.append((watched.next, action))
                watched.next = next(watched.times, None)
        self._watched = {arn: watched for arn, watched in self._watched.items() if arn in alive}
        return [action for _, action in sorted(come, key=lambda entry: entry[0])]


def timing_of(action: FakeScheduledAction) -> Timing:
    """The timing of moto's scheduled action."""
    return Timing(
        expression=action.schedule or "",
        time_zone=action.timezone or "UTC",
        created=datetime.fromtimestamp(action.creation_time, UTC),
        start=_moment(action.start_time),
        end=_moment(action.end_time),
    )


def _watch(action: FakeScheduledAction, begin: datetime) -> _Watched:
    """Begin with the first time after this moment."""
    timing = timing_of(action)
    times = timing.after(begin)
    try:
        upcoming = next(times, None)
    except (ValueError, KeyError) as error:  # moto takes any expression and any zone
        log.warning("scheduled action %s never runs: %s: %s", action.scheduled_action_name, timing.expression, error)
        upcoming = None
    return _Watched(timing, times, upcoming)


def _without_seconds(expression: str) -> str:
    """A cron expression of six fields; AWS takes seconds before them and promises nothing by them."""
    kind, _, rest = expression.partition("(")
    fields = rest.removesuffix(")").split()
    is_long = kind == "cron" and len(fields) == SECONDS_AND_CRON_FIELDS
    return f"cron({' '.join(fields[1:])})" if is_long else expression


def _moment(date: object) -> datetime | None:
    """A date as the API carries it: seconds since 1970."""
    return None if date is None else datetime.fromtimestamp(float(str(date)), UTC)
