"""SQS queue with a dead-letter queue, encrypted, reached over TLS only.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import sqs

from slipway.common import Arguments, Context

from ._arns import known_after
from ._limits import DEAD_SUFFIX, LONGEST_RETENTION_SECONDS
from ._messaging_key import OF_QUEUES, messaging_key
from ._queue_alarms import age_alarm, dead_letter_alarm
from ._queue_names import take_queue_names
from ._queue_plan import QueuePlan, queue_plan
from ._queue_policy import queue_policy
from ._senders import EVENTS, Sender, SenderArgs, known_senders

RECEIVE_WAIT_SECONDS = 20  # the longest poll: fewest empty answers, and every answer costs


class QueueArgs(TypedDict):
    """Arguments of Queue."""

    fifo: NotRequired[bool]
    """Keep order within a message group; the dead-letter queue is then fifo too. A change replaces both queues.
    Default: false."""
    visibility_timeout_seconds: NotRequired[int]
    """Seconds a message stays hidden while a consumer works on it, 0-43200; longer than the work. Default: 30."""
    max_receives: NotRequired[int]
    """Deliveries before a message is set aside in the dead-letter queue, 1-1000. Default: 5."""
    retention_seconds: NotRequired[int]
    """Seconds an unread message is kept, 60-1209599. Dead letters are kept the full 14 days, counted from the first
    send, which leaves time to look at them. Default: 345600 (4 days)."""
    delay_seconds: NotRequired[int]
    """Seconds before a new message can be received, 0-900. Default: 0."""
    content_based_deduplication: NotRequired[bool]
    """With fifo, recognize repeats by the hash of their body where the sender gives no id. Default: false."""
    high_throughput: NotRequired[bool]
    """With fifo, recognize repeats and count the limit of calls within each message group, not over all groups.
    Default: false."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own; topics and senders can deliver only if its policy allows SNS and their services.
    Default: encrypted by a key of SQS."""
    create_kms_key: NotRequired[bool]
    """Create a KMS key with access for topics of this account and for senders; consumers need kms:Decrypt.
    Default: false."""
    topic_arns: NotRequired[list[pulumi.Input[str]]]
    """Topics that may send to the queue, of any account and region. Default: none, senders need IAM permission."""
    senders: NotRequired[list[SenderArgs]]
    """Other AWS services that may send to the queue, such as S3 for the notifications of a bucket and EventBridge for a
    rule. EventBridge may send to the dead-letter queue, too, for deadLetterConfig of its target. A QueuePolicy beside the
    component would replace its policy. Default: none."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Standard topic for alarms on dead letters and on messages that wait too long; the policy of its KMS key has to let
    alarms use it. Default: no alarms."""
    age_alarm_seconds: NotRequired[int]
    """Age of the oldest message that raises an alarm at alarm_topic_arn, in seconds, below retention_seconds.
    Default: half of retention_seconds."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on both queues, the key and the alarms. Default: a Name, and the provider's own."""


class Queue(pulumi.ComponentResource):
    """A queue and its dead-letter queue, a policy for each, and the ties between them: 6 resources.

    `alarm_topic_arn` adds two alarms, `create_kms_key` a KMS key. Example::

        import pulumi
        from slipway import Queue

        work = Queue("work", {"visibility_timeout_seconds": 120, "max_receives": 3})
        pulumi.export("queueUrl", work.queue_url)

    Raises ArgumentError on a name unfit for a queue, a number outside the limits of SQS, settings of fifo queues without
    `fifo`, a KMS key without access for its topics, and an ARN of something else than a topic.
    """

    queue_arn: pulumi.Output[str]
    """ARN of the queue."""
    queue_url: pulumi.Output[str]
    """URL to send to and to receive from."""
    queue_name: pulumi.Output[str]
    """Name of the queue, the dimension QueueName of its metrics."""
    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the dead-letter queue."""
    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""
    dead_letter_alarm_name: pulumi.Output[str | None]
    """Name of the alarm on dead letters, for a deployment or a composite alarm; none without alarm_topic_arn."""
    age_alarm_name: pulumi.Output[str | None]
    """Name of the alarm on the age of the oldest message; none without alarm_topic_arn."""
    kms_key_arn: pulumi.Output[str | None]
    """ARN of the KMS key made by create_kms_key; none without."""

    def __init__(self, name: str, args: QueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("Queue", name, args, QueueArgs)
        plan = queue_plan(arguments, name)
        take_queue_names(arguments.who, name, opts)
        super().__init__("slipway:index:Queue", name, dict(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        nothing = pulumi.Output.from_input(None)
        created_key = messaging_key(context, OF_QUEUES, plan.senders).arn if plan.create_kms_key else None
        key = plan.kms_key_arn if created_key is None else created_key
        dead = dead_letter_queue(context, plan, key)
        queue = main_queue(context, plan, key)
        policies = tie(context, plan, queue, dead)
        self.dead_letter_alarm_name = self.age_alarm_name = nothing
        if plan.alarm_topic_arn is not None:
            self.dead_letter_alarm_name = dead_letter_alarm(context, dead, plan.alarm_topic_arn)
            self.age_alarm_name = age_alarm(context, queue, plan.delivery.age_alarm_seconds, plan.alarm_topic_arn)
        self.queue_arn = known_after(queue.arn, *policies)
        self.queue_url = queue.url
        self.queue_name = queue.name
        self.dead_letter_queue_arn = known_after(dead.arn, *policies)
        self.dead_letter_queue_url = dead.url
        self.kms_key_arn = nothing if created_key is None else created_key
        self.register_outputs(
            {
                "queueArn": self.queue_arn,
                "queueUrl": self.queue_url,
                "queueName": self.queue_name,
                "deadLetterQueueArn": self.dead_letter_queue_arn,
                "deadLetterQueueUrl": self.dead_letter_queue_url,
                "deadLetterAlarmName": self.dead_letter_alarm_name,
                "ageAlarmName": self.age_alarm_name,
                "kmsKeyArn": self.kms_key_arn,
            }
        )


def dead_letter_queue(context: Context, plan: QueuePlan, key: pulumi.Input[str] | None) -> sqs.Queue:
    """The queue for messages after their last delivery."""
    name = context.name + DEAD_SUFFIX
    return sqs.Queue(
        name,
        fifo_queue=plan.fifo or None,
        message_retention_seconds=LONGEST_RETENTION_SECONDS,
        receive_wait_time_seconds=RECEIVE_WAIT_SECONDS,
        kms_master_key_id=key,
        sqs_managed_sse_enabled=True if key is None else None,
        tags=context.tagged(name),
        opts=context.child,
    )


def main_queue(context: Context, plan: QueuePlan, key: pulumi.Input[str] | None) -> sqs.Queue:
    """The queue itself."""
    return sqs.Queue(
        context.name,
        fifo_queue=plan.fifo or None,
        content_based_deduplication=plan.content_based_deduplication or None,
        deduplication_scope="messageGroup" if plan.high_throughput else None,
        fifo_throughput_limit="perMessageGroupId" if plan.high_throughput else None,
        visibility_timeout_seconds=plan.delivery.visibility_timeout_seconds,
        message_retention_seconds=plan.delivery.retention_seconds,
        delay_seconds=plan.delay_seconds,
        receive_wait_time_seconds=RECEIVE_WAIT_SECONDS,
        kms_master_key_id=key,
        sqs_managed_sse_enabled=True if key is None else None,
        tags=context.tagged(context.name),
        opts=context.child,
    )


def tie(context: Context, plan: QueuePlan, queue: sqs.Queue, dead: sqs.Queue) -> list[sqs.QueuePolicy]:
    """Policies of both queues, and the redrive from one to the other; the policies.

    These are resources of their own: the provider waits 25 seconds for a queue, and so creates both at the same time.
    """
    name, child = context.name, context.child
    redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": plan.delivery.max_receives}
    sqs.RedrivePolicy(name, queue_url=queue.url, redrive_policy=pulumi.Output.json_dumps(redrive), opts=child)
    sources = pulumi.Output.json_dumps({"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]})
    sqs.RedriveAllowPolicy(name + DEAD_SUFFIX, queue_url=dead.url, redrive_allow_policy=sources, opts=child)
    # A topic sends undeliverable messages to the dead-letter queue, and so does a rule of EventBridge.
    to_dead = [sender for sender in plan.senders if sender.service == EVENTS]
    policies = []
    for policy_name, target, senders in ((name, queue, plan.senders), (name + DEAD_SUFFIX, dead, to_dead)):
        policy = allowed(target, plan.topic_arns, senders)
        policies.append(sqs.QueuePolicy(policy_name, queue_url=target.url, policy=policy, opts=child))
    return policies


def allowed(queue: sqs.Queue, topic_arns: Sequence[pulumi.Input[str]], senders: Sequence[Sender]) -> pulumi.Output[str]:
    """Policy of a queue, with everybody who may send to it."""
    known = pulumi.Output.all(queue.arn, pulumi.Output.all(*topic_arns), known_senders(senders))
    return known.apply(lambda values: queue_policy(values[0], values[1], values[2]))
