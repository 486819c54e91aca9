"""SQS queue with a dead-letter queue, encrypted, reached over TLS only.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import sqs

from slipway.common import ArgumentError, check_keys, child_name, given, named, whole_number

from ._limits import DEAD_SUFFIX, FIFO_SUFFIX, LONGEST_RETENTION_SECONDS, QUEUE_NAME_LENGTH, delivery, need_fifo
from ._messaging_key import messaging_key, refuse_managed_key
from ._queue_alarms import check_alarm_topic, queue_alarms
from ._queue_policy import check_topic_arn, queue_policy

RECEIVE_WAIT_SECONDS = 20  # the longest poll: fewest empty answers, each of which is paid for
LONGEST_DELAY_SECONDS = 900


class QueueArgs(TypedDict):
    """Arguments of Queue."""

    fifo: NotRequired[bool]
    """Keep order within a message group; the dead-letter queue is then fifo too. Changing it replaces both.
    Default: false."""
    visibility_timeout_seconds: NotRequired[int]
    """Seconds a message stays hidden while a consumer works on it, 0-43200; longer than the work. Default: 30."""
    max_receives: NotRequired[int]
    """Deliveries before a message is set aside in the dead-letter queue, 1-1000. Default: 5."""
    retention_seconds: NotRequired[int]
    """Seconds an unread message is kept, 60-1209599; dead letters get the full 14 days, counted from the first
    send, so that there is time left to look at them. Default: 345600 (4 days)."""
    delay_seconds: NotRequired[int]
    """Seconds before a new message can be received, 0-900. Default: 0."""
    content_based_deduplication: NotRequired[bool]
    """A fifo queue tells repeats by the hash of their body, where the sender gives no id. Default: false."""
    high_throughput: NotRequired[bool]
    """A fifo queue drops repeats and counts its limit of calls within each message group, not over all of them.
    Default: false."""
    kms_key_id: NotRequired[pulumi.Input[str]]
    """KMS key of your own; topics can deliver only if its policy allows SNS. Default: encrypted by a key of SQS."""
    create_kms_key: NotRequired[bool]
    """Make a KMS key that topics of this account can deliver with; consumers need kms:Decrypt. Default: false."""
    topic_arns: NotRequired[list[pulumi.Input[str]]]
    """Topics that may send to the queue, of any account and region. Default: none, senders need IAM permission."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Standard topic that hears of dead letters and of messages that wait too long; a key of its own has to let alarms
    use it. Default: no alarms, since nobody would hear them."""
    age_alarm_seconds: NotRequired[int]
    """Age of the oldest message that raises an alarm at alarm_topic_arn, below retention_seconds.
    Default: half of retention_seconds."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on both queues and alarms. Default: a Name, and the provider's own."""


class Queue(pulumi.ComponentResource):
    """A queue and its dead-letter queue with a policy each, the ties between the two, and on request two alarms.

    Raises ArgumentError on a name that no queue may have, one too long, a number outside the limits of SQS, what only a
    fifo queue has, a key that topics cannot deliver with, or a topic that alarms cannot publish to.
    """

    queue_arn: pulumi.Output[str]
    """ARN of the queue."""
    queue_url: pulumi.Output[str]
    """URL to send to and to receive from."""
    queue_name: pulumi.Output[str]
    """Name of the queue, as metrics know it."""
    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the dead-letter queue."""
    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""
    dead_letter_alarm_name: pulumi.Output[str | None]
    """Name of the alarm that messages were set aside, for a deployment or an alarm of your own; none without
    alarm_topic_arn."""
    age_alarm_name: pulumi.Output[str | None]
    """Name of the alarm that the oldest message waits too long; none without alarm_topic_arn."""
    kms_key_arn: pulumi.Output[str | None]
    """ARN of the key that create_kms_key made; none without."""

    def __init__(self, name: str, args: QueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"Queue {name!r}"
        check_keys(who, args, QueueArgs)
        child_name(who, name, QUEUE_NAME_LENGTH, DEAD_SUFFIX + FIFO_SUFFIX)
        handed = delivery(who, args)
        delay = whole_number(who, "delay_seconds", given(args.get("delay_seconds"), 0), 0, LONGEST_DELAY_SECONDS)
        check_sources(who, args)
        super().__init__("slipway:index:Queue", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        key, tags = args.get("kms_key_id"), args.get("tags")
        self.kms_key_arn = pulumi.Output.from_input(None)
        if args.get("create_kms_key"):
            key = self.kms_key_arn = messaging_key(name, tags, child).arn
        fifo = given(args.get("fifo"), False) or None
        in_groups = given(args.get("high_throughput"), False)
        managed = True if key is None else None
        dead = sqs.Queue(
            name + DEAD_SUFFIX,
            fifo_queue=fifo,
            message_retention_seconds=LONGEST_RETENTION_SECONDS,
            receive_wait_time_seconds=RECEIVE_WAIT_SECONDS,
            kms_master_key_id=key,
            sqs_managed_sse_enabled=managed,
            tags=named(name + DEAD_SUFFIX, tags),
            opts=child,
        )
        queue = sqs.Queue(
            name,
            fifo_queue=fifo,
            content_based_deduplication=given(args.get("content_based_deduplication"), False) or None,
            deduplication_scope="messageGroup" if in_groups else None,
            fifo_throughput_limit="perMessageGroupId" if in_groups else None,
            visibility_timeout_seconds=handed.visibility_timeout_seconds,
            message_retention_seconds=handed.retention_seconds,
            delay_seconds=delay,
            receive_wait_time_seconds=RECEIVE_WAIT_SECONDS,
            kms_master_key_id=key,
            sqs_managed_sse_enabled=managed,
            tags=named(name, tags),
            opts=child,
        )
        # Resources of their own: the provider waits 25 seconds for a queue, and so makes both at the same time.
        set_aside = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": handed.max_receives}
        sqs.RedrivePolicy(name, queue_url=queue.url, redrive_policy=pulumi.Output.json_dumps(set_aside), opts=child)
        only_this = {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
        sqs.RedriveAllowPolicy(
            name + DEAD_SUFFIX,
            queue_url=dead.url,
            redrive_allow_policy=pulumi.Output.json_dumps(only_this),
            opts=child,
        )
        for role, guarded in ((name, queue), (name + DEAD_SUFFIX, dead)):
            # Both queues: what a topic could not deliver goes to the dead-letter queue.
            arns = pulumi.Output.all(guarded.arn, *given(args.get("topic_arns"), []))
            policy = arns.apply(lambda all_arns: queue_policy(all_arns[0], all_arns[1:]))
            sqs.QueuePolicy(role, queue_url=guarded.url, policy=policy, opts=child)
        self.dead_letter_alarm_name = self.age_alarm_name = pulumi.Output.from_input(None)
        if (told := args.get("alarm_topic_arn")) is not None:
            made = queue_alarms(name, queue, dead, handed.age_alarm_seconds, told, tags, child)
            self.dead_letter_alarm_name, self.age_alarm_name = made
        self.queue_arn = queue.arn
        self.queue_url = queue.url
        self.queue_name = queue.name
        self.dead_letter_queue_arn = dead.arn
        self.dead_letter_queue_url = dead.url
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


def check_sources(who: str, args: QueueArgs) -> None:
    """Refuse kinds and keys that do not go together, and topics that are none or could not deliver."""
    need_fifo(who, args, ("content_based_deduplication", "high_throughput"))
    check_alarm_topic(who, args.get("alarm_topic_arn"))
    if args.get("kms_key_id") is not None and args.get("create_kms_key"):
        raise ArgumentError(f"{who}: set kms_key_id or create_kms_key, got both")
    topics = given(args.get("topic_arns"), [])
    for index, arn in enumerate(topics):
        argument = f"topic_arns[{index}]"
        check_topic_arn(who, argument, arn)
        if args.get("fifo") and isinstance(arn, str) and not arn.endswith(FIFO_SUFFIX):
            fix = "a standard topic delivers to standard queues only"
            raise ArgumentError(f"{who}: {argument} must be a fifo topic as the queue is fifo, got {arn!r}; {fix}")
    if topics:
        refuse_managed_key(who, "kms_key_id", args.get("kms_key_id"))
