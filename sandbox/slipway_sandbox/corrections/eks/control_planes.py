"""The control planes behind the clusters: those that are attached, or none in a test of moto alone."""

from typing import Protocol

from moto.eks.models import Cluster


class ControlPlanes(Protocol):
    """Runs a control plane for each cluster."""

    version: str
    """The version of Kubernetes that runs, such as 1.36."""

    @property
    def are_possible(self) -> bool: ...
    def begin(self, cluster: Cluster, /) -> None: ...
    def end(self, arn: str, /) -> None: ...
    def has(self, arn: str, /) -> bool: ...


_attached: list[ControlPlanes] = []


def attach(planes: ControlPlanes) -> None:
    """From now on clusters get a control plane, where this machine has the programs."""
    _attached.append(planes)


def detach() -> None:
    """Ends the last attachment."""
    _attached.pop()


def attached() -> ControlPlanes | None:
    """The control planes of this process; None without any."""
    return _attached[-1] if _attached else None


def possible() -> ControlPlanes | None:
    """The control planes of this process, where the machine has the programs for one more."""
    planes = attached()
    return planes if planes and planes.are_possible else None


def other_version(version: str) -> str:
    """The refusal of a version that no control plane of this sandbox has."""
    planes = attached()
    return (
        f"unsupported Kubernetes version {version}: the sandbox's control plane runs {planes.version if planes else 'none'}; "
        "ask for that version, or for none"
    )
