"""Rules for CloudWatch log groups.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from policies.registry import ADVISORY, MEDIUM, Deferred, Finding, Outcomes, rule
from policies.values import Resource


@rule(
    "aws:cloudwatch/logGroup:LogGroup",
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP CloudWatch.16", "NIST AU-11"),
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16",
    fix="set retentionInDays; slipway's services keep logs for 30 days unless told otherwise",
    settings={
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "default": 1,
            "description": "Fewest days to keep; FSBP asks for 365.",
        }
    },
)
def log_group_retention(group: Resource) -> Outcomes:
    """Log groups say how long they keep their lines.

    Unset, or 0, is for ever: it costs more each month, and few privacy rules allow it.
    """
    retention = group["retentionInDays"]
    days = retention.number()
    minimum = group.config["minimumDays"]
    if retention.unknown:
        yield Deferred(retention.path)
    elif not days:
        yield Finding(retention.path, "is not set, so lines are kept and paid for ever")
    elif days < minimum:
        yield Finding(retention.path, f"is below the {minimum} days of minimumDays in the policy config")
