"""Arguments of a link, described where they are typed."""

from typing import NotRequired, TypedDict

import pulumi


class LinkArgs(TypedDict):
    """One thing that the code uses: exactly one of publish_to, send_to, consume_from, read_secret and call."""

    publish_to: NotRequired[pulumi.Input[str]]
    """ARN of a topic. The variable holds it, and the code may publish to exactly this topic. Default: none."""
    send_to: NotRequired[pulumi.Input[str]]
    """ARN of a queue, with `queue_url`. The variable holds the URL, and the code may send to exactly this queue.
    Default: none."""
    consume_from: NotRequired[pulumi.Input[str]]
    """ARN of a queue, with `queue_url`. The variable holds the URL, and the code may receive, extend and delete the
    messages of exactly this queue; nothing scales with it, unlike the queues of a QueueWorker. Default: none."""
    read_secret: NotRequired[pulumi.Input[str]]
    """ARN of a Secrets Manager secret or an SSM parameter. The variable holds its value, read by ECS at the start of a
    task. Default: none."""
    call: NotRequired[pulumi.Input[str]]
    """URL of a service, with its `security_group_id` and `port`. The variable holds the URL, and both security groups
    are opened for the call. Default: none."""
    queue_url: NotRequired[pulumi.Input[str]]
    """URL of the queue of `send_to` or `consume_from`. Default: none."""
    by_arn: NotRequired[bool]
    """The variable holds the ARN of `read_secret`, and the code reads the value itself, also after a rotation. Default:
    false."""
    kms_key_arn: NotRequired[pulumi.Input[str | None]]
    """Customer managed KMS key of the topic, the queue or the secret, used through that service only; an output without a
    value counts as left out. Default: a key of AWS, which needs no right."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the service to call, such as its output security_group_id. Default: none."""
    port: NotRequired[int]
    """TCP port of the service's tasks, or of its load balancer where that is called, 1-65535. Default: none."""
