"""Job: schedules, dates and queues that it refuses, in one sentence each."""

from typing import Any, NamedTuple

import pytest

from slipway import ArgumentError
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import JOB, QUEUE, TOPIC

AT = "at(2026-12-24T18:00:00)"


class Refused(NamedTuple):
    """Arguments, and the sentence about them."""

    args: dict[str, Any]
    says: str


REFUSED = [
    Refused(
        {"time_zone": "Europe/Berln"},
        "time_zone must be a time zone such as Europe/Berlin or UTC, got 'Europe/Berln'; did you mean Europe/Berlin?",
    ),
    Refused(
        {"schedule": "cron(0 3 30 2 ? *)"},
        "schedule must have a time that comes, got cron(0 3 30 2 ? *); look at its day and month",
    ),
    Refused(
        {"schedule": "cron(0 3 ? * 0 *)"},
        "schedule must have 1-7 for the day of the week, got '0' in 'cron(0 3 ? * 0 *)'",
    ),
    Refused(
        {"schedule": AT, "start_date": "2026-12-01T00:00:00Z"},
        f"start_date goes with cron and rate, got {AT}; leave start_date out",
    ),
    Refused(
        {"schedule": AT, "overdue_hours": 3, "alarm_topic_arn": TOPIC},
        f"overdue_hours goes with cron and rate, got {AT}; leave overdue_hours out",
    ),
    Refused(
        {"schedule": "rate(1 day)", "time_zone": "Asia/Tokyo"},
        "time_zone goes with cron and at, got rate(1 day); leave it out",
    ),
    Refused(
        {"start_date": "2026-02-30T00:00:00Z"},
        "start_date must be a time in UTC that exists, as in 2026-12-01T00:00:00Z, got '2026-02-30T00:00:00Z'; write it so",
    ),
    Refused(
        {"start_date": "2026-12-02T00:00:00Z", "end_date": "2026-12-01T00:00:00Z"},
        "end_date must be later than start_date, 2026-12-02T00:00:00Z, got 2026-12-01T00:00:00Z; move one",
    ),
    Refused(
        {"dead_letter_queue_arn": f"{QUEUE}.fifo"},
        f"dead_letter_queue_arn must be a standard queue, got '{QUEUE}.fifo'; Scheduler gives no message group",
    ),
    Refused({"maximum_retry_attempts": 186}, "maximum_retry_attempts must be a whole number 0-185, got 186"),
    Refused({"maximum_event_age_seconds": 59}, "maximum_event_age_seconds must be a whole number 60-86400, got 59"),
    Refused({"flexible_window_minutes": 1441}, "flexible_window_minutes must be a whole number 1-1440, got 1441"),
    Refused({"timeout_seconds": 0}, "timeout_seconds must be a whole number 1-604800, got 0"),
    Refused(
        {"retry_on_error": {"max_attempts": 11}}, "retry_on_error.max_attempts must be a whole number 1-10, got 11"
    ),
    Refused(
        {"retry_on_error": {"interval_seconds": 0}},
        "retry_on_error.interval_seconds must be a whole number 1-86400, got 0",
    ),
    Refused(
        {"retry_on_error": {"exit_codes": [3, 0]}},
        "retry_on_error.exit_codes[1] must be a whole number 1-255, got 0",
    ),
    Refused(
        {"retry_on_error": {"exit_codes": [3, 3]}},
        "retry_on_error.exit_codes must be distinct, got '3' twice; remove one",
    ),
    Refused(
        {"retry_on_error": {"exit_codes": []}},
        "retry_on_error.exit_codes must name at least one exit code, got []; leave it out for every one but 0",
    ),
    Refused({"overdue_hours": 169, "alarm_topic_arn": TOPIC}, "overdue_hours must be a whole number 1-168, got 169"),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case.says[:40] for case in REFUSED])
def test_a_job_refuses_it_before_the_first_resource(case: Refused) -> None:
    sentences: list[str] = []

    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            COMPONENTS["Job"]("report", JOB | case.args)
        sentences.append(str(caught.value))

    assert build(construct).resources == []
    assert sentences == [f"Job 'report': {case.says}"]
