"""Schedules of a service, and the times that a request gets: what cannot work is refused, what is doubtful is told."""

from typing import Any

import pytest

from slipway.common import Arguments
from slipway.service import ServicePlan, service_plan
from slipway.task import workload
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BEHIND_BALANCER, TASK

FargateService = COMPONENTS["FargateService"]


def plan(args: dict[str, Any]) -> ServicePlan:
    """The plan of a service with these arguments."""
    arguments = Arguments("T", args)
    return service_plan(arguments, workload(arguments, "api"))


def timed(**changed: Any) -> dict[str, Any]:
    night = {"schedule": "cron(0 20 * * ? *)", "min_tasks": 1}
    return {"scaling": {"max_tasks": 4, "schedules": {"nights": night | changed}}}


REFUSED = [
    Refused(
        timed(schedule="0 20 * * *"),
        "scaling.schedules.nights.schedule must be cron(...) of six fields, rate(value unit) or at(yyyy-mm-ddThh:mm:ss), "
        "got '0 20 * * *'; for example cron(0 19 ? * MON-FRI *)",
    ),
    Refused(
        timed(schedule="cron(0 20 * * *)"),
        "scaling.schedules.nights.schedule must be cron(minutes, hours, day of the month, month, day of the week, year) "
        "with spaces between, as in cron(0 19 ? * MON-FRI *), got 'cron(0 20 * * *)'",
    ),
    Refused(
        timed(min_tasks=None),
        "scaling.schedules.nights must change a bound, got none; set min_tasks, max_tasks or both",
    ),
    Refused(
        timed(min_tasks=4, max_tasks=3),
        "scaling.schedules.nights.max_tasks must be a whole number 4-5000, got 3; min_tasks is 4",
    ),
    Refused(
        timed(time_zone="berlin time"),
        "scaling.schedules.nights.time_zone must be a time zone such as Europe/Berlin or UTC, got 'berlin time'",
    ),
    Refused(
        {"scaling": {"max_tasks": 4, "schedules": {"at night": {"schedule": "rate(1 day)", "min_tasks": 1}}}},
        "the keys of scaling.schedules must be letters, digits and hyphens and start with a letter, got 'at night'",
    ),
    Refused(
        BEHIND_BALANCER | {"longest_request_seconds": 30, "deregistration_delay_seconds": 20},
        "deregistration_delay_seconds must cover longest_request_seconds, 30, got 20; make it 30 or more, or leave it out",
    ),
    Refused(
        BEHIND_BALANCER | {"longest_request_seconds": 50},
        "stop_timeout_seconds must cover longest_request_seconds, 50, got 30; "
        "set it to 50, as requests may begin just before SIGTERM",
    ),
    Refused(
        BEHIND_BALANCER | {"longest_request_seconds": 90, "stop_timeout_seconds": 90},
        "load_balancer.idle_timeout_seconds must cover longest_request_seconds, 90, got 60; "
        "set load_balancer.idle_timeout_seconds to 90 or more",
    ),
    Refused(
        {"longest_request_seconds": 5},
        "longest_request_seconds needs load_balancer or listener, got none; "
        "set load_balancer or leave longest_request_seconds out",
    ),
]


@pytest.mark.parametrize(("args", "says"), REFUSED)
def test_times_that_cannot_work_are_refused_before_anything_exists(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: FargateService("api", TASK | args)) == f"FargateService 'api': {says}"


def test_a_stop_timeout_shorter_than_the_deregistration_delay_is_doubted() -> None:
    args = BEHIND_BALANCER | {"deregistration_delay_seconds": 60}
    assert plan(args).warnings == [
        "T: stop_timeout_seconds, 30, is shorter than the 60 s that requests get by deregistration_delay_seconds; "
        "if these still run when SIGTERM comes, the program has to finish them in that time"
    ]
    assert plan(BEHIND_BALANCER).warnings == []
