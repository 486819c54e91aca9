"""Cases of the rules in `cloudwatch.logs`: CloudWatch logs and alarms."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import ALARM
from tests.support.policies.samples import LOG_GROUP, TRUE_VALUES, Case, at

CASES: list[Case] = [
    at("log-group-encrypted", LOG_GROUP, "kmsKeyId", passes=["arn:aws:kms:k"], fails=[None, ""]),
    at("alarm-actions-enabled", ALARM, "actionsEnabled", passes=[None, True], fails=[False]),
    at(
        "alarm-treat-missing-data",
        ALARM,
        "treatMissingData",
        passes=["notBreaching"],
        fails=[None, ""],
        metricName="Errors",
    ),
    Case(
        rule="alarm-treat-missing-data",
        kind=ALARM,
        passes=[{"metricName": "CPUUtilization"}],
        fails=[],
        waits=[{"metricName": UNKNOWN}],
    ),
    Case(
        rule="log-group-retention",
        kind=LOG_GROUP,
        passes=[{"retentionInDays": 30.0}, {"retentionInDays": 1}],
        fails=[({}, ["retentionInDays is not set"]), ({"retentionInDays": 0}, ["retentionInDays is not set"])],
        waits=[{"retentionInDays": UNKNOWN}],
    ),
    at(
        "alarm-actions-enabled",
        ALARM,
        "actionsEnabled",
        passes=[*TRUE_VALUES, None],
        fails=[False, "false"],
        metricName="CPUUtilization",
    ),
    at(
        "log-group-encrypted",
        LOG_GROUP,
        "kmsKeyId",
        passes=["arn:aws:kms:a", "arn:aws-cn:kms:b"],
        fails=[""],
        retentionInDays=30,
    ),
    at("log-group-retention", LOG_GROUP, "retentionInDays", passes=[365, "30"], fails=[0.0, None], name="a"),
    at(
        "alarm-treat-missing-data",
        ALARM,
        "treatMissingData",
        passes=["breaching", "ignore"],
        fails=[None],
        metricName="Throttles",
    ),
]
