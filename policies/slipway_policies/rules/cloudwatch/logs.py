"""Rules for CloudWatch log groups and alarms.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from slipway_policies.engine.registry import ADVISORY, HIGH, LOW, MEDIUM, OFF, Deferred, Finding, Outcomes, deny, rule
from slipway_policies.engine.resources import Resource

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ALARMS = (METRIC_ALARM, "aws:cloudwatch/compositeAlarm:CompositeAlarm")
ALARM_ACTIONS = ("alarmActions", "okActions", "insufficientDataActions")
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html"
# Metrics that AWS sends only when something happened.
SPARSE_METRICS = ("Errors", "HTTPCode_", "NumberOfMessages", "NumberOfNotifications", "RejectedConnection", "Throttles")


@rule(
    LOG_GROUP,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("Security Hub CloudWatch.16", "NIST AU-11"),
    link=f"{CONTROLS}#cloudwatch-16",
    fix="set retentionInDays; slipway's services keep logs for 30 days by default",
    settings={
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "default": 1,
            "description": "Fewest days to keep; CloudWatch.16 of Security Hub asks for 365.",
        }
    },
)
def log_group_retention(group: Resource) -> Outcomes:
    """Log groups say how long they keep their lines.

    Unset, or 0, is for ever: it costs more each month, and few privacy rules allow it.
    """
    retention = group["retentionInDays"]
    days = retention.number()
    minimum = group.config.number("minimumDays")
    if retention.unknown:
        yield Deferred(retention.path)
    elif not days:
        yield Finding(retention.path, "is not set, so logs are kept, and paid for, without end")
    elif days < minimum:
        yield Finding(retention.path, f"is below the {minimum} days of minimumDays in the policy config")


@rule(
    LOG_GROUP,
    level=OFF,
    severity=MEDIUM,
    controls=("NIST AU-9", "NIST SC-28"),
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    fix=(
        "set kmsKeyId to a key with the logs service in its policy (log_kms_key_arn of slipway's services, "
        "exec_kms_key_arn of its Cluster, session_log_kms_key_arn of its Bastion)"
    ),
)
def log_group_encrypted(group: Resource) -> Outcomes:
    """Log groups are encrypted with a KMS key of your own.

    Off unless configured: CloudWatch encrypts every log group, and a lost key is a lost log.
    """
    key = group["kmsKeyId"]
    yield from deny(key, not key.text(), "is missing, so the key is AWS's own")


@rule(
    METRIC_ALARM,
    level=ADVISORY,
    severity=HIGH,
    controls=("Security Hub CloudWatch.17", "NIST AU-6", "NIST SI-4"),
    link=f"{CONTROLS}#cloudwatch-17",
    fix="remove actionsEnabled, as the alarms of slipway's components do",
    remedy={"actionsEnabled": True},
)
def alarm_actions_enabled(alarm: Resource) -> Outcomes:
    """Actions of alarms are switched on."""
    enabled = alarm["actionsEnabled"]
    yield from deny(enabled, enabled.false, "is false, so nobody is notified")


@rule(
    METRIC_ALARM,
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    fix="set treatMissingData to notBreaching, as the alarms of slipway's components do",
    remedy={"treatMissingData": "notBreaching"},
)
def alarm_treat_missing_data(alarm: Resource) -> Outcomes:
    """Alarms on error and event counts set treatMissingData.

    These metrics have no data between events. Without the setting, the alarm stays in ALARM or INSUFFICIENT_DATA after
    the errors end.
    """
    metric, missing = alarm["metricName"], alarm["treatMissingData"]
    if metric.known_text().startswith(SPARSE_METRICS):
        yield from deny(missing, not missing.text(), "is not set, and the metric has no data between events")
