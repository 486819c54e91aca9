"""States that skip a run beside another one, as a CronJob of Kubernetes with `concurrencyPolicy: Forbid` does.

The oldest running execution of the state machine goes on, so of two that start together one runs. A task of the family that
another form, or a person, has started counts, too. ListExecutions is eventually consistent: a pause comes before it.
Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy
Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
"""

from slipway.common import Json

from ._state_parts import SET_ASIDE, caught, integration, sdk_retry, tell

SETTLE_SECONDS = 5  # until executions that started together see one another


def overlap_states(partition: str, cluster_arn: str, family: str) -> dict[str, Json]:
    """The states before the run."""
    return {
        "Settle": {"Type": "Wait", "Seconds": SETTLE_SECONDS, "Next": "List executions"},
        "List executions": {
            "Type": "Task",
            "Resource": integration(partition, "aws-sdk:sfn:listExecutions"),
            "Parameters": {"StateMachineArn.$": "$$.StateMachine.Id", "StatusFilter": "RUNNING"},
            "ResultSelector": {"arns.$": "$.Executions[*].ExecutionArn"},
            "ResultPath": "$.running",
            "Retry": sdk_retry(),
            "Catch": caught(SET_ASIDE),
            "Next": "Anyone",
        },
        "Anyone": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.running.arns[0]", "IsPresent": True, "Next": "Oldest"}],
            "Default": "List tasks",
        },
        "Oldest": {
            "Type": "Pass",
            "Parameters": {
                "arn.$": "States.ArrayGetItem($.running.arns, States.MathAdd(States.ArrayLength($.running.arns), -1))"
            },
            "ResultPath": "$.oldest",
            "Next": "Is it this one",
        },
        "Is it this one": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.oldest.arn", "StringEqualsPath": "$.execution", "Next": "List tasks"}],
            "Default": "Tell skipped",
        },
        "List tasks": {
            "Type": "Task",
            "Resource": integration(partition, "aws-sdk:ecs:listTasks"),
            "Parameters": {"Cluster": cluster_arn, "Family": family, "DesiredStatus": "RUNNING"},
            "ResultSelector": {"count.$": "States.ArrayLength($.TaskArns)"},
            "ResultPath": "$.tasks",
            "Retry": sdk_retry(),
            "Catch": caught(SET_ASIDE),
            "Next": "Is it free",
        },
        "Is it free": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.tasks.count", "NumericEquals": 0, "Next": "Run"}],
            "Default": "Tell skipped",
        },
        "Tell skipped": tell(partition, "skipped", "Skipped"),
        "Skipped": {"Type": "Succeed"},
    }
