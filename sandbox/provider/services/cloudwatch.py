"""Log groups and alarms."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.declaration import Autoname, Call, Resource, Tags, Update
from sandbox.provider.scope import Scope

LOG_ARN = {"resourceArn": "arn:aws:logs:{region}:{account}:log-group:{id}"}
ALARM_ARN = {"ResourceARN": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"}
RETENTIONS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
ALARM = (
    "actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions "
    "evaluateLowSampleCountPercentiles evaluationPeriods extendedStatistic insufficientDataActions metricName metricQueries "
    "namespace okActions period statistic threshold thresholdMetricId treatMissingData unit"
)


def set_retention(scope: Scope) -> None:
    """Sets how long events are kept, or keeps them for good."""
    if days := scope.inputs.get("retentionInDays"):
        scope.call("put_retention_policy", logGroupName=scope.id, retentionInDays=days)
    else:
        scope.call("delete_retention_policy", logGroupName=scope.id)


def delete_log_group(scope: Scope) -> None:
    """Deletes the group, unless skipDestroy keeps it."""
    if not scope.state.get("skipDestroy"):
        scope.call("delete_log_group", logGroupName=scope.id)


def validate_log_group(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """CloudWatch keeps events for certain numbers of days only."""
    days = inputs.get("retentionInDays")
    if isinstance(days, int) and days not in RETENTIONS:
        return [("retentionInDays", f"expected retentionInDays to be one of {list(RETENTIONS)}, got {days}")]
    return []


def validate_alarm(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An alarm is on one metric or on queries."""
    if "metricName" not in inputs and "metricQueries" not in inputs and "evaluationCriteria" not in inputs:
        return [("metricName", "one of 'metricName' and 'metricQueries' is required")]
    return []


RESOURCES = (
    Resource(
        "aws:cloudwatch/logGroup:LogGroup",
        "logs",
        create=Call("create_log_group"),
        id="{name}",
        read=(
            Call("describe_log_groups", {"logGroupNamePrefix": "{id}"}, reply="logGroups[?logGroupName=='{id}'] | [0]"),
        ),
        updates=(
            Update("retentionInDays", set_retention),
            Update("kmsKeyId", Call("associate_kms_key", {"logGroupName": "{id}"})),
        ),
        delete=delete_log_group,
        tags=Tags(
            add=Call("tag_resource", LOG_ARN),
            remove=Call("untag_resource", LOG_ARN),
            read=Call("list_tags_for_resource", LOG_ARN, reply="tags"),
        ),
        autoname=Autoname(length_limit=512),
        computed={"arn": LOG_ARN["resourceArn"]},
        defaults={"retentionInDays": 0, "skipDestroy": False},
        echoed="deletionProtectionEnabled skipDestroy",
        immutable={"a log group keeps its name and class": "name logGroupClass"},
        validate=validate_log_group,
    ),
    Resource(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "cloudwatch",
        create=Call("put_metric_alarm"),
        id="{name}",
        read=(Call("describe_alarms", {"AlarmNames": ["{id}"]}, reply="MetricAlarms[0]"),),
        updates=(Update(ALARM, Call("put_metric_alarm", {"AlarmName": "{id}"})),),
        delete=Call("delete_alarms", {"AlarmNames": ["{id}"]}),
        tags=Tags(
            add=Call("tag_resource", ALARM_ARN),
            remove=Call("untag_resource", ALARM_ARN),
            read=Call("list_tags_for_resource", ALARM_ARN, reply="Tags"),
        ),
        autoname=Autoname(length_limit=255),
        names={
            "metricQueries": "Metrics",
            "metricQueries.metric": "MetricStat",
            "metricQueries.metric.dimensions": "Metric.Dimensions",
            "metricQueries.metric.metricName": "Metric.MetricName",
            "metricQueries.metric.namespace": "Metric.Namespace",
        },
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        echoed="evaluationCriteria evaluationInterval evaluationWindow warmUpConfiguration",
        immutable={"an alarm keeps its name": "name"},
        validate=validate_alarm,
    ),
)
