"""The report of `slipway sandbox status --json`."""

from typing import TypedDict

RUNNING = "running"
"""Of containers: they run, as far as the last look at Docker tells, at most a second ago."""


class Connection(TypedDict):
    """How to connect to an EC2 instance."""

    command: str
    note: str


class ClockStatus(TypedDict):
    """The clock of the sandbox's AWS."""

    speed: float
    """Times as fast as the machine's."""
    now: str
    """UTC, ISO 8601."""


class CloudStatus(TypedDict):
    """The background process's part of the report."""

    cloud_id: str
    saved_at: str | None
    save_failure: str | None
    lost_changes: bool
    registry: str
    containers: str
    """`running`, or why none runs."""
    lacking: list[str]
    """Missing programs and images of this machine, each with its remedy."""
    urls: dict[str, str]
    instances: dict[str, Connection]
    contents: dict[str, int]


class Status(CloudStatus, total=False):
    """The whole report; of a stopped sandbox only `state` and `home`."""

    state: str
    home: str
    uptime_seconds: int
    ports: dict[str, int]
    pid: int | None
    started_at: str | None
    bridge_address: str | None
    clock: ClockStatus
    stacks: dict[str, int]
