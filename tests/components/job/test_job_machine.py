"""Job that watches its runs: its state machine, the exact rights of both roles, and alarms that count a run once."""

import json
from typing import Any

import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import CLUSTER, JOB, KEY, QUEUE, TOPIC

Job = COMPONENTS["Job"]
MACHINE = "stateMachine:StateMachine"
RULE = "eventRule:EventRule"
POLICY = "rolePolicy:RolePolicy"
WATCHED: list[dict[str, Any]] = [{"timeout_seconds": 600}, {"retry_on_error": {}}, {"skip_overlap": True}]
EVERYTHING: dict[str, Any] = {key: value for args in WATCHED for key, value in args.items()}


def job(args: dict[str, Any]) -> Built:
    return build(lambda: Job("report", JOB | args))


def statements(built: Built, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(built.one(POLICY, name).inputs["policy"])["Statement"]
    return found


def states(built: Built) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(built.one(MACHINE, "report").inputs["definition"])["States"]
    return found


def test_a_job_that_asks_for_no_more_than_a_start_has_no_state_machine() -> None:
    built = job({"alarm_topic_arn": TOPIC})
    assert built.of_type(MACHINE) == []
    assert built.component_outputs("Job").get("stateMachineArn") is None


@pytest.mark.parametrize("args", WATCHED, ids=str)
def test_scheduler_starts_an_execution_where_a_run_is_watched(args: dict[str, Any]) -> None:
    built = job(args)
    machine = built.one(MACHINE, "report").outputs["arn"]
    assert built.one("schedule:Schedule", "report").inputs["target"] == {
        "arn": machine,
        "roleArn": built.one("role:Role", "report-start").outputs["arn"],
        "deadLetterConfig": {"arn": built.one("queue:Queue", "report-dead").outputs["arn"]},
        "retryPolicy": {"maximumRetryAttempts": 185, "maximumEventAgeInSeconds": 3600},
        "input": '{"scheduled": "<aws.scheduler.scheduled-time>"}',
    }
    assert built.component_outputs("Job")["stateMachineArn"] == machine


def test_the_role_of_the_schedule_may_start_executions_and_set_aside_and_nothing_in_ecs() -> None:
    built = job(EVERYTHING)
    assert statements(built, "report-start") == [
        {
            "Effect": "Allow",
            "Action": ["states:StartExecution"],
            "Resource": built.one(MACHINE, "report").outputs["arn"],
        },
        {
            "Effect": "Allow",
            "Action": ["sqs:SendMessage"],
            "Resource": built.one("queue:Queue", "report-dead").outputs["arn"],
        },
    ]


def test_the_role_of_the_state_machine_has_what_its_states_call() -> None:
    built = job(EVERYTHING)
    in_cluster = {"ArnEquals": {"ecs:cluster": CLUSTER}}
    own = "arn:aws:events:eu-west-1:123456789012"
    _, _, tag, stop, managed, tell, aside, log, beside = statements(built, "report-machine")
    assert statements(built, "report-machine")[:3] == statements(job({}), "report-schedule")[:3]
    assert tag["Resource"] == stop["Resource"] == "arn:aws:ecs:eu-west-1:123456789012:task/main/*"
    assert (stop["Action"], stop["Condition"]) == (["ecs:DescribeTasks", "ecs:StopTask"], in_cluster)
    assert managed == {
        "Effect": "Allow",
        "Action": ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
        "Resource": f"{own}:rule/StepFunctionsGetEventsForECSTaskRule",
    }
    assert tell == {
        "Effect": "Allow",
        "Action": ["events:PutEvents"],
        "Resource": f"{own}:event-bus/default",
        "Condition": {"StringEquals": {"events:source": "slipway.job"}},
    }
    assert (aside["Action"], aside["Resource"]) == (
        ["sqs:SendMessage"],
        built.one("queue:Queue", "report-dead").outputs["arn"],
    )
    assert ({action.partition(":")[0] for action in log["Action"]}, log["Resource"]) == ({"logs"}, "*")
    assert beside == {"Effect": "Allow", "Action": ["ecs:ListTasks"], "Resource": "*", "Condition": in_cluster}


def test_rights_on_its_own_executions_come_with_what_needs_them() -> None:
    own = {
        str(args): [action for it in built.of_type(POLICY) if it.name == "report-machine-own" for action in actions(it)]
        for args in WATCHED
        for built in [job(args)]
    }
    assert list(own.values()) == [["states:GetExecutionHistory"], [], ["states:ListExecutions"]]


def actions(policy: Any) -> list[str]:
    return [action for it in json.loads(policy.inputs["policy"])["Statement"] for action in it["Action"]]


def test_only_state_machines_of_the_account_and_region_take_the_role() -> None:
    [trusted] = json.loads(job(EVERYTHING).one("role:Role", "report-machine").inputs["assumeRolePolicy"])["Statement"]
    assert (trusted["Principal"], trusted["Condition"]) == (
        {"Service": "states.amazonaws.com"},
        {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:*"},
        },
    )


def test_the_schedule_waits_for_every_right() -> None:
    needs = job(EVERYTHING).awaited("Schedule report")
    assert {f"RolePolicy report-{role}" for role in ("start", "machine", "machine-own", "execution")} <= needs
    assert "RolePolicy report-machine" in job(EVERYTHING).awaited("StateMachine report")


def test_errors_are_logged_without_data_under_the_prefix_that_needs_no_policy_of_its_own() -> None:
    built = job(EVERYTHING | {"log_retention_days": 7, "log_kms_key_arn": KEY})
    group = built.one("logGroup:LogGroup", "report-machine")
    assert (group.inputs["namePrefix"], group.inputs["retentionInDays"], group.inputs["kmsKeyId"]) == (
        "/aws/vendedlogs/states/",
        7,
        KEY,
    )
    assert built.one(MACHINE, "report").inputs["loggingConfiguration"] == {
        "level": "ERROR",
        "includeExecutionData": False,
        "logDestination": f"{group.outputs['arn']}:*",
    }


def test_a_run_is_one_task_in_private_subnets_with_its_time() -> None:
    run = states(job({"timeout_seconds": 600, "enable_execute_command": True}))["Run"]
    assert (run["Resource"], run["TimeoutSeconds"]) == ("arn:aws:states:::ecs:runTask.sync", 600)
    parameters = run["Parameters"]
    assert parameters["NetworkConfiguration"]["AwsvpcConfiguration"] == {
        "Subnets": ["subnet-00000001", "subnet-00000002"],
        "SecurityGroups": ["report-id"],
        "AssignPublicIp": "DISABLED",
    }
    shown = {key: value for key, value in parameters.items() if key not in ("NetworkConfiguration", "TaskDefinition")}
    assert shown == {
        "Cluster": CLUSTER,
        "LaunchType": "FARGATE",
        "EnableExecuteCommand": True,
        "PropagateTags": "TASK_DEFINITION",
    }


@pytest.mark.parametrize(
    ("args", "attempts"),
    [
        ({}, 64),
        ({"maximum_retry_attempts": 3}, 3),
        ({"maximum_event_age_seconds": 60}, 5),
        ({"maximum_event_age_seconds": 86400}, 185),
        ({"maximum_retry_attempts": 0}, None),
    ],
)
def test_a_start_is_tried_again_as_often_as_its_age_lets_it(args: dict[str, Any], attempts: int | None) -> None:
    retry = states(job({"retry_on_error": {}, **args}))["Run"].get("Retry")
    assert (retry[0]["MaxAttempts"] if retry else None) == attempts


def test_an_existing_queue_takes_the_dead_letters_of_the_state_machine_too() -> None:
    built = job({"skip_overlap": True, "dead_letter_queue_arn": QUEUE})
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/work"
    assert states(built)["Set aside"]["Parameters"]["QueueUrl"] == url
    assert [it["Resource"] for it in statements(built, "report-machine") if it["Action"] == ["sqs:SendMessage"]] == [
        QUEUE
    ]


def test_alarms_count_what_the_state_machine_tells_and_successes_by_the_exit_code() -> None:
    built = job(EVERYTHING | {"alarm_topic_arn": TOPIC})
    machine = built.one(MACHINE, "report").outputs["arn"]
    patterns = {it.name: json.loads(it.inputs["eventPattern"]) for it in built.of_type(RULE)}
    assert patterns.pop("report-success") == json.loads(
        job({"alarm_topic_arn": TOPIC}).one(RULE, "report-success").inputs["eventPattern"]
    )
    assert patterns == {
        f"report-{outcome}": {
            "source": ["slipway.job"],
            "detail-type": ["Job Run"],
            "detail": {"stateMachine": [machine], "outcome": [outcome]},
        }
        for outcome in ("unstarted", "error", "skipped")
    }
    assert built.one("metricAlarm:MetricAlarm", "report-error").inputs["alarmDescription"] == (
        "report ended with another exit code than 0 or was stopped after 600 seconds, and up to 1 further run did not "
        "help, within the last 60 seconds. Its log says why; it runs again at its next time only"
    )


def test_a_change_of_the_form_keeps_schedule_queue_alarms_and_task_and_each_form_has_roles_of_its_own() -> None:
    plain, watched = job({"alarm_topic_arn": TOPIC}), job(EVERYTHING | {"alarm_topic_arn": TOPIC})
    names = [{(it.type, it.name) for it in built.resources} for built in (plain, watched)]
    assert names[0] - names[1] == {("aws:iam/role:Role", "report-schedule"), (f"aws:iam/{POLICY}", "report-schedule")}
    machine = {"report-machine", "report-machine-own", "report-start"}
    assert {name for _, name in names[1] - names[0]} == machine | {"report", "report-skipped"}
