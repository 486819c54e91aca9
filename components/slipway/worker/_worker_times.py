"""Times of a worker: its backlog per task, and room for the slowest message in its timeouts.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
"""

from collections.abc import Sequence

from slipway.common import ArgumentError, Arguments, spelled
from slipway.task import STOP_BOUNDS_SECONDS

from ._worker_queues import ConsumedQueue

BACKLOG_PER_TASK = 100
MOST_BACKLOG_PER_TASK = 1_000_000
LONGEST_LATENCY_SECONDS = 1209600  # 14 days, after which SQS drops a message
LONGEST_MESSAGE_SECONDS = 43200  # 12 hours, after which SQS gives a message to another consumer in any case
GIVE_BACK_SECONDS = 3  # of the stop timeout, in which the consumer returns unfinished messages


def backlog_per_task(arguments: Arguments) -> int:
    """Messages per task: the argument, or the latency divided by the time of a message. Raises ArgumentError."""
    latency, pace = arguments.has("acceptable_latency_seconds"), arguments.has("seconds_per_message")
    if not latency and not pace:
        return arguments.whole_number("backlog_per_task", 1, MOST_BACKLOG_PER_TASK, BACKLOG_PER_TASK)
    who = arguments.who
    if arguments.has("backlog_per_task"):
        fix = "the backlog follows from the latency"
        raise ArgumentError(f"{who}: set backlog_per_task or acceptable_latency_seconds, got both; {fix}")
    if not (latency and pace):
        single = "acceptable_latency_seconds" if latency else "seconds_per_message"
        rule = "acceptable_latency_seconds and seconds_per_message go together"
        raise ArgumentError(f"{who}: {rule}, got {single} alone; set both or backlog_per_task")
    seconds, pace_seconds = (
        arguments.number("acceptable_latency_seconds", 0),
        arguments.number("seconds_per_message", 0),
    )
    if not 0 < pace_seconds <= seconds <= LONGEST_LATENCY_SECONDS:
        rule = f"must be between seconds_per_message and {LONGEST_LATENCY_SECONDS}"
        raise arguments.error(
            "acceptable_latency_seconds", f"{rule}, got {spelled(seconds)} with {spelled(pace_seconds)}"
        )
    # 10 / 0.1 is 99.99… for other floats: a quotient just below a whole number counts as the whole number.
    return min(MOST_BACKLOG_PER_TASK, int(seconds / pace_seconds + 1e-9))


def check_times(arguments: Arguments, queues: Sequence[ConsumedQueue], stop_timeout_seconds: int) -> None:
    """Refuse timeouts below the time of the slowest message, or of a stopping task. Raises ArgumentError."""
    slowest = arguments.optional_whole_number("longest_message_seconds", 1, LONGEST_MESSAGE_SECONDS)
    needed = 0 if slowest is None else slowest + GIVE_BACK_SECONDS
    # Longer messages rely on task protection; a Spot interruption or a failed host cuts them off.
    if stop_timeout_seconds < needed <= STOP_BOUNDS_SECONDS[1]:
        parts = f"longest_message_seconds and {GIVE_BACK_SECONDS} seconds to return unfinished messages"
        raise arguments.error("stop_timeout_seconds", f"must be at least {needed}, {parts}, got {stop_timeout_seconds}")
    for queue in queues:
        if queue.visibility_timeout_seconds is not None:
            argument = f"queues.{queue.key}.visibility_timeout_seconds"
            check_visibility(arguments.who, argument, queue.visibility_timeout_seconds, slowest, stop_timeout_seconds)


def check_visibility(who: str, argument: str, visible: int, slowest: int | None, stop_timeout_seconds: int) -> None:
    """Refuse a visibility timeout that ends during the work on a message. Raises ArgumentError."""
    fix = "raise it on the queue, or extend it while a handler runs"
    if slowest is not None and visible <= slowest:
        rule = f"must be above longest_message_seconds {slowest}"
        raise ArgumentError(f"{who}: {argument} {rule}, got {visible}; or messages are handled twice at once; {fix}")
    if slowest is None and visible < stop_timeout_seconds:
        rule = f"must be at least stop_timeout_seconds {stop_timeout_seconds}"
        reason = "or another task gets the messages of a stopping one"
        raise ArgumentError(f"{who}: {argument} {rule}, got {visible}; {reason}; {fix}")
