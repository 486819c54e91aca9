"""What load balancers did since somebody asked: requests, answers and times, by load balancer and target group."""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Way:
    """Where a request went: ARNs of the load balancer and of the target group; none was chosen where the latter is empty."""

    balancer: str
    group: str = ""


@dataclass
class Counted:
    """Requests of one way."""

    names: Counter[str] = field(default_factory=Counter)
    """How often, by the name of the metric."""
    seconds: Counter[float] = field(default_factory=Counter)
    """How often a target took so long to begin its answer, in whole milliseconds."""


class Traffic:
    """Counts over all listeners. Many threads may count at once."""

    def __init__(self) -> None:
        self._counted: dict[Way, Counted] = {}
        self._lock = threading.Lock()

    def answered(self, way: Way, status: int, seconds: float) -> None:
        """A target has answered after so many seconds."""
        with self._lock:
            counted = self._counted.setdefault(way, Counted())
            counted.names["RequestCount"] += 1
            counted.names[f"HTTPCode_Target_{status // 100}XX_Count"] += 1
            counted.seconds[round(seconds, 3)] += 1

    def refused(self, way: Way, status: int) -> None:
        """The load balancer itself has answered with an error, for a target or before it chose one."""
        with self._lock:
            counted = self._counted.setdefault(way, Counted())
            counted.names[f"HTTPCode_ELB_{status // 100}XX_Count"] += 1
            if status // 100 == 5:
                counted.names[f"HTTPCode_ELB_{status}_Count"] += 1
            if way.group:
                counted.names["RequestCount"] += 1
            if status == 502:
                counted.names["TargetConnectionErrorCount"] += 1

    def take(self) -> dict[Way, Counted]:
        """What was counted since the last call."""
        with self._lock:
            counted, self._counted = self._counted, {}
        return counted
