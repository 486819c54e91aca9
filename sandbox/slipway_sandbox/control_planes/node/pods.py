"""A pod's words, read once: what this node runs of a pod, and what it refuses.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from slipway_sandbox.documents import Document, Json, as_object, as_text, objects

NOT_HERE = ("activeDeadlineSeconds", "hostIPC", "hostNetwork", "hostPID")
VOLUMES = ("configMap", "downwardAPI", "emptyDir", "projected", "secret")
UNITS = {"": 1, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


class PodError(Exception):
    """A container cannot start now; `reason` is Kubernetes's word for it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Pod:
    """A pod as the API server has it."""

    document: Document

    @property
    def metadata(self) -> Document:
        return as_object(self.document.get("metadata"))

    @property
    def spec(self) -> Document:
        return as_object(self.document.get("spec"))

    @property
    def status(self) -> Document:
        return as_object(self.document.get("status"))

    @property
    def uid(self) -> str:
        return as_text(self.metadata.get("uid"))

    @property
    def name(self) -> str:
        return as_text(self.metadata.get("name"))

    @property
    def namespace(self) -> str:
        return as_text(self.metadata.get("namespace"))

    @property
    def path(self) -> str:
        """Path of the pod in the API."""
        return f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"

    @property
    def is_deleted(self) -> bool:
        """Whether somebody has asked for its end."""
        return "deletionTimestamp" in self.metadata

    @property
    def is_over(self) -> bool:
        """Whether it has ended for good."""
        return self.status.get("phase") in ("Succeeded", "Failed")

    @property
    def grace_seconds(self) -> int:
        """What its containers get between SIGTERM and SIGKILL."""
        asked = self.metadata.get("deletionGracePeriodSeconds", self.spec.get("terminationGracePeriodSeconds", 30))
        return int(asked) if isinstance(asked, int | float) else 30

    @property
    def restart_policy(self) -> str:
        return as_text(self.spec.get("restartPolicy")) or "Always"

    @property
    def containers(self) -> list[Document]:
        return objects(self.spec.get("containers"))

    @property
    def init_containers(self) -> list[Document]:
        return objects(self.spec.get("initContainers"))

    def refusal(self) -> str:
        """Why this node does not run the pod; empty where it does."""
        for name in NOT_HERE:
            if self.spec.get(name):
                return f"the sandbox's node runs no pod with {name}"
        for volume in objects(self.spec.get("volumes")):
            kinds = [kind for kind in volume if kind != "name"]
            if kinds and kinds[0] not in VOLUMES:
                return f"the sandbox's node has no volumes of kind {kinds[0]}, as {as_text(volume.get('name'))!r} is"
        for container in [*self.init_containers, *self.containers]:
            if refused := _refusal_of_container(container):
                return f"container {as_text(container.get('name'))!r}: {refused}"
        return ""


def _refusal_of_container(container: Document) -> str:
    security = as_object(container.get("securityContext"))
    if security.get("privileged"):
        return "the sandbox's node runs nothing privileged"
    if container.get("restartPolicy"):
        return "the sandbox's node runs no sidecar among the init containers"
    lifecycle = as_object(container.get("lifecycle"))
    if lifecycle.get("postStart") or "httpGet" in as_object(lifecycle.get("preStop")):
        return "the sandbox's node knows no lifecycle but preStop with exec or sleep"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        if "grpc" in as_object(container.get(probe)):
            return f"the sandbox's node has no grpc in {probe}"
    return ""


def quantity(value: Json) -> float:
    """Kubernetes's text of an amount as a number.

    >>> quantity("250m"), quantity("64Mi"), quantity(2)
    (0.25, 67108864.0, 2.0)
    """
    text = str(value)
    unit = next((each for each in sorted(UNITS, key=len, reverse=True) if each and text.endswith(each)), "")
    return float(text.removesuffix(unit)) * UNITS[unit]


def timestamp(seconds: float | None = None) -> str:
    """A moment as Kubernetes writes it. Default: now."""
    moment = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Probe:
    """A check of a container."""

    action: Document
    delay_seconds: float
    period_seconds: float
    timeout_seconds: float
    successes: int
    failures: int

    @classmethod
    def of(cls, container: Document, name: str) -> "Probe | None":
        """A container's probe of this name; None without one."""
        probe = as_object(container.get(name))
        if not probe:
            return None
        number = {key: float(value) for key, value in probe.items() if isinstance(value, int | float)}
        return cls(
            action=probe,
            delay_seconds=number.get("initialDelaySeconds", 0),
            period_seconds=number.get("periodSeconds", 10),
            timeout_seconds=number.get("timeoutSeconds", 1),
            successes=int(number.get("successThreshold", 1)),
            failures=int(number.get("failureThreshold", 3)),
        )
