"""The forms of the Amazon States Language: what paths and functions yield, and what is refused by name."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.models import stepfunctions_backends

from slipway_sandbox import corrections
from slipway_sandbox.documents import Json
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.process.saving import pickling
from slipway_sandbox.runtime.executions.paths import PathError, Scope
from slipway_sandbox.runtime.executions.running import Executions
from tests.support.sandbox.schedules_cloud import ACCOUNT, REGION, Clock

ROLE = f"arn:aws:iam::{ACCOUNT}:role/states"
TASK: Json = {"Name": "web", "ExitCode": 3}
DATA: Json = {"tasks": [TASK, {"Name": "proxy"}], "text": '{"a": [1, 2]}', "count": 2, "none": None}
SCOPE = Scope(DATA, {"Execution": {"Id": "e"}})


@pytest.fixture
def states() -> Iterator[Any]:
    corrections.install()
    with mock_aws():
        trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        session = boto3.Session("test", "test", region_name=REGION)
        session.client("iam").create_role(RoleName="states", AssumeRolePolicyDocument=document)
        yield session.client("stepfunctions")


def started(states: Any, definition: dict[str, Any]) -> str:
    machine = states.create_state_machine(name="m", definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
    return str(states.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$", DATA),
        ("$$.Execution.Id", "e"),
        ("$.none", None),
        ("$.tasks[0].ExitCode", 3),
        ("$.tasks[*].Name", ["web", "proxy"]),
        ("$.tasks[?(@.Name == 'web')].ExitCode", [3]),
        ("$.tasks[?(@.Name=='proxy')].ExitCode", []),
        ("States.StringToJson($.text)", {"a": [1, 2]}),
        ("States.MathAdd(States.ArrayLength($.tasks), -1)", 1),
        ("States.ArrayGetItem($.tasks, 0)", TASK),
        ("States.Array($.count, 'a, b')", [2, "a, b"]),
        ("States.Format('{} of {}', $.count, 'two')", "2 of two"),
    ],
)
def test_a_path_or_a_function_has_this_value(expression: str, value: Json) -> None:
    assert SCOPE.value(expression) == value


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("$.other", "The JSONPath '$.other' could not be found in the input"),
        ("$.tasks[2]", "The JSONPath '$.tasks[2]' could not be found in the input"),
        ("$..tasks", "The sandbox does not know the JSONPath '$..tasks'"),
        (
            "States.ArrayGetItem($.tasks, 2)",
            "The function 'States.ArrayGetItem' had the following error: IndexError('list index out of range')",
        ),
    ],
)
def test_a_path_that_leads_nowhere_says_so(expression: str, says: str) -> None:
    with pytest.raises(PathError) as caught:
        SCOPE.value(expression)
    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"Type": "Pass", "Next": "Gone"}, "the way to 'Gone', which is no state, of the state 'Only'"),
        ({"Type": "Map", "End": True}, "the type 'Map' of the state 'Only'"),
        ({"Type": "Pass", "QueryLanguage": "JSONata", "End": True}, "the field QueryLanguage of the state 'Only'"),
        (
            {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True},
            "the resource arn:aws:states:::lambda:invoke of the state 'Only'",
        ),
        (
            {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "End": True},
            "the resource arn:aws:lambda:eu-west-1:123456789012:function:f of the state 'Only'",
        ),
        (
            {"Type": "Choice", "Choices": [{"Variable": "$.a", "StringMatches": "b*", "Next": "Only"}]},
            "the comparison StringMatches of the state 'Only'",
        ),
        (
            {"Type": "Pass", "Parameters": {"a.$": "States.UUID()"}, "End": True},
            "the function States.UUID of the state 'Only'",
        ),
    ],
)
def test_an_execution_with_another_form_fails_and_its_cause_names_the_form(
    states: Any, state: dict[str, Any], says: str
) -> None:
    arn = started(states, {"StartAt": "Only", "States": {"Only": state}})
    Executions(Denials(), Clock()).tick()
    shown = states.describe_execution(executionArn=arn)
    assert (shown["status"], shown["error"], shown["cause"]) == (
        "FAILED",
        "States.Runtime",
        f"the sandbox does not run {says}",
    )


def test_an_execution_goes_on_after_a_start_of_the_sandbox_with_the_definition_that_it_began_with(states: Any) -> None:
    wait = {"Type": "Wait", "Seconds": 60, "Next": "End"}
    end = {"Type": "Pass", "Result": "first", "End": True}
    definition = {"StartAt": "Wait", "States": {"Wait": wait, "End": end}}
    arn, clock = started(states, definition), Clock()
    Executions(Denials(), clock).tick()
    machine = states.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    later = definition | {"States": {"Wait": wait, "End": end | {"Result": "second"}}}
    states.update_state_machine(stateMachineArn=machine, definition=json.dumps(later))
    backend = stepfunctions_backends[ACCOUNT][REGION]
    saved = pickling.to_bytes(backend.state_machines, {}, {id(backend): type(backend)})
    backend.state_machines = pickling.from_bytes(saved, [])  # type: ignore[assignment] # as it was
    clock.move(seconds=60)
    Executions(Denials(), clock).tick()
    shown = states.describe_execution(executionArn=arn)
    assert (shown["status"], shown["output"]) == ("SUCCEEDED", '"first"')


def test_an_execution_is_counted_and_its_errors_are_logged_without_data(states: Any) -> None:
    session = boto3.Session("test", "test", region_name=REGION)
    logs, cloudwatch = session.client("logs"), session.client("cloudwatch")
    logs.create_log_group(logGroupName="/states")
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/states:*"
    machine = states.create_state_machine(
        name="m",
        definition=json.dumps({"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "E", "Cause": "because"}}}),
        roleArn=ROLE,
        loggingConfiguration={"level": "ERROR", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]},
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    Executions(Denials()).tick()  # the log takes no lines of another day
    counted = {it["MetricName"] for it in cloudwatch.list_metrics(Namespace="AWS/States")["Metrics"]}
    assert counted == {"ExecutionsStarted", "ExecutionsFailed"}
    [line] = [json.loads(it["message"]) for it in logs.filter_log_events(logGroupName="/states")["events"]]
    assert (line["type"], line["details"]) == ("ExecutionFailed", {"error": "E", "cause": "because"})
    last = states.get_execution_history(executionArn=arn, reverseOrder=True, maxResults=1)["events"][0]
    assert (line["id"], line["event_timestamp"]) == (str(last["id"]), str(int(last["timestamp"].timestamp() * 1000)))
