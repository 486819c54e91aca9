"""Hours of an instance: stopped and started by EventBridge Scheduler, which needs nothing that runs.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2, iam, scheduler

from slipway.common import ArgumentError, Tags, allow, document, given, named, trust_within_account

TIMEZONE = "UTC"
EXAMPLE = "cron(0 19 ? * MON-FRI *)"
CRON = re.compile(r"cron\(([^()]*)\)")
TIMEZONE_NAME = re.compile(r"UTC|[A-Z][A-Za-z]*(/[A-Z][A-Za-z0-9_+-]*)+")
STEP = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?")
DAY_OF_MONTH = re.compile(r"L|LW|([1-9]|[12]\d|3[01])W")
DAY_OF_WEEK = re.compile(r"([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# Name, lowest and highest number, and the names that stand for numbers from the lowest up.
FIELDS: Sequence[tuple[str, int, int, Sequence[str]]] = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of the week", 1, 7, DAYS),
    ("year", 1970, 2199, ()),
)
MONTH_DAY, WEEK_DAY = 2, 4


@dataclass(frozen=True)
class Hours:
    """When an instance is stopped, and started again where that is asked for."""

    stop: str
    start: str | None
    timezone: str


def hours(who: str, args: Mapping[str, Any]) -> Hours | None:
    """Arguments about a schedule to their meaning; None without."""
    stop, start, timezone = (args.get(key) for key in ("stop_schedule", "start_schedule", "schedule_timezone"))
    for argument, value in (("start_schedule", start), ("schedule_timezone", timezone)):
        if value is not None and stop is None:
            raise ArgumentError(f"{who}: {argument} goes with stop_schedule, got no stop_schedule; set it too")
    if stop is None:
        return None
    for argument, value in (("stop_schedule", stop), ("start_schedule", start)):
        if value is not None:
            check_cron(who, argument, value)
    if timezone is not None and not TIMEZONE_NAME.fullmatch(timezone):
        raise ArgumentError(f"{who}: schedule_timezone must be one like Europe/Berlin or UTC, got {timezone!r}")
    return Hours(stop, start, given(timezone, TIMEZONE))


def check_cron(who: str, argument: str, value: str) -> None:
    """Refuse what EventBridge Scheduler does not take as a cron expression, and say which field."""
    found = CRON.fullmatch(value)
    fields = found[1].split() if found else []
    if len(fields) != len(FIELDS):
        names = ", ".join(name for name, *_ in FIELDS)
        raise ArgumentError(
            f"{who}: {argument} must be cron({names}) with spaces between, as in {EXAMPLE}, got {value!r}"
        )
    if (fields[MONTH_DAY] == "?") == (fields[WEEK_DAY] == "?"):
        rule = "must have ? for exactly one of the day of the month and the day of the week"
        raise ArgumentError(f"{who}: {argument} {rule}, as in {EXAMPLE}, got {value!r}")
    for index, (field, (name, low, high, _)) in enumerate(zip(fields, FIELDS, strict=True)):
        if not all(fits(index, entry) for entry in field.split(",")):
            raise ArgumentError(f"{who}: {argument} must have {low}-{high} for the {name}, got {field!r} in {value!r}")


def fits(index: int, entry: str) -> bool:
    """Whether a field takes this entry of its list: a number, a range, a step, or a word of its own."""
    if index in (MONTH_DAY, WEEK_DAY):
        own = DAY_OF_MONTH if index == MONTH_DAY else DAY_OF_WEEK
        if entry in ("?", "L") or own.fullmatch(entry):
            return True
    found = STEP.fullmatch(entry)
    if not found or (found["first"] == "*" and found["last"]):
        return False
    _, low, high, words = FIELDS[index]
    ends = [it for it in (found["first"], found["last"]) if it and it != "*"]
    numbers = [low + words.index(it) if it in words else int(it) if it.isdecimal() else -1 for it in ends]
    return all(low <= it <= high for it in numbers) and int(found["step"] or 1) > 0


def keep_hours(
    name: str, instance: ec2.Instance, when: Hours, tags: Tags | None, child: pulumi.ResourceOptions
) -> None:
    """Schedules that stop and start an instance, and a role that can do that to it alone."""
    partition = aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=child.parent)).partition
    plan = {"stop": when.stop} | ({"start": when.start} if when.start else {})
    shared = f"{name}-schedule"
    role = iam.Role(
        shared,
        description=f"Stops and starts {name} on schedule",
        assume_role_policy=trust_within_account("scheduler.amazonaws.com", child),
        tags=named(shared, tags),
        opts=child,
    )
    may = allow([f"ec2:{verb.title()}Instances" for verb in plan], instance.arn)
    grant = iam.RolePolicy(shared, role=role.name, policy=pulumi.Output.json_dumps(document([may])), opts=child)
    for verb, expression in plan.items():
        scheduler.Schedule(
            f"{name}-{verb}",
            description=f"To {verb} {name}",
            schedule_expression=expression,
            schedule_expression_timezone=when.timezone,
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": pulumi.Output.concat("arn:", partition, f":scheduler:::aws-sdk:ec2:{verb}Instances"),
                "role_arn": role.arn,
                "input": pulumi.Output.json_dumps({"InstanceIds": [instance.id]}),
            },
            opts=pulumi.ResourceOptions(parent=child.parent, depends_on=[grant]),
        )
