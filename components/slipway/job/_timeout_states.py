"""States that stop a task after its time.

AWS promises to stop the task of an execution that is stopped, and does not say so of a state whose time is over. The error of
that state does not name the task, but the execution's own history does.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync
Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
"""

from slipway.common import Json

from ._state_parts import caught, integration, sdk_retry, tell

STOP = "Which task"
POLL_SECONDS = 5
RECENT_EVENTS = 20  # the submission of the task is among the last ten


def timeout_states(partition: str, cluster_arn: str, timeout_seconds: int) -> dict[str, Json]:
    """The states after the time is over; the execution ends when the task has."""
    task = {"Cluster": cluster_arn}
    told = "Tell timeout"
    return {
        STOP: {
            "Type": "Task",
            "Resource": integration(partition, "aws-sdk:sfn:getExecutionHistory"),
            "Parameters": {
                "ExecutionArn.$": "$$.Execution.Id",
                "MaxResults": RECENT_EVENTS,
                "ReverseOrder": True,
                "IncludeExecutionData": True,
            },
            "ResultSelector": {"outputs.$": "$.Events[?(@.Type == 'TaskSubmitted')].TaskSubmittedEventDetails.Output"},
            "ResultPath": "$.submitted",
            "Retry": sdk_retry(),
            "Catch": caught(told),
            "Next": "Submitted",
        },
        "Submitted": {
            "Type": "Pass",
            "Parameters": {"answer.$": "States.StringToJson($.submitted.outputs[0])"},
            "ResultPath": "$.submitted",
            "Next": "Stop",
        },
        "Stop": {
            "Type": "Task",
            "Resource": integration(partition, "aws-sdk:ecs:stopTask"),
            "Parameters": task
            | {"Task.$": "$.submitted.answer.Tasks[0].TaskArn", "Reason": f"The job took over {timeout_seconds} s"},
            "ResultPath": None,
            "Retry": sdk_retry(),
            "Catch": caught(told),
            "Next": "Look",
        },
        "Look": {
            "Type": "Task",
            "Resource": integration(partition, "aws-sdk:ecs:describeTasks"),
            "Parameters": task | {"Tasks.$": "States.Array($.submitted.answer.Tasks[0].TaskArn)"},
            "ResultSelector": {"status.$": "$.Tasks[0].LastStatus"},
            "ResultPath": "$.stopped",
            "Retry": sdk_retry(),
            "Catch": caught(told),
            "Next": "Has it stopped",
        },
        "Has it stopped": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.stopped.status", "StringEquals": "STOPPED", "Next": told}],
            "Default": "Stopping",
        },
        "Stopping": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": "Look"},
        told: tell(partition, "error", "Timed out"),
        "Timed out": {
            "Type": "Fail",
            "Error": "Job.TimedOut",
            "Cause": f"the job took over {timeout_seconds} seconds and was stopped",
        },
    }
