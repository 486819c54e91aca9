"""The control planes of all clusters of one sandbox: made, ended and begun again with moto's clusters."""

import hashlib
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from moto.eks.models import Cluster, EKSBackend, eks_backends

from slipway_sandbox.corrections.eks.clusters import runs_pods
from slipway_sandbox.documents import Document
from slipway_sandbox.process.ports import LOOPBACK, free_ports, require_free

from . import programs
from .access import Access
from .cluster_files import ClusterFiles, Settings
from .control_plane import ControlPlane
from .node.node import Node, Place
from .webhook import WebhookServer

ACTIVE, CREATING, FAILED = "ACTIVE", "CREATING", "FAILED"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Containers:
    """What the nodes' containers share with the sandbox's other ones."""

    owner: str
    """Their label."""
    registry: str
    """Address of the registry in ECR's place."""


class ControlPlanes:
    """Each cluster's control plane, its files in a folder of `folder`.

    `entered` stands around every look at moto from another thread; `changed` tells that moto has changed.
    """

    version = programs.MINOR
    """The version of Kubernetes that runs."""

    def __init__(
        self,
        folder: Path,
        access: Access,
        entered: Callable[[], AbstractContextManager[None]],
        changed: Callable[[], None],
        containers: Containers,
    ) -> None:
        self._folder, self._access, self._entered, self._changed = folder, access, entered, changed
        self._containers = containers
        self._nodes: dict[str, Node] = {}
        self._planes: dict[str, ControlPlane] = {}
        self._lock = threading.Lock()
        self._server: WebhookServer | None = None

    @property
    def are_possible(self) -> bool:
        """Whether this machine has the programs."""
        return programs.are_there()

    def resume(self) -> None:
        """Begins the control planes of the clusters that have one, and removes what is left of others.

        Raises SandboxError where the port of one is taken.
        """
        if not self._folder.exists():
            return
        clusters = {_folder_name(cluster.arn): cluster for cluster in _clusters()}
        for folder in list(self._folder.iterdir()):
            settings = ClusterFiles(folder).settings()
            if settings is None or folder.name not in clusters:
                shutil.rmtree(folder)
            elif not self.are_possible:
                clusters[folder.name].status = FAILED  # it has nothing to run on; with the programs it starts again
            else:
                require_free({settings.port: f"the API server of EKS cluster {clusters[folder.name].name}"}, [LOOPBACK])
                self._start(settings.arn)

    def begin(self, cluster: Cluster) -> None:
        """Starts the control plane of a new cluster, which is active once that is ready."""
        files = self._files(cluster.arn)
        settings = Settings(
            arn=cluster.arn,
            port=free_ports(1, [LOOPBACK])[0],
            service_range=str(cluster.kubernetes_network_config["serviceIpv4Cidr"]),
            issuer=str(cluster.identity["oidc"]["issuer"]),
        )
        files.make(settings)
        cluster.endpoint = f"https://{LOOPBACK}:{settings.port}"
        cluster.certificate_authority = {"data": files.authority}
        cluster.status = CREATING
        self._start(cluster.arn)

    def end(self, arn: str) -> None:
        """Ends the control plane of a deleted cluster, and deletes its data."""
        with self._lock:
            plane, node = self._planes.pop(arn, None), self._nodes.pop(arn, None)
        if node:
            node.stop(at_once=True)
        if plane:
            plane.stop(at_once=True)
        shutil.rmtree(self._files(arn).folder, ignore_errors=True)

    def has(self, arn: str) -> bool:
        """Whether a cluster has a control plane."""
        return self._files(arn).settings() is not None

    def lacking(self) -> list[str]:
        """A sentence where clusters have a control plane, and this machine has not its programs any more."""
        if self.are_possible or not self._folder.exists() or not any(self._folder.iterdir()):
            return []
        return [
            f"EKS clusters have no control plane: {programs.folder()} lacks its programs; run `make ready-eks` in a checkout of Slipway, then `slipway sandbox stop` and start"
        ]

    def pids(self) -> dict[str, dict[str, int]]:
        """Process numbers by the cluster's ARN and the program's name."""
        with self._lock:
            return {arn: plane.pids for arn, plane in self._planes.items()}

    def stop(self) -> None:
        """Ends all of them; `resume` begins them again."""
        with self._lock:
            nodes, self._nodes = list(self._nodes.values()), {}
            planes, self._planes = list(self._planes.values()), {}
        for part in (nodes, planes):
            threads = [threading.Thread(target=each.stop) for each in part]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if self._server:
            self._server.stop()

    def _start(self, arn: str) -> None:
        with self._lock:
            self._server = self._server or WebhookServer(self._answer)
            self._planes[arn] = ControlPlane(
                self._files(arn), self._server.webhook, lambda is_ready: self._tell(arn, is_ready=is_ready)
            )

    def _tell(self, arn: str, *, is_ready: bool) -> None:
        with self._entered():
            cluster = next((each for each in _clusters() if each.arn == arn), None)
            if cluster is None:
                return
            if is_ready:
                self._begin_node(arn)
            if cluster.status != (status := ACTIVE if is_ready else FAILED):
                cluster.status = status
                self._changed()

    def _begin_node(self, arn: str) -> None:
        files = self._files(arn)
        settings = files.settings()
        with self._lock:
            if settings is None or arn not in self._planes:
                return
            place = Place(
                folder=files.folder,
                port=settings.port,
                region=arn.split(":")[3],
                version=programs.VERSION,
                owner=self._containers.owner,
                registry=self._containers.registry,
            )
            self._nodes[arn] = Node(place, lambda: self._runs_pods(arn))

    def _runs_pods(self, arn: str) -> bool:
        """Whether a cluster has something that runs pods: Auto Mode, a node group, or a Fargate profile."""
        with self._entered():
            cluster = next((each for each in _clusters() if each.arn == arn), None)
            return cluster is not None and runs_pods(cluster)

    def _answer(self, folder: str, review: str, spec: Mapping[str, object]) -> Document | None:
        answers = {"authentication": self._access.authentication, "authorization": self._access.authorization}
        with self._entered():
            cluster = next((each for each in _clusters() if _folder_name(each.arn) == folder), None)
            return answers[review](cluster, spec) if cluster is not None and review in answers else None

    def _files(self, arn: str) -> ClusterFiles:
        return ClusterFiles(self._folder / _folder_name(arn))


def _folder_name(arn: str) -> str:
    return f"{arn.rpartition('/')[2]}-{hashlib.sha256(arn.encode()).hexdigest()[:8]}"


def _clusters() -> Iterator[Cluster]:
    for account in list(eks_backends.values()):
        for backend in list(account.values()):
            yield from _clusters_of(backend)


def _clusters_of(backend: EKSBackend) -> list[Cluster]:
    return list(backend.clusters.values())
