"""A container as Docker's list shows it."""

import re
from dataclasses import dataclass

_EXITED = re.compile(r"Exited \((\d+)\)")


@dataclass(frozen=True)
class ContainerSeen:
    """One container in Docker's list."""

    state: str
    """created, running, exited, dead, ..."""
    health: str
    """UNKNOWN, HEALTHY or UNHEALTHY, in ECS's words."""
    exit_code: int | None
    task: str
    """Id of its task; empty for another container."""

    @classmethod
    def of(cls, state: str, status: str, task: str) -> "ContainerSeen":
        """From Docker's own words, such as `running` and `Up 3 seconds (healthy)`."""
        health = "UNHEALTHY" if "(unhealthy)" in status else "HEALTHY" if "(healthy)" in status else "UNKNOWN"
        exited = _EXITED.search(status)
        return cls(state, health, int(exited[1]) if exited else None, task)
