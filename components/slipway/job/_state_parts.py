"""Parts of the states of a job: calls of AWS, their retries, and how an outcome is told.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
"""

from slipway.common import Json, JsonObject

EVENT_SOURCE = "slipway.job"
EVENT_TYPE = "Job Run"
SET_ASIDE = "Set aside"


def integration(partition: str, call: str) -> str:
    """A call of AWS as the resource of a state, such as `ecs:runTask.sync`."""
    return f"arn:{partition}:states:::{call}"


def sdk_retry() -> list[Json]:
    """Three further attempts of a small call."""
    return [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 2, "MaxAttempts": 3}]


def caught(state: str, path: str = "$.error", errors: str = "States.ALL") -> list[Json]:
    """Go on at a state after an error, with the error at a path."""
    return [{"ErrorEquals": [errors], "ResultPath": path, "Next": state}]


def tell(partition: str, outcome: str, following: str) -> JsonObject:
    """Send an event on the default bus: the alarms count it."""
    return {
        "Type": "Task",
        "Resource": integration(partition, "events:putEvents"),
        "Parameters": {
            "Entries": [
                {
                    "Source": EVENT_SOURCE,
                    "DetailType": EVENT_TYPE,
                    "EventBusName": "default",
                    "Detail": {
                        "stateMachine.$": "$$.StateMachine.Id",
                        "execution.$": "$$.Execution.Id",
                        "outcome": outcome,
                    },
                }
            ]
        },
        "ResultPath": None,
        "Retry": sdk_retry(),
        "Next": following,
    }
