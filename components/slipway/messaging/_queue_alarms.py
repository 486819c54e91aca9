"""Two alarms of a queue: one on dead letters, one on the age of the oldest message.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, sqs

from slipway.common import Context

from ._limits import DEAD_SUFFIX

PERIOD_SECONDS = 60  # how often SQS reports
AGE_MINUTES = 5  # in a row, so that one slow message raises no alarm


@dataclass(frozen=True)
class Alarm:
    """An alarm on one metric of a queue."""

    name: str
    text: str
    """Description: the cause, and the first thing to do."""
    metric: str
    above: int
    minutes: int
    """Minutes in a row above the threshold."""


def dead_letter_alarm(context: Context, queue: sqs.Queue, topic_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """Name of the alarm on messages in a dead-letter queue."""
    text = (
        f"Messages of {context.name} were set aside after their last delivery. The consumer's log says why: search it for "
        "givenUp. Once the cause is gone, send them again: slipway redrive"
    )
    alarm = Alarm(context.name + DEAD_SUFFIX, text, "ApproximateNumberOfMessagesVisible", 0, 1)
    return create(context, alarm, queue, topic_arn)


def age_alarm(context: Context, queue: sqs.Queue, age_seconds: int, topic_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """Name of the alarm on the age of a queue's oldest message."""
    text = (
        f"The oldest message of {context.name} has waited for {age_seconds} seconds. Look whether its consumer runs, and "
        "whether its log shows failures; more tasks help only where it works and is slow"
    )
    alarm = Alarm(f"{context.name}-age", text, "ApproximateAgeOfOldestMessage", age_seconds, AGE_MINUTES)
    return create(context, alarm, queue, topic_arn)


def create(context: Context, alarm: Alarm, queue: sqs.Queue, topic_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """Create an alarm with notices to the topic; its name."""
    return cloudwatch.MetricAlarm(
        alarm.name,
        alarm_description=alarm.text,
        namespace="AWS/SQS",
        metric_name=alarm.metric,
        dimensions={"QueueName": queue.name},
        statistic="Maximum",
        period=PERIOD_SECONDS,
        evaluation_periods=alarm.minutes,
        comparison_operator="GreaterThanThreshold",
        threshold=alarm.above,
        # SQS reports nothing for a queue long unused, and such a queue is healthy.
        treat_missing_data="notBreaching",
        alarm_actions=[topic_arn],
        tags=context.tagged(alarm.name),
        opts=context.child,
    ).name
