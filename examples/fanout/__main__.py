"""A topic that copies each event to an archive and, where it is urgent, to a pager; both queues keep dead letters."""

import pulumi

from slipway import FanOut, Queue, guard

guard()

events = FanOut(
    pulumi.Config().require("topicName"),
    {
        "queues": {
            "archive": {"raw_message_delivery": True},
            "pager": {"filter_policy": {"severity": ["high", "critical"]}, "max_receives": 3},
        }
    },
)
# A queue that only programs with IAM permission send to: what the pager could not handle waits here for a person.
manual = Queue("manual", {"retention_seconds": 604800})

pulumi.export("topicArn", events.topic_arn)
pulumi.export("queueUrls", events.queue_urls)
pulumi.export("deadLetterQueueUrls", events.dead_letter_queue_urls)
pulumi.export("manualQueueUrl", manual.queue_url)
