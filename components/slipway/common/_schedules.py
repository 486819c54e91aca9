"""Schedule expressions of AWS: cron, rate and at, with the time zones they are read in.

EventBridge Scheduler and application auto scaling follow the same rules.
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import datetime
import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ._checks import ArgumentError

SHORT = 4  # characters of an abbreviation
EXAMPLE = "cron(0 19 ? * MON-FRI *)"
CRON = re.compile(r"cron\(([^()]*)\)")
RATE = re.compile(r"rate\((?P<value>[1-9][0-9]*) (?P<unit>minute|hour|day)(?P<plural>s?)\)")
AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)\)", re.ASCII)
ENTRY = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?", re.ASCII)


@dataclass(frozen=True)
class CronField:
    """One of the six fields of a cron expression."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()
    """Names for numbers, the first for the lowest."""
    special: re.Pattern[str] | None = None
    """Entries beside numbers, ranges and steps, such as 15W."""
    has_steps: bool = True


MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTH_DAY = CronField("day of the month", 1, 31, special=re.compile(r"L|LW|([1-9]|[12][0-9]|3[01])W"))
WEEK_DAY = CronField(
    "day of the week", 1, 7, DAYS, re.compile(r"L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])"), has_steps=False
)
FIELDS = (
    CronField("minutes", 0, 59),
    CronField("hours", 0, 23),
    MONTH_DAY,
    CronField("month", 1, 12, MONTHS),
    WEEK_DAY,
    CronField("year", 1970, 2199),
)


def check_schedule_expression(who: str, argument: str, value: str) -> None:
    """Refuse all text but cron, rate and at expressions.

    >>> check_schedule_expression("Job 'report'", "schedule", "rate(5 minutes)")
    """
    if value.startswith("cron("):
        return check_cron_expression(who, argument, value)
    if (rate := RATE.fullmatch(value)) is not None:
        number, unit = rate["value"], rate["unit"]
        if (number == "1") == bool(rate["plural"]):
            fix = f"write rate({number} {unit if number == '1' else f'{unit}s'})"
            raise ArgumentError(
                f"{who}: {argument} must have the unit {unit} for 1 and {unit}s for more, got {value!r}; {fix}"
            )
        return None
    if (at := AT.fullmatch(value)) is None:
        rule = "must be cron(...) of six fields, rate(value unit) or at(yyyy-mm-ddThh:mm:ss)"
        raise ArgumentError(f"{who}: {argument} {rule}, got {value!r}; for example {EXAMPLE}")
    try:
        datetime.datetime.fromisoformat(at[1])
    except ValueError as error:
        raise ArgumentError(f"{who}: {argument} must be a time that exists, got {value!r}; {error}") from error
    return None


def check_cron_expression(who: str, argument: str, value: str) -> None:
    """Refuse a malformed cron expression, and name the wrong field.

    >>> check_cron_expression("Bastion 'door'", "stop_schedule", "cron(0 19 ? * MON-FRI *)")
    """
    match = CRON.fullmatch(value)
    texts = match[1].split() if match else []
    if len(texts) != len(FIELDS):
        names = ", ".join(field.name for field in FIELDS)
        rule = f"must be cron({names}) with spaces between"
        raise ArgumentError(f"{who}: {argument} {rule}, as in {EXAMPLE}, got {value!r}")
    if [texts[FIELDS.index(day)] for day in (MONTH_DAY, WEEK_DAY)].count("?") != 1:
        rule = "must have ? for exactly one of the day of the month and the day of the week"
        raise ArgumentError(f"{who}: {argument} {rule}, as in {EXAMPLE}, got {value!r}")
    for field, text in zip(FIELDS, texts, strict=True):
        entries = text.split(",")
        if field is WEEK_DAY and "#" in text and len(entries) > 1:
            rule = f"must have one entry alone for the {field.name} where it has a #"
            raise ArgumentError(f"{who}: {argument} {rule}, got {text!r} in {value!r}")
        is_any_day = text == "?" and field in (MONTH_DAY, WEEK_DAY)
        if not is_any_day and not all(_fits(field, entry) for entry in entries):
            rule = f"must have {field.low}-{field.high} for the {field.name}"
            raise ArgumentError(f"{who}: {argument} {rule}, got {text!r} in {value!r}")


def _fits(field: CronField, entry: str) -> bool:
    """Whether a field allows this entry of its list: a number, a range, a step, or a special word."""
    if field.special and field.special.fullmatch(entry):
        return True
    match = ENTRY.fullmatch(entry)
    if not match or (match["first"] == "*" and match["last"]) or (match["step"] and not field.has_steps):
        return False
    ends = [end for end in (match["first"], match["last"]) if end and end != "*"]
    return all(field.low <= _number(field, end) <= field.high for end in ends) and int(match["step"] or 1) > 0


def _number(field: CronField, text: str) -> int:
    """A number or a name of the field as its number; -1 for any other text."""
    if text in field.words:
        return field.low + field.words.index(text)
    return int(text) if text.isdecimal() else -1


def check_time_zone(who: str, argument: str, value: str) -> None:
    """Refuse a name that the IANA database of time zones does not have, and say a near one.

    >>> check_time_zone("Bastion 'door'", "time_zone", "Europe/Berlin")
    """
    if value in time_zones():
        return
    rule = f"{who}: {argument} must be a time zone such as Europe/Berlin or UTC, got {value!r}"
    near = _near_zone(value)
    raise ArgumentError(f"{rule}; did you mean {near}?" if near else rule)


@lru_cache
def time_zones() -> frozenset[str]:
    """Every name of the IANA database, from a package: the machine's own database may lack some."""
    return frozenset(files("tzdata").joinpath("zones").read_text().split())


def _near_zone(value: str) -> str | None:
    """A name with other capitals, of the same place, or spelled much like it."""
    places: dict[str, str] = {}
    for name in sorted(time_zones()):
        places[name.lower()] = name
        places.setdefault(name.rpartition("/")[2].lower(), name)
    wanted = value.strip().lower().replace(" ", "_")
    # Abbreviations such as CEST are much like others that mean another place.
    near = difflib.get_close_matches(wanted, places, n=1, cutoff=0.8 if len(wanted) > SHORT else 1.0)
    return places[near[0]] if near else None
