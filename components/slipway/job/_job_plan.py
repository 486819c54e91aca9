"""The plan of a job: its arguments, checked alone and against one another before anything exists.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html
"""

from dataclasses import dataclass

import pulumi

from slipway.common import Arguments, Tags
from slipway.links import calls, linked
from slipway.messaging import check_alarm_topic, check_queue_arn
from slipway.service import Peers, Placement, peers, placement
from slipway.task import Workload, workload

from ._run_plan import RunPlan, run_plan
from ._schedule_plan import SchedulePlan, schedule_plan


@dataclass(frozen=True)
class JobPlan:
    """A checked job with every default filled in."""

    workload: Workload
    placement: Placement
    peers: Peers
    schedule: SchedulePlan
    run: RunPlan
    dead_letter_queue_arn: pulumi.Input[str] | None
    """An existing queue; None for a new one."""
    alarm_topic_arn: pulumi.Input[str] | None
    tags: Tags | None


def job_plan(arguments: Arguments, name: str) -> JobPlan:
    """Check the arguments of a job. Raises ArgumentError."""
    tasks = linked(arguments, workload(arguments, name))
    schedule = schedule_plan(arguments)
    check_alarm_topic(arguments)
    queue_arn = arguments.input("dead_letter_queue_arn")
    check_queue_arn(arguments.who, "dead_letter_queue_arn", queue_arn)
    if isinstance(queue_arn, str) and queue_arn.endswith(".fifo"):
        fix = "Scheduler gives no message group"
        raise arguments.error("dead_letter_queue_arn", f"must be a standard queue, got {queue_arn!r}; {fix}")
    return JobPlan(
        workload=tasks,
        placement=placement(arguments),
        peers=peers(arguments, None, tasks.volumes, calls(arguments)),
        schedule=schedule,
        run=run_plan(arguments),
        dead_letter_queue_arn=queue_arn,
        alarm_topic_arn=arguments.input("alarm_topic_arn"),
        tags=arguments.tags(),
    )
