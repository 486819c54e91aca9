"""Schedules and their groups."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope

SCHEDULE = {"Name": "{name}", "GroupName": "{groupName}"}
GROUP_ARN = {"ResourceArn": "arn:aws:scheduler:{region}:{account}:schedule-group/{id}"}


def delete_group(scope: Scope) -> None:
    """Deletes the group. moto breaks on a missing one, so the first call looks for it."""
    scope.call("get_schedule_group", Name=scope.id)
    scope.call("delete_schedule_group", Name=scope.id)


RESOURCES = (
    Resource(
        "aws:scheduler/schedule:Schedule",
        "scheduler",
        create=Call("create_schedule"),
        id="{groupName}/{name}",
        read=(Call("get_schedule", SCHEDULE),),
        updates=(
            Update(
                "actionAfterCompletion description endDate flexibleTimeWindow kmsKeyArn scheduleExpression "
                "scheduleExpressionTimezone startDate state target",
                Call("update_schedule", SCHEDULE),
            ),
        ),
        delete=Call("delete_schedule", SCHEDULE),
        autoname=Autoname(length_limit=64),
        names={
            "target.ecsParameters.networkConfiguration": "NetworkConfiguration.awsvpcConfiguration",
            "target.sagemakerPipelineParameters.pipelineParameters": "PipelineParameterList",
        },
        defaults={
            "actionAfterCompletion": "NONE",
            "groupName": "default",
            "scheduleExpressionTimezone": "UTC",
            "state": "ENABLED",
        },
        immutable={"a schedule keeps its name and group": "groupName name"},
    ),
    Resource(
        "aws:scheduler/scheduleGroup:ScheduleGroup",
        "scheduler",
        create=Call("create_schedule_group"),
        id="{name}",
        read=(Call("get_schedule_group", {"Name": "{id}"}),),
        delete=delete_group,
        tags=Tags(
            add=Call("tag_resource", GROUP_ARN),
            remove=Call("untag_resource", GROUP_ARN),
            read=Call("list_tags_for_resource", GROUP_ARN, reply="Tags"),
        ),
        autoname=Autoname(length_limit=64),
        immutable={"a group is its name": "name"},
    ),
)
