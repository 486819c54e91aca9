"""What `slipway sandbox status --json` says."""

from typing import TypedDict


class Connection(TypedDict):
    """How to connect to an EC2 instance."""

    command: str
    note: str


class CloudStatus(TypedDict):
    """What the background process answers about itself."""

    cloud_id: str
    saved_at: str | None
    save_failure: str | None
    lost_changes: bool
    registry: str
    containers: str
    """`running`, or why none runs."""
    lacking: list[str]
    """What this machine lacks, each with its remedy."""
    urls: dict[str, str]
    instances: dict[str, Connection]
    contents: dict[str, int]


class Status(CloudStatus, total=False):
    """The whole report; only `state` and `home` of a sandbox that does not run."""

    state: str
    home: str
    uptime_seconds: int
    ports: dict[str, int]
    pid: int | None
    started_at: str | None
    bridge_address: str | None
    stacks: dict[str, int]
