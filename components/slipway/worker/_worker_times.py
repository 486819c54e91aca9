"""What a worker's times make of its backlog, and whether its timeouts leave room for them.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
"""

from collections.abc import Mapping
from typing import Any

from slipway.common import ArgumentError, given, spelled, whole_number
from slipway.messaging import LONGEST_VISIBILITY_TIMEOUT_SECONDS
from slipway.task import STOP_BOUNDS_SECONDS

BACKLOG_PER_TASK = 100
MOST_BACKLOG_PER_TASK = 1_000_000
LONGEST_LATENCY_SECONDS = 1209600  # 14 days, after which SQS drops a message
LONGEST_MESSAGE_SECONDS = 43200  # 12 hours, after which SQS hands a message to another consumer whatever is done
GIVE_BACK_SECONDS = 3  # what the consumer runtime keeps of the stop timeout


def backlog_per_task(who: str, args: Mapping[str, Any]) -> int:
    """Messages that one task can face: as given, or the latency divided by the time of a message."""
    latency, pace = args.get("acceptable_latency_seconds"), args.get("seconds_per_message")
    if latency is None and pace is None:
        backlog = given(args.get("backlog_per_task"), BACKLOG_PER_TASK)
        return whole_number(who, "backlog_per_task", backlog, 1, MOST_BACKLOG_PER_TASK)
    if args.get("backlog_per_task") is not None:
        fix = "the backlog follows from the latency"
        raise ArgumentError(f"{who}: set backlog_per_task or acceptable_latency_seconds, got both; {fix}")
    if latency is None or pace is None:
        given_one = "seconds_per_message" if latency is None else "acceptable_latency_seconds"
        rule = "acceptable_latency_seconds and seconds_per_message go together"
        raise ArgumentError(f"{who}: {rule}, got {given_one} alone; set both or backlog_per_task")
    if not 0 < pace <= latency <= LONGEST_LATENCY_SECONDS:
        rule = f"acceptable_latency_seconds must be between seconds_per_message and {LONGEST_LATENCY_SECONDS}"
        raise ArgumentError(f"{who}: {rule}, got {spelled(latency)} with {spelled(pace)}")
    # 10 / 0.1 is 99.99… in floats of other values: what is a hair below a whole number is that number.
    return min(MOST_BACKLOG_PER_TASK, int(latency / pace + 1e-9))


def check_times(who: str, args: Mapping[str, Any], stop_timeout_seconds: int) -> None:
    """Refuse timeouts that end before the slowest message does, or hand out again what a stopping task works on."""
    slowest = args.get("longest_message_seconds")
    if slowest is not None:
        slowest = whole_number(who, "longest_message_seconds", slowest, 1, LONGEST_MESSAGE_SECONDS)
        needed = slowest + GIVE_BACK_SECONDS
        # What no stop timeout can cover is left to task protection; a Spot interruption or a failed host cuts it off.
        if stop_timeout_seconds < needed <= STOP_BOUNDS_SECONDS[1]:
            rule = f"must be at least {needed}, longest_message_seconds and {GIVE_BACK_SECONDS} to hand back the rest"
            raise ArgumentError(f"{who}: stop_timeout_seconds {rule}, got {stop_timeout_seconds}")
    for key, queue in args["queues"].items():
        if queue.get("visibility_timeout_seconds") is not None:
            argument = f"queues.{key}.visibility_timeout_seconds"
            longest = LONGEST_VISIBILITY_TIMEOUT_SECONDS
            visible = whole_number(who, argument, queue["visibility_timeout_seconds"], 0, longest)
            check_visibility(who, argument, visible, slowest, stop_timeout_seconds)


def check_visibility(who: str, argument: str, visible: int, slowest: int | None, stop_timeout_seconds: int) -> None:
    """Refuse a visibility timeout that ends while a message is worked on."""
    fix = "raise it on the queue, or extend it while a handler runs"
    if slowest is not None and visible <= slowest:
        rule = f"must be above longest_message_seconds {slowest}"
        raise ArgumentError(f"{who}: {argument} {rule}, got {visible}; or messages are handled twice at once; {fix}")
    if slowest is None and visible < stop_timeout_seconds:
        rule = f"must be at least stop_timeout_seconds {stop_timeout_seconds}"
        why = "or another task gets what a stopping one works on"
        raise ArgumentError(f"{who}: {argument} {rule}, got {visible}; {why}; {fix}")
