"""Alarms, composite alarms, and dashboards."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Resource, Tags, Update
from slipway_sandbox.provider.protocol.wire import Properties

ALARM_ARN = {"ResourceARN": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"}
ALARM = (
    "actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions "
    "evaluateLowSampleCountPercentiles evaluationPeriods extendedStatistic insufficientDataActions metricName metricQueries "
    "namespace okActions period statistic threshold thresholdMetricId treatMissingData unit"
)
COMPOSITE = "alarmActions alarmDescription alarmRule insufficientDataActions okActions"
TAGS = Tags(
    add=Call("tag_resource", ALARM_ARN),
    remove=Call("untag_resource", ALARM_ARN),
    read=Call("list_tags_for_resource", ALARM_ARN, reply="Tags"),
)
DASHBOARD = {"DashboardName": "{id}"}


def validate_alarm(inputs: Properties) -> Failures:
    """An alarm is on one metric or on queries."""
    if "metricName" not in inputs and "metricQueries" not in inputs and "evaluationCriteria" not in inputs:
        return [("metricName", "one of 'metricName' and 'metricQueries' is required")]
    return []


RESOURCES = (
    Resource(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "cloudwatch",
        create=Call("put_metric_alarm"),
        id="{name}",
        read=(Call("describe_alarms", {"AlarmNames": ["{id}"]}, reply="MetricAlarms[0]"),),
        updates=(Update(ALARM, Call("put_metric_alarm", {"AlarmName": "{id}"})),),
        delete=Call("delete_alarms", {"AlarmNames": ["{id}"]}),
        tags=TAGS,
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
    Resource(
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        "cloudwatch",
        create=Call("put_composite_alarm"),
        id="{alarmName}",
        read=(
            Call(
                "describe_alarms",
                {"AlarmNames": ["{id}"], "AlarmTypes": ["CompositeAlarm"]},
                reply="CompositeAlarms[0]",
            ),
        ),
        updates=(Update(COMPOSITE, Call("put_composite_alarm", {"AlarmName": "{id}"})),),
        delete=Call("delete_alarms", {"AlarmNames": ["{id}"]}),
        tags=TAGS,
        defaults={"actionsEnabled": True},
        echoed="actionsSuppressor",
        immutable={"an alarm keeps its name": "alarmName", "the real provider makes it anew": "actionsEnabled"},
    ),
    Resource(
        "aws:cloudwatch/dashboard:Dashboard",
        "cloudwatch",
        create=Call("put_dashboard"),
        id="{dashboardName}",
        read=(Call("get_dashboard", DASHBOARD),),
        updates=(Update("dashboardBody", Call("put_dashboard", DASHBOARD)),),
        delete=Call("delete_dashboards", {"DashboardNames": ["{id}"]}),
        computed={"dashboardArn": "arn:aws:cloudwatch::{account}:dashboard/{id}"},
        documents="dashboardBody",
        immutable={"a dashboard keeps its name": "dashboardName"},
    ),
)
