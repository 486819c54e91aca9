"""The state machine of a job, in the Amazon States Language: it runs the task, waits for its end, and says what became of it.

The exit code of the main container decides, as for the alarms; how Step Functions judges a sidecar's does not matter.
Source: https://states-language.net/spec.html
Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.common import Json, JsonObject

from ._overlap_states import overlap_states
from ._run_plan import ErrorRetries, RunPlan
from ._state_parts import SET_ASIDE, caught, integration, sdk_retry, tell
from ._timeout_states import STOP, timeout_states

# Errors after which the same start may succeed: no capacity, too many calls, trouble of ECS.
START_ERRORS = ("AmazonECS.Unknown", "ECS.AmazonECSException", "ECS.ServerException", "ECS.ThrottlingException")
LONGEST_PAUSE_SECONDS = 60  # between two starts


@dataclass(frozen=True)
class StartRetries:
    """Further starts of a run that could not start."""

    attempts: int
    age_seconds: int
    """Seconds within which a start is tried again."""

    @property
    def in_time(self) -> int:
        """The attempts that fit: pauses of 1, 2, 4 seconds and so on, none longer than a minute."""
        count, elapsed, pause = 0, 0, 1
        while count < self.attempts and elapsed + pause <= self.age_seconds:
            count, elapsed, pause = count + 1, elapsed + pause, min(pause * 2, LONGEST_PAUSE_SECONDS)
        return count


@dataclass(frozen=True)
class Run:
    """A task to run, with everything known about it."""

    plan: RunPlan
    starts: StartRetries
    cluster_arn: str
    task_definition_arn: str
    family: str
    container: str
    """Name of the main container, whose exit code is the job's."""
    subnet_ids: Sequence[str]
    security_group_ids: Sequence[str]
    exec_enabled: bool
    queue_url: str
    """Dead-letter queue."""


def definition(run: Run) -> JsonObject:
    """The definition of the state machine."""
    partition, plan = run.cluster_arn.split(":")[1], run.plan
    first = "Settle" if plan.skips_overlap else "Run"
    states: dict[str, Json] = {
        "Begin": {
            "Type": "Pass",
            "Parameters": {
                "execution.$": "$$.Execution.Id",
                "input.$": "$",
                "attempts": 0,
                "error": {"Error": "", "Cause": ""},
            },
            "Next": first,
        }
    }
    if plan.skips_overlap:
        states |= overlap_states(partition, run.cluster_arn, run.family)
    states |= {"Run": run_state(run, partition), **end_states(run.container, plan.retries)}
    if plan.timeout_seconds is not None:
        states |= timeout_states(partition, run.cluster_arn, plan.timeout_seconds)
    states |= {
        SET_ASIDE: {
            "Type": "Task",
            "Resource": integration(partition, "sqs:sendMessage"),
            "Parameters": {
                "QueueUrl": run.queue_url,
                "MessageBody": {
                    "error.$": "$.error.Error",
                    "cause.$": "$.error.Cause",
                    "execution.$": "$.execution",
                    "input.$": "$.input",
                },
            },
            "ResultPath": None,
            "Retry": sdk_retry(),
            "Catch": caught("Tell unstarted", "$.trouble"),
            "Next": "Tell unstarted",
        },
        "Tell unstarted": tell(partition, "unstarted", "Not started"),
        "Not started": {"Type": "Fail", "Error": "Job.NotStarted", "CausePath": "$.error.Cause"},
        "Tell error": tell(partition, "error", "Failed"),
        "Failed": {
            "Type": "Fail",
            "Error": "Job.EndedWithError",
            "CausePath": "States.Format('the main container ended with exit code {}', $.exit.codes[0])",
        },
        "Succeeded": {"Type": "Succeed"},
    }
    return {"Comment": "Runs a job and watches it", "StartAt": "Begin", "States": states}


def run_state(run: Run, partition: str) -> JsonObject:
    """The state that runs the task until its end."""
    state: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(partition, "ecs:runTask.sync"),
        "Parameters": {
            "Cluster": run.cluster_arn,
            "TaskDefinition": run.task_definition_arn,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {
                    "Subnets": list(run.subnet_ids),
                    "SecurityGroups": list(run.security_group_ids),
                    "AssignPublicIp": "DISABLED",
                }
            },
            **({"EnableExecuteCommand": True} if run.exec_enabled else {}),
            "PropagateTags": "TASK_DEFINITION",
        },
        "ResultSelector": {"codes.$": exit_codes("$.Containers", run.container)},
        "ResultPath": "$.exit",
    }
    catches = caught("Why")
    if run.plan.timeout_seconds is not None:
        state["TimeoutSeconds"] = run.plan.timeout_seconds
        catches = caught(STOP, errors="States.Timeout") + catches
    if attempts := run.starts.in_time:
        state["Retry"] = [
            {
                "ErrorEquals": list(START_ERRORS),
                "IntervalSeconds": 1,
                "BackoffRate": 2,
                "MaxDelaySeconds": LONGEST_PAUSE_SECONDS,
                "MaxAttempts": attempts,
            }
        ]
    return {**state, "Catch": catches, "Next": "Judge"}


def end_states(container: str, retries: ErrorRetries | None) -> dict[str, Json]:
    """The states after the end of a task: they find the exit code, and decide by it."""
    choices: list[Json] = [
        {"Variable": "$.exit.codes[0]", "IsPresent": False, "Next": SET_ASIDE},
        {"Variable": "$.exit.codes[0]", "NumericEquals": 0, "Next": "Succeeded"},
    ]
    states: dict[str, Json] = {
        "Why": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.error.Error", "StringEquals": "States.TaskFailed", "Next": "Ended"}],
            "Default": SET_ASIDE,
        },
        "Ended": {
            "Type": "Pass",
            "Parameters": {"task.$": "States.StringToJson($.error.Cause)"},
            "ResultPath": "$.ended",
            "Next": "Exit code",
        },
        "Exit code": {
            "Type": "Pass",
            "Parameters": {"codes.$": exit_codes("$.ended.task.Containers", container)},
            "ResultPath": "$.exit",
            "Next": "Judge",
        },
        "Judge": {"Type": "Choice", "Choices": choices, "Default": "Tell error"},
    }
    if retries is None:
        return states
    is_left: Json = {"Variable": "$.attempts", "NumericLessThan": retries.max_attempts}
    asked: list[Json] = [{"Variable": "$.exit.codes[0]", "NumericEquals": code} for code in retries.exit_codes]
    choices.append({"And": [is_left, {"Or": asked}] if asked else [is_left], "Next": "Pause"})
    return states | {
        "Pause": {"Type": "Wait", "Seconds": retries.interval_seconds, "Next": "Again"},
        "Again": {
            "Type": "Pass",
            "Parameters": {"count.$": "States.MathAdd($.attempts, 1)"},
            "ResultPath": "$.next",
            "Next": "Count",
        },
        "Count": {"Type": "Pass", "InputPath": "$.next.count", "ResultPath": "$.attempts", "Next": "Run"},
    }


def exit_codes(containers: str, name: str) -> str:
    """Path to the exit code of one container, as a list: empty for a container that never ran."""
    return f"{containers}[?(@.Name == '{name}')].ExitCode"
