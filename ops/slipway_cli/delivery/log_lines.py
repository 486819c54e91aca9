"""Lines of a container's log stream that are JSON objects.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from collections.abc import Iterator, Mapping
from typing import NotRequired, Protocol, TypedDict, Unpack

from slipway_cli.documents import Json, parse


class LogPage(TypedDict):
    """Answer of GetLogEvents."""

    events: list[Mapping[str, Json]]
    nextForwardToken: str


class LogRequest(TypedDict):
    """Arguments of GetLogEvents."""

    logGroupName: str
    logStreamName: str
    startFromHead: bool
    startTime: NotRequired[int]
    limit: NotRequired[int]
    nextToken: NotRequired[str]


class LogExceptions(Protocol):
    """Error classes of the CloudWatch Logs client."""

    ResourceNotFoundException: type[Exception]


class Logs(Protocol):
    """boto3's CloudWatch Logs client."""

    @property
    def exceptions(self) -> LogExceptions:
        """Its error classes."""

    def get_log_events(self, **request: Unpack[LogRequest]) -> LogPage:
        """A page of a log stream."""


def lines(logs: Logs, request: LogRequest) -> Iterator[Mapping[str, Json]]:
    """Lines of a log stream that are JSON objects, oldest first; none where the stream does not exist."""
    while True:
        try:
            page = logs.get_log_events(**request)
        except logs.exceptions.ResourceNotFoundException:
            return
        for event in page["events"]:
            try:
                line = parse(str(event["message"]))
            except ValueError:
                continue
            if isinstance(line, Mapping):
                yield line
        # CloudWatch may answer an empty page before the first event; only a token that repeats is the end.
        if ("limit" in request and page["events"]) or page["nextForwardToken"] == request.get("nextToken"):
            return
        request = {**request, "nextToken": page["nextForwardToken"]}
