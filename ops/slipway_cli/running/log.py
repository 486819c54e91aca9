"""The log of one task, from its first line on, each line once and in order.

The stream is chosen by the task's id and read from its head, so lines from before anybody looked are there, too.
Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from collections.abc import Iterator

from slipway_cli.delivery.log_lines import LogRequest, Logs


class TaskLog:
    """Reads on where it stopped the last time."""

    def __init__(self, logs: Logs, group: str, stream: str) -> None:
        self._logs = logs
        self._request: LogRequest = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}

    def lines(self) -> Iterator[str]:
        """Lines since the last call; none while there is no stream. Raises as boto3 does."""
        while True:
            try:
                page = self._logs.get_log_events(**self._request)
            except self._logs.exceptions.ResourceNotFoundException:
                return
            for event in page["events"]:
                yield str(event["message"])
            # CloudWatch may answer an empty page before the next event; only a token that repeats is the end.
            is_end = page["nextForwardToken"] == self._request.get("nextToken")
            self._request = {**self._request, "nextToken": page["nextForwardToken"]}
            if is_end:
                return
