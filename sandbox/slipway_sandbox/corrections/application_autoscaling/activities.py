"""Scaling activities: what Application Auto Scaling did, and did not.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
"""

import json
from datetime import timedelta
from typing import NotRequired, TypedDict

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from slipway_sandbox.corrections._decorator import adds
from slipway_sandbox.corrections._keeping import kept_table

KEPT = timedelta(weeks=6)
MOST = 50  # of one answer


class NotScaledReason(TypedDict):
    """Why the capacity stayed as it was."""

    Code: str
    CurrentCapacity: NotRequired[int]
    MaxCapacity: NotRequired[int]
    MinCapacity: NotRequired[int]


class ScalingActivity(TypedDict):
    """One change of a target, or one that did not come."""

    ActivityId: str
    ServiceNamespace: str
    ResourceId: str
    ScalableDimension: str
    Description: str
    Cause: str
    StartTime: float
    StatusCode: str
    EndTime: NotRequired[float]
    StatusMessage: NotRequired[str]
    NotScaledReasons: NotRequired[list[NotScaledReason]]


def activities(backend: ApplicationAutoscalingBackend) -> dict[str, ScalingActivity]:
    """Activities of an account in a region by their ids, oldest first."""
    return kept_table(backend, "scaling_activities", {})


def add(backend: ApplicationAutoscalingBackend, activity: ScalingActivity) -> None:
    """Keep an activity, and forget those of more than six weeks before it."""
    table = activities(backend)
    oldest = activity["StartTime"] - KEPT.total_seconds()
    for old in [each for each in table.values() if each["StartTime"] < oldest]:
        del table[old["ActivityId"]]
    table[activity["ActivityId"]] = activity


def of_target(backend: ApplicationAutoscalingBackend, resource: str, dimension: str) -> list[ScalingActivity]:
    """Activities of one target, newest first."""
    return [
        each
        for each in reversed(list(activities(backend).values()))
        if each["ResourceId"] == resource and each["ScalableDimension"] == dimension
    ]


@adds(
    ApplicationAutoScalingResponse,
    why="moto has no DescribeScalingActivities; Application Auto Scaling tells its changes.",
)
def describe_scaling_activities(self: ApplicationAutoScalingResponse) -> str:
    """Activities of a namespace or one target, newest first; those that changed nothing where they are asked for."""
    asked = {
        name: self._get_param(name)
        for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")
        if self._get_param(name)
    }
    begin = int(self._get_param("NextToken") or 0)
    end = begin + min(int(self._get_param("MaxResults") or MOST), MOST)
    found = [
        activity
        for activity in reversed(list(activities(self.applicationautoscaling_backend).values()))
        if asked.items() <= activity.items()
        and ("NotScaledReasons" not in activity or self._get_param("IncludeNotScaledActivities"))
    ]
    more = {"NextToken": str(end)} if end < len(found) else {}
    return json.dumps({"ScalingActivities": found[begin:end], **more})
