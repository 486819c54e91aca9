"""Job: one schedule, the exact rights of its start, and alarms on what the job did."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from slipway import unless_passed
from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import CLUSTER, JOB, QUEUE, TOPIC

Job = COMPONENTS["Job"]
ALARM = "metricAlarm:MetricAlarm"
RULE = "eventRule:EventRule"


def job(args: dict[str, Any]) -> Built:
    return build(lambda: Job("report", JOB | args))


def policy(built: Built, kind: str, name: str, key: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(built.one(kind, name).inputs[key])["Statement"]
    return statements


def test_the_schedule_starts_one_task_in_private_subnets_and_sets_failed_starts_aside() -> None:
    built = job({"time_zone": "Europe/Berlin"})
    inputs = built.one("schedule:Schedule", "report").inputs
    assert inputs == {
        "description": "cron(30 6 ? * MON-FRI *) in Europe/Berlin; a time that the clocks skip does not run, and one that "
        "comes twice runs once",
        "flexibleTimeWindow": {"mode": "OFF"},
        "groupName": built.one("scheduleGroup:ScheduleGroup", "report").outputs["name"],
        "scheduleExpression": "cron(30 6 ? * MON-FRI *)",
        "scheduleExpressionTimezone": "Europe/Berlin",
        "state": "ENABLED",
        "target": {
            "arn": CLUSTER,
            "roleArn": built.one("role:Role", "report-schedule").outputs["arn"],
            "deadLetterConfig": {"arn": built.one("queue:Queue", "report-dead").outputs["arn"]},
            "retryPolicy": {"maximumRetryAttempts": 185, "maximumEventAgeInSeconds": 3600},
            "ecsParameters": {
                "taskDefinitionArn": built.one("taskDefinition:TaskDefinition", "report").outputs["arn"],
                "launchType": "FARGATE",
                "taskCount": 1,
                "networkConfiguration": {
                    "subnets": ["subnet-00000001", "subnet-00000002"],
                    "securityGroups": ["report-id"],
                    "assignPublicIp": False,
                },
                "enableEcsManagedTags": True,
                "propagateTags": "TASK_DEFINITION",
            },
        },
    }
    needs = built.awaited("Schedule report")
    assert {
        "RolePolicy report-schedule",
        "RolePolicy report-execution",
        "SecurityGroupEgressRule report-https",
    } <= needs


def test_the_start_has_the_rights_for_its_family_cluster_roles_tags_and_dead_letters_only() -> None:
    built = job({})
    roles = sorted(built.one("role:Role", f"report-{role}").outputs["arn"] for role in ("execution", "task"))
    assert policy(built, "rolePolicy:RolePolicy", "report-schedule", "policy") == [
        {
            "Effect": "Allow",
            "Action": ["ecs:RunTask"],
            "Resource": "arn:aws:ecs:eu-west-1:123456789012:task-definition/report:*",
            "Condition": {"ArnEquals": {"ecs:cluster": CLUSTER}},
        },
        {
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": roles,
            "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        },
        {
            "Effect": "Allow",
            "Action": ["ecs:TagResource"],
            "Resource": "arn:aws:ecs:eu-west-1:123456789012:task/main/*",
            "Condition": {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        },
        {
            "Effect": "Allow",
            "Action": ["sqs:SendMessage"],
            "Resource": built.one("queue:Queue", "report-dead").outputs["arn"],
        },
    ]


def test_only_the_schedules_of_its_group_take_the_role() -> None:
    built = job({})
    group = built.one("scheduleGroup:ScheduleGroup", "report").outputs["arn"]
    assert policy(built, "role:Role", "report-schedule", "assumeRolePolicy") == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012", "aws:SourceArn": group}},
        }
    ]


def test_an_existing_queue_takes_the_dead_letters() -> None:
    built = job({"dead_letter_queue_arn": QUEUE})
    assert built.of_type("queue:Queue") == []
    assert policy(built, "rolePolicy:RolePolicy", "report-schedule", "policy")[-1]["Resource"] == QUEUE
    outputs = built.component_outputs("Job")
    assert (outputs["deadLetterQueueArn"], outputs.get("deadLetterQueueUrl"), outputs["alarmNames"]) == (
        QUEUE,
        None,
        [],
    )


def test_bounds_windows_and_a_pause_reach_the_schedule() -> None:
    dates = {"start_date": "2026-12-01T00:00:00Z", "end_date": "2026-12-31T00:00:00Z"}
    retries = {"maximum_retry_attempts": 0, "maximum_event_age_seconds": 60}
    inputs = (
        job({**dates, **retries, "flexible_window_minutes": 15, "paused": True})
        .one("schedule:Schedule", "report")
        .inputs
    )
    assert (inputs["startDate"], inputs["endDate"], inputs["state"]) == (*dates.values(), "DISABLED")
    assert inputs["flexibleTimeWindow"] == {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}
    assert inputs["target"]["retryPolicy"] == {"maximumRetryAttempts": 0, "maximumEventAgeInSeconds": 60}


def test_a_start_that_has_passed_is_no_start_so_that_no_update_sends_it() -> None:
    start_date = unless_passed("2026-11-01T00:00:00Z", now=datetime(2026, 11, 28, tzinfo=UTC))
    assert "startDate" not in job({"start_date": start_date}).one("schedule:Schedule", "report").inputs


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, "cron(30 6 ? * MON-FRI *) in UTC, whose clocks never change"),
        (
            {"schedule": "rate(1 day)"},
            "rate(1 day) from its creation, at once; a day is 24 hours, also when the clocks change",
        ),
        (
            {"schedule": "rate(1 day)", "start_date": "2026-12-01T00:00:00Z"},
            "rate(1 day) from 2026-12-01T00:00:00Z; a day is 24 hours, also when the clocks change",
        ),
        (
            {"schedule": "at(2026-12-24T18:00:00)", "time_zone": "Asia/Tokyo"},
            "at(2026-12-24T18:00:00) in Asia/Tokyo, once",
        ),
    ],
)
def test_the_schedule_says_its_rule_for_the_clocks_in_words(args: dict[str, Any], words: str) -> None:
    assert job(args).component_outputs("Job")["scheduleText"] == words


def test_three_alarms_tell_of_no_start_of_an_error_and_of_no_success_in_time() -> None:
    alarms = {it.name: it.inputs for it in job({"alarm_topic_arn": TOPIC}).of_type(ALARM)}
    shown = {
        name: (it["comparisonOperator"], it["threshold"], it["evaluationPeriods"], it["treatMissingData"])
        for name, it in alarms.items()
    }
    assert shown == {
        "report-unstarted": ("GreaterThanThreshold", 0, 1, "notBreaching"),
        "report-error": ("GreaterThanThreshold", 0, 1, "notBreaching"),
        "report-overdue": ("LessThanThreshold", 1, 73, "breaching"),
    }
    told = {
        name: (it["alarmActions"], it.get("okActions"), it.get("insufficientDataActions"))
        for name, it in alarms.items()
    }
    assert told == {
        "report-unstarted": ([TOPIC], None, None),
        "report-error": ([TOPIC], None, None),
        "report-overdue": ([TOPIC], [TOPIC], None),
    }
    periods = {
        name: {query["metric"]["period"] for query in it["metricQueries"] if "metric" in query}
        for name, it in alarms.items()
    }
    assert periods == {"report-unstarted": {60}, "report-error": {60}, "report-overdue": {3600}}
    assert alarms["report-overdue"]["alarmDescription"].startswith(
        "report has not succeeded for 73 hours, or never yet."
    )


def test_the_alarm_on_starts_adds_calls_given_up_and_tasks_that_never_ran() -> None:
    built = job({"alarm_topic_arn": TOPIC})
    queries = {it["id"]: it for it in built.one(ALARM, "report-unstarted").inputs["metricQueries"]}
    assert queries["total"]["expression"] == "FILL(dropped, 0) + FILL(unstarted, 0)"
    group = built.one("scheduleGroup:ScheduleGroup", "report").outputs["name"]
    dropped = queries["dropped"]["metric"]
    assert (dropped["metricName"], dropped["dimensions"]) == ("InvocationDroppedCount", {"ScheduleGroup": group})


def test_rules_match_the_ends_of_the_family_by_the_exit_code_of_the_main_container() -> None:
    built = job({"alarm_topic_arn": TOPIC})
    family = built.one("taskDefinition:TaskDefinition", "report").inputs["family"]
    own = {"clusterArn": [CLUSTER], "group": [f"family:{family}"], "lastStatus": ["STOPPED"]}
    details = {it.name: json.loads(it.inputs["eventPattern"])["detail"] for it in built.of_type(RULE)}
    assert details == {
        "report-unstarted": own | {"stopCode": ["TaskFailedToStart"]},
        "report-error": own
        | {
            "stopCode": [{"anything-but": "TaskFailedToStart"}],
            "containers": {"name": ["report"], "exitCode": [{"anything-but": 0}]},
        },
        "report-success": own | {"containers": {"name": ["report"], "exitCode": [0]}},
    }


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ("rate(6 hours)", 7),
        ("rate(90 minutes)", 3),
        ("cron(0 3 * * ? *)", 25),
        ("cron(0/5 8-17 ? * MON-FRI *)", 64),
        ("cron(0 3 ? * SUN *)", None),
        ("cron(0 3 * 1-6 ? *)", None),
        ("at(2026-12-24T18:00:00)", None),
    ],
)
def test_a_job_is_overdue_an_hour_after_its_longest_pause(schedule: str, hours: int | None) -> None:
    alarms = {it.name: it.inputs for it in job({"alarm_topic_arn": TOPIC, "schedule": schedule}).of_type(ALARM)}
    overdue = alarms.get("report-overdue")
    assert (overdue["evaluationPeriods"] if overdue else None) == hours
