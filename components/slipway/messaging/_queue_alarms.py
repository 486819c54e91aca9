"""The two alarms of a queue: messages were set aside, and messages wait too long.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

import pulumi
from pulumi_aws import cloudwatch, sqs

from slipway.common import ArgumentError, Tags, named

from ._limits import DEAD_SUFFIX, FIFO_SUFFIX
from ._queue_policy import check_topic_arn

PERIOD_SECONDS = 60  # how often SQS reports
AGE_MINUTES = 5  # in a row, so that one slow message raises nothing


def check_alarm_topic(who: str, topic_arn: object) -> None:
    """Refuse a topic that no alarm can publish to."""
    check_topic_arn(who, "alarm_topic_arn", topic_arn)
    if isinstance(topic_arn, str) and topic_arn.endswith(FIFO_SUFFIX):
        fix = "CloudWatch gives no message group"
        raise ArgumentError(f"{who}: alarm_topic_arn must be a standard topic, got {topic_arn!r}; {fix}")


def queue_alarms(
    name: str,
    queue: sqs.Queue,
    dead: sqs.Queue,
    age_seconds: int,
    topic_arn: pulumi.Input[str],
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Names of the alarm of the dead-letter queue and of the alarm of the age, which tell the topic."""
    set_aside = (
        f"Messages of {name} were set aside after their last delivery. The consumer's log says why: search it for "
        "givenUp. Once the cause is gone, send them again: slipway redrive"
    )
    waiting = (
        f"The oldest message of {name} has waited for {age_seconds} seconds. Look whether its consumer runs, and "
        "whether its log shows failures; more tasks help only where it works and is slow"
    )
    return (
        alarm(name + DEAD_SUFFIX, dead, "ApproximateNumberOfMessagesVisible", 0, 1, set_aside, topic_arn, tags, child),
        alarm(
            f"{name}-age",
            queue,
            "ApproximateAgeOfOldestMessage",
            age_seconds,
            AGE_MINUTES,
            waiting,
            topic_arn,
            tags,
            child,
        ),
    )


def alarm(
    name: str,
    queue: sqs.Queue,
    metric: str,
    above: int,
    minutes: int,
    text: str,
    topic_arn: pulumi.Input[str],
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Name of an alarm on one metric of a queue; a queue that reports nothing, as one long unused does, is well."""
    return cloudwatch.MetricAlarm(
        name,
        alarm_description=text,
        namespace="AWS/SQS",
        metric_name=metric,
        dimensions={"QueueName": queue.name},
        statistic="Maximum",
        period=PERIOD_SECONDS,
        evaluation_periods=minutes,
        comparison_operator="GreaterThanThreshold",
        threshold=above,
        treat_missing_data="notBreaching",
        alarm_actions=[topic_arn],
        tags=named(name, tags),
        opts=child,
    ).name
