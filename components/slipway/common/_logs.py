"""Log groups of the components: how long they keep events.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

from ._checks import given, one_of

LOG_RETENTION_DAYS = 30
ALLOWED_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def retention_days(who: str, argument: str, value: float | None) -> int:
    """Days of retention that CloudWatch Logs offers; 30 where the caller names none."""
    days = given(value, LOG_RETENTION_DAYS)
    # The plugin host hands numbers over as floats, and the sentence shows what the caller wrote.
    return int(one_of(who, argument, int(days) if float(days).is_integer() else days, ALLOWED_DAYS))
