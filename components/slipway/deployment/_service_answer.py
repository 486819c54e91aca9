"""A service as the AWS provider's data source shows it, with the state that its events give each deployment.

The data source leaves rolloutState out. ECS's events name the deployment that completed, failed or came back by its id.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

import re
from collections.abc import Sequence

from pulumi_aws import ecs

from ._judgement import Answer

MOST_EVENTS = 100  # DescribeServices returns no more
STEADY = "has reached a steady state"


def service_answer(service: ecs.GetServiceResult) -> Answer:
    """The data source's answer in the words of DescribeServices."""
    events: list[Answer] = [{"message": it.message, "createdAt": it.created_at} for it in service.events]
    deployments: list[Answer] = [
        {
            "id": it.id,
            "status": it.status,
            "taskDefinition": it.task_definition,
            "desiredCount": it.desired_count,
            "runningCount": it.running_count,
            "createdAt": it.created_at,
        }
        for it in service.deployments
    ]
    strategies = [it.strategy for it in service.deployment_configurations]
    return {
        "status": service.status,
        "strategy": strategies[0] if strategies else "ROLLING",
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "loadBalancers": [{"targetGroupArn": it.target_group_arn} for it in service.load_balancers],
        "deployments": [{**it, **rollout(it, events, is_alone=len(deployments) == 1)} for it in deployments],
        "events": events,
    }


def rollout(deployment: Answer, events: Sequence[Answer], *, is_alone: bool) -> dict[str, str]:
    """rolloutState and rolloutStateReason of a deployment, from the service's events, the newest first."""
    name = re.escape(str(deployment["id"]))
    back = first(events, rf"rolling back to deployment {name}\b")
    # Only what was told last counts: a deployment that comes back completes once more.
    told = first(events, rf"\(deployment {name}\) deployment (completed|failed)|rolling back to deployment {name}\b")
    if "deployment failed" in told:
        return {"rolloutState": "FAILED", "rolloutStateReason": " ".join(filter(None, (told, back)))}
    completed = "deployment completed" in told or (is_alone and is_steady(deployment, events))
    return {"rolloutState": "COMPLETED" if completed else "IN_PROGRESS", "rolloutStateReason": back}


def is_steady(deployment: Answer, events: Sequence[Answer]) -> bool:
    """Whether the only deployment has come to its end, where no event names it any more."""
    if not deployment["desiredCount"] and not deployment["runningCount"]:
        return True
    begun = str(deployment["createdAt"])
    if any(STEADY in event["message"] and str(event["createdAt"]) > begun for event in events):
        return True
    return len(events) >= MOST_EVENTS and all(str(event["createdAt"]) > begun for event in events)


def first(events: Sequence[Answer], pattern: str) -> str:
    """The newest event's message with the pattern; empty for none."""
    return next((str(event["message"]) for event in events if re.search(pattern, str(event["message"]))), "")
