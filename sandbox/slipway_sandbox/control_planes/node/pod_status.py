"""What Kubernetes shows of a pod: phase, conditions and containers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from slipway_sandbox.documents import Document, Json

from .container_run import ContainerRun
from .pods import timestamp


@dataclass
class PodStatus:
    """A pod's part of its status."""

    phase: str = "Pending"
    reason: str = ""
    message: str = ""
    address: str = ""
    has_network: bool = False
    started_at: str = field(default_factory=timestamp)

    def __post_init__(self) -> None:
        self._changes: dict[str, tuple[bool, str]] = {}

    def status(self, init: Sequence[ContainerRun], main: Sequence[ContainerRun]) -> Document:
        """The whole status, as the API takes it."""
        unready = [each.name for each in main if not each.is_ready]
        is_ready = self.phase == "Running" and not unready
        facts = {
            "PodReadyToStartContainers": self.has_network,
            "Initialized": all(each.is_over and each.exit_code == 0 for each in init),
            "ContainersReady": is_ready,
            "Ready": is_ready,
        }
        conditions: list[Json] = []
        for kind, is_true in facts.items():
            condition: dict[str, Json] = {"type": kind, "status": "True" if is_true else "False"}
            condition["lastTransitionTime"] = self._since(kind, is_true=is_true)
            if not is_true and kind in ("ContainersReady", "Ready"):
                message = f"containers with unready status: [{' '.join(unready)}]"
                condition |= {"reason": "ContainersNotReady", "message": message}
            conditions.append(condition)
        status: dict[str, Json] = {
            "phase": self.phase,
            "startTime": self.started_at,
            "conditions": conditions,
            "initContainerStatuses": [each.status() for each in init],
            "containerStatuses": [each.status() for each in main],
        }
        if self.address:
            # Kubernetes would add the address to that of before a restart of the sandbox.
            status |= {"podIP": self.address, "podIPs": [{"$patch": "replace"}, {"ip": self.address}]}
        if self.reason:
            status |= {"reason": self.reason, "message": self.message}
        return status

    def _since(self, kind: str, *, is_true: bool) -> str:
        if kind not in self._changes or self._changes[kind][0] is not is_true:
            self._changes[kind] = (is_true, timestamp())
        return self._changes[kind][1]
