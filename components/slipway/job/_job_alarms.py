"""Three alarms of a job: it did not start, it ended with an error, it did not succeed in time.

ECS has no metric of exit codes. So rules of EventBridge match the ends of the job's tasks, and the alarms count the matches. Where
a state machine watches the runs, it tells what became of each after its retries, so that a run counts once.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import cloudwatch, ecs

from slipway.common import Context, Json, JsonObject

from ._run_plan import RunPlan
from ._state_parts import EVENT_SOURCE, EVENT_TYPE

PERIOD_SECONDS = 60  # how often Scheduler and EventBridge report
HOUR_SECONDS = 3600
NOT_STARTED = "TaskFailedToStart"


@dataclass(frozen=True)
class Watched:
    """The tasks that alarms watch."""

    definition: ecs.TaskDefinition
    cluster_arn: pulumi.Input[str]
    container: str
    """Name of the main container, whose exit code is the job's."""
    group_name: pulumi.Output[str]
    """Schedule group of the job."""
    run: RunPlan
    machine_arn: pulumi.Output[str] | None
    """State machine that watches the runs and tells what became of them; None where nothing does."""


@dataclass(frozen=True)
class Count:
    """A metric that counts, summed up."""

    id: str
    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True)
class Alarm:
    """An alarm on the sum of counts."""

    role: str
    text: str
    counts: Sequence[Count]
    period_seconds: int = PERIOD_SECONDS
    periods: int = 1
    """Periods in a row."""
    is_raised_by_none: bool = False
    """Raised by none counted, in place of at least one."""
    ok_topics: Sequence[pulumi.Input[str]] = field(default_factory=tuple)


def job_alarms(
    context: Context, watched: Watched, overdue_hours: int | None, topic_arn: pulumi.Input[str]
) -> list[pulumi.Output[str]]:
    """Make the rules and the alarms; the alarms' names."""
    name = context.name
    dropped = Count("dropped", "AWS/Scheduler", "InvocationDroppedCount", {"ScheduleGroup": watched.group_name})
    good_end: JsonObject = {"containers": {"name": [watched.container], "exitCode": [0]}}
    alarms = [
        Alarm(
            "unstarted",
            f"{name} did not start: Scheduler gave up within the last {PERIOD_SECONDS} seconds, or ECS stopped the task "
            "before its container ran. The dead-letter queue has the calls that failed; the stopped task has its reason",
            [dropped, unstarted(context, watched)],
        ),
        Alarm("error", error_text(name, watched.run), [errors(context, watched)]),
    ]
    if overdue_hours is not None:
        text = (
            f"{name} has not succeeded for {overdue_hours} hours, or never yet. Look whether its schedule is enabled, "
            "whether its tasks start, and how long they run"
        )
        success = matches(context, watched, "success", good_end)
        alarms.append(Alarm("overdue", text, [success], HOUR_SECONDS, overdue_hours, True, [topic_arn]))
    return [create(context, alarm, topic_arn) for alarm in alarms]


def error_text(name: str, run: RunPlan) -> str:
    """The sentence of the alarm on errors, from what the job asks for."""
    ends = "ended with another exit code than 0"
    if run.timeout_seconds is not None:
        ends += f" or was stopped after {run.timeout_seconds} seconds"
    if run.retries is not None:
        count = run.retries.max_attempts
        ends += f", and up to {count} further {'run' if count == 1 else 'runs'} did not help"
    return f"{name} {ends}, within the last {PERIOD_SECONDS} seconds. Its log says why; it runs again at its next time only"


def unstarted(context: Context, watched: Watched) -> Count:
    """Count of runs that could not start, beside those that Scheduler gave up."""
    if watched.machine_arn is not None:
        return told(context, watched.machine_arn, "unstarted")
    return matches(context, watched, "unstarted", {"stopCode": [NOT_STARTED]})


def errors(context: Context, watched: Watched) -> Count:
    """Count of runs that ended with an error."""
    if watched.machine_arn is not None:
        return told(context, watched.machine_arn, "error")
    end: JsonObject = {
        "stopCode": [{"anything-but": NOT_STARTED}],
        "containers": {"name": [watched.container], "exitCode": [{"anything-but": 0}]},
    }
    return matches(context, watched, "error", end)


def told(context: Context, machine_arn: pulumi.Output[str], outcome: str) -> Count:
    """A rule that matches one outcome that the state machine tells, as the count of its matches."""
    return counting_rule(context, outcome, machine_arn.apply(lambda arn: told_pattern(arn, outcome)))


def told_pattern(machine_arn: str, outcome: str) -> JsonObject:
    """Event pattern for the runs of a state machine with one outcome."""
    own: Json = {"stateMachine": [machine_arn], "outcome": [outcome]}
    return {"source": [EVENT_SOURCE], "detail-type": [EVENT_TYPE], "detail": own}


def matches(context: Context, watched: Watched, role: str, end: JsonObject) -> Count:
    """A rule that matches one kind of end of the job's tasks, as the count of its matches."""
    known = pulumi.Output.all(watched.cluster_arn, watched.definition.family)
    return counting_rule(context, role, known.apply(lambda values: end_pattern(values[0], values[1], end)))


def counting_rule(context: Context, role: str, pattern: pulumi.Output[JsonObject]) -> Count:
    """A rule without a target, as the count of its matches."""
    name = f"{context.name}-{role}"
    rule = cloudwatch.EventRule(
        name,
        description=f"Counts ends of a job: {role}",
        event_pattern=pulumi.Output.json_dumps(pattern),
        tags=context.tagged(name),
        opts=context.child,
    )
    return Count(role, "AWS/Events", "TriggeredRules", {"RuleName": rule.name})


def end_pattern(cluster_arn: str, family: str, end: JsonObject) -> JsonObject:
    """Event pattern for the stopped tasks of a family, however they were started, except by a service."""
    own: dict[str, Json] = {"clusterArn": [cluster_arn], "group": [f"family:{family}"], "lastStatus": ["STOPPED"]}
    return {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": {**own, **end}}


def create(context: Context, alarm: Alarm, topic_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """Make an alarm; its name.

    The first two are about one event, so that their way back to OK means nothing and is told to nobody.
    """
    name = f"{context.name}-{alarm.role}"
    queries: list[cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": count.id,
            "metric": {
                "namespace": count.namespace,
                "metric_name": count.name,
                "dimensions": count.dimensions,
                "stat": "Sum",
                "period": alarm.period_seconds,
            },
            "return_data": len(alarm.counts) == 1,
        }
        for count in alarm.counts
    ]
    if len(alarm.counts) > 1:
        total = " + ".join(f"FILL({count.id}, 0)" for count in alarm.counts)
        queries.append({"id": "total", "expression": total, "label": alarm.role, "return_data": True})
    return cloudwatch.MetricAlarm(
        name,
        alarm_description=alarm.text,
        metric_queries=queries,
        evaluation_periods=alarm.periods,
        comparison_operator="LessThanThreshold" if alarm.is_raised_by_none else "GreaterThanThreshold",
        threshold=1 if alarm.is_raised_by_none else 0,
        # Counts have no value while nothing happens.
        treat_missing_data="breaching" if alarm.is_raised_by_none else "notBreaching",
        alarm_actions=[topic_arn],
        ok_actions=alarm.ok_topics or None,
        tags=context.tagged(name),
        opts=context.child,
    ).name
