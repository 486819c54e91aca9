"""ARNs of topics and queues in arguments, checked. A check reads plain strings only; AWS checks outputs.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
"""

import re
from collections.abc import Mapping

import pulumi

from slipway.common import ArgumentError, Arguments, checked_output, text_output

from ._limits import FIFO_SUFFIX

TOPIC_ARN = re.compile(r"arn:(aws[a-z-]*):sns:([a-z0-9-]+):([0-9]{12}):([A-Za-z0-9_-]{1,256}(\.fifo)?)")
QUEUE_ARN = re.compile(r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?")


def check_topic_arn(who: str, argument: str, arn: object) -> None:
    """Refuse another ARN than a topic's, such as a subscription's. Raises ArgumentError."""
    if isinstance(arn, str) and not TOPIC_ARN.fullmatch(arn):
        example = "arn:aws:sns:eu-west-1:123456789012:orders"
        raise ArgumentError(f"{who}: {argument} must be the ARN of a topic, got {arn!r}; write it like {example}")


def known_topic_arn(arguments: Arguments, argument: str, arn: pulumi.Input[str]) -> pulumi.Input[str]:
    """The ARN of a topic; an output is checked once it is known, since the queue's policy reads its region."""
    if isinstance(arn, str):
        return arn

    def checked(known: object) -> str:
        check_topic_arn(arguments.who, arguments.label(argument), known)
        return str(known)

    return checked_output(text_output(arguments.who, arguments.label(argument), arn), checked)


def check_queue_arn(who: str, argument: str, arn: object) -> None:
    """Refuse another ARN than a queue's, and the URL of a queue. Raises ArgumentError."""
    if isinstance(arn, str) and not QUEUE_ARN.fullmatch(arn):
        example = "arn:aws:sqs:eu-west-1:123456789012:billing"
        raise ArgumentError(f"{who}: {argument} must be the ARN of a queue, got {arn!r}; write it like {example}")


def check_source_topics(arguments: Arguments, topics: Mapping[str, object]) -> None:
    """Refuse topics, by argument, that could not deliver to queues with these arguments. Raises ArgumentError."""
    for argument, arn in topics.items():
        check_topic_arn(arguments.who, argument, arn)
        if arguments.flag("fifo") and isinstance(arn, str) and not arn.endswith(FIFO_SUFFIX):
            fix = "a standard topic delivers to standard queues only"
            raise arguments.error(argument, f"must be a fifo topic, since fifo is set, got {arn!r}; {fix}")


def check_alarm_topic(arguments: Arguments) -> None:
    """Refuse an `alarm_topic_arn` closed to alarms. Raises ArgumentError."""
    arn = arguments.input("alarm_topic_arn")
    check_topic_arn(arguments.who, "alarm_topic_arn", arn)
    if isinstance(arn, str) and arn.endswith(FIFO_SUFFIX):
        fix = "CloudWatch gives no message group"
        raise arguments.error("alarm_topic_arn", f"must be a standard topic, got {arn!r}; {fix}")


def region_in(arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """Region of the resource with this ARN."""
    return pulumi.Output.from_input(arn).apply(lambda text: text.split(":")[3])


def known_after(arn: pulumi.Output[str], *policies: pulumi.CustomResource) -> pulumi.Output[str]:
    """An ARN, known once the policies exist: S3 refuses a receiver whose policy does not let it in yet."""
    return pulumi.Output.all(arn, *[policy.id for policy in policies]).apply(lambda values: str(values[0]))
