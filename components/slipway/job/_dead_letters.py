"""The queue for calls that could not start a job.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import sqs

from slipway.common import Context, deny_insecure_transport, document

RECEIVE_WAIT_SECONDS = 20  # the longest poll: fewest empty answers, and every answer costs
NO_SOURCE = '{"redrivePermission": "denyAll"}'  # no queue may set its messages aside here
RETENTION_SECONDS = 14 * 24 * 3600  # the most of SQS: somebody has to look at them


@dataclass(frozen=True)
class DeadLetters:
    """A queue, new or existing."""

    arn: pulumi.Output[str]
    url: pulumi.Output[str | None]
    """None for an existing queue, of which only the ARN is known."""


def dead_letters(context: Context, existing_arn: pulumi.Input[str] | None) -> DeadLetters:
    """The existing queue, or a new one that is encrypted and reached over TLS only."""
    if existing_arn is not None:
        return DeadLetters(pulumi.Output.from_input(existing_arn), pulumi.Output.from_input(None))
    queue = sqs.Queue(
        context.name,
        message_retention_seconds=RETENTION_SECONDS,
        receive_wait_time_seconds=RECEIVE_WAIT_SECONDS,
        redrive_allow_policy=NO_SOURCE,
        sqs_managed_sse_enabled=True,
        tags=context.tagged(context.name),
        opts=context.child,
    )
    policy = queue.arn.apply(lambda arn: document([deny_insecure_transport("sqs:*", arn)]))
    sqs.QueuePolicy(context.name, queue_url=queue.url, policy=pulumi.Output.json_dumps(policy), opts=context.child)
    return DeadLetters(queue.arn, queue.url)
