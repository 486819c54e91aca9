"""Settings of a consumer, checked when they are made."""

from dataclasses import dataclass

WAIT_SECONDS = 5  # of one long poll; SQS accepts 0-20. A drain lasts no longer than this when no message is in flight.
VISIBILITY_SECONDS = 60  # after which another worker gets the messages of a worker that died
CONCURRENCY = 10  # handlers at once, the largest batch that ReceiveMessage returns
STOP_TIMEOUT_SECONDS = 30  # which ECS gives a container by default
RETURN_SECONDS = 3  # of the stop timeout, to return unfinished messages and to exit


@dataclass(frozen=True)
class Settings:
    """How a consumer polls, retries and stops.

    >>> Settings(concurrency=2, stop_timeout_seconds=60).drain_seconds
    57
    """

    concurrency: int = CONCURRENCY
    """Handlers that run at once. Default: 10."""
    visibility_seconds: int = VISIBILITY_SECONDS
    """Seconds until another worker gets the messages of a worker that died. Default: 60."""
    wait_seconds: int = WAIT_SECONDS
    """Seconds of one long poll, 0-20. Default: 5."""
    retry_after_seconds: int | None = None
    """Seconds until a failed message is delivered again. Default: 2, 4, 8, ... by its deliveries, at most 15 minutes."""
    stop_timeout_seconds: int = STOP_TIMEOUT_SECONDS
    """Seconds from SIGTERM to SIGKILL; messages unfinished 3 seconds before its end are returned. Default: 30."""
    health_port: int | None = None
    """Port that serves GET /health; 0 takes a free one. Default: no endpoint."""

    def __post_init__(self) -> None:
        """Raises ValueError when no time is left to drain."""
        if self.stop_timeout_seconds <= self.wait_seconds + RETURN_SECONDS:
            least = f"more than {self.wait_seconds + RETURN_SECONDS}, a long poll and {RETURN_SECONDS} seconds"
            raise ValueError(f"Consumer: stop_timeout_seconds must be {least}, got {self.stop_timeout_seconds}")

    @property
    def drain_seconds(self) -> int:
        """Seconds that handlers in flight have to finish."""
        return self.stop_timeout_seconds - RETURN_SECONDS
