"""A cluster's node: registers itself, says that it lives, runs the pods that are bound to it, and shows their status.

It signs in as a node does, so that Kubernetes lets it read what its own pods name and nothing else.
Source: https://kubernetes.io/docs/reference/access-authn-authz/node
"""

import contextlib
import logging
import platform
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from docker.errors import DockerException

from slipway_sandbox.docker_daemon import BROKEN_OFF
from slipway_sandbox.documents import Document, objects
from slipway_sandbox.process.ports import LOOPBACK
from slipway_sandbox.runtime.containers.host import DockerHost

from .kube_api import ApiError, KubeApi
from .kubelet_server import KubeletServer
from .pod_docker import PodDocker
from .pod_run import Machine, PodRun
from .pods import Pod, timestamp

NAME = "sandbox"
LOOK_SECONDS = 0.5
ALIVE_SECONDS = 10.0
RETRY_SECONDS = 5.0
STOP_SECONDS = 10  # what a stop of the sandbox gives the pods
LEASE_SECONDS = 40
MOST_PODS = "110"  # the kubelet's default
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where a node runs."""

    folder: Path
    """The cluster's."""
    port: int
    """The API server's."""
    region: str
    version: str
    """Of Kubernetes, such as 1.36.3."""
    owner: str
    """The label of the sandbox's containers."""
    registry: str
    """Address of the registry in ECR's place."""


class Node:
    """Runs once made, until `stop`, while `is_wanted`. Without Docker it waits for it."""

    def __init__(self, place: Place, is_wanted: Callable[[], bool]) -> None:
        self._place, self._is_wanted = place, is_wanted
        self._api = KubeApi(place.folder, place.port, "node")
        self._runs: dict[str, PodRun] = {}
        self._shown: dict[str, Document] = {}
        self._alive_at = 0.0
        self._grace_seconds = STOP_SECONDS
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"node of {place.folder.name}", daemon=True)
        self._thread.start()

    def stop(self, *, at_once: bool = False) -> None:
        """Ends every pod's containers; the cluster keeps the pods. `at_once`: they are killed."""
        self._grace_seconds = 0 if at_once else STOP_SECONDS
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._is_wanted():
                    self._serve()
            except (ApiError, DockerException, OSError, *BROKEN_OFF) as error:
                log.info("the node of %s waits: %s", self._place.folder.name, error)
            except Exception:
                log.exception("the node of %s", self._place.folder.name)
            self._stopped.wait(RETRY_SECONDS)

    def _serve(self) -> None:
        place = self._place
        with contextlib.ExitStack() as parts:
            host = DockerHost(place.owner, place.registry)
            parts.callback(host.close)
            docker = PodDocker(place.owner)
            parts.callback(docker.close)
            machine = Machine(host, docker, self._api, place.folder / "pods")
            shutil.rmtree(machine.files, ignore_errors=True)  # a killed sandbox left it
            server = KubeletServer(place.folder, lambda *asked: self._log(docker, *asked))
            parts.callback(server.stop)
            parts.callback(self._end_pods)
            self._alive_at = 0.0
            while self._is_wanted():
                try:
                    if time.monotonic() - self._alive_at > ALIVE_SECONDS:
                        self._live(host, server.server_port)
                        self._alive_at = time.monotonic()
                    self._sync(machine)
                except (ApiError, OSError) as error:  # pods go on without the API server
                    log.info("the node of %s is not heard: %s", place.folder.name, error)
                if self._stopped.wait(LOOK_SECONDS):
                    return
            self._end_pods()
            administrator = KubeApi(place.folder, place.port, "administrator")  # a node may not delete itself
            administrator.call("DELETE", f"/api/v1/nodes/{NAME}")

    def _live(self, host: DockerHost, port: int) -> None:
        """Says that the node is there and ready."""
        path = f"/api/v1/nodes/{NAME}"
        if self._api.find(path) is None:
            self._api.call("POST", "/api/v1/nodes", {"kind": "Node", "apiVersion": "v1", "metadata": self._metadata()})
        self._api.patch(f"{path}/status", {"status": self._status(host, port)})
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec = {"holderIdentity": NAME, "leaseDurationSeconds": LEASE_SECONDS, "renewTime": now}
        try:
            self._api.patch(f"{LEASES}/{NAME}", {"spec": spec})
        except ApiError as error:
            if error.code != 404:
                raise
            lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": NAME}, "spec": spec}
            self._api.call("POST", LEASES, lease)

    def _metadata(self) -> Document:
        return {
            "name": NAME,
            "labels": {
                "kubernetes.io/arch": ARCHITECTURES.get(platform.machine(), platform.machine()),
                "kubernetes.io/hostname": NAME,
                "kubernetes.io/os": "linux",
                "topology.kubernetes.io/region": self._place.region,
                "topology.kubernetes.io/zone": f"{self._place.region}a",
            },
        }

    def _status(self, host: DockerHost, port: int) -> Document:
        memory = Path("/proc/meminfo").read_text().split()[1]
        size = {"cpu": str(host.cpus), "memory": f"{memory}Ki", "pods": MOST_PODS}
        ready: Document = {
            "type": "Ready",
            "status": "True",
            "reason": "KubeletReady",
            "message": "the sandbox's Docker answers",
            "lastHeartbeatTime": timestamp(),
        }
        info = dict.fromkeys(("machineID", "systemUUID", "bootID"), "sandbox") | {
            "kernelVersion": platform.release(),
            "osImage": "slipway-sandbox",
            "containerRuntimeVersion": "docker://sandbox",
            "kubeletVersion": f"v{self._place.version}",
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
        }
        return {
            "capacity": size,
            "allocatable": size,
            "conditions": [ready],
            "addresses": [{"type": "InternalIP", "address": LOOPBACK}, {"type": "Hostname", "address": NAME}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
            "nodeInfo": info,
        }

    def _sync(self, machine: Machine) -> None:
        """Starts, ends and shows pods, as the cluster has them now."""
        listed = self._api.call("GET", f"/api/v1/pods?fieldSelector=spec.nodeName%3D{NAME}")
        pods = {pod.uid: pod for pod in map(Pod, objects(listed.get("items")))}
        for uid, pod in pods.items():
            run = self._runs.get(uid)
            if run is None and not pod.is_deleted and not pod.is_over:
                run = self._runs[uid] = PodRun(machine, pod)
            if run is not None and pod.is_deleted:
                run.stop(pod.grace_seconds)
            if run is not None:
                self._show(pod, run)
            if pod.is_deleted and (run is None or run.is_over):
                self._delete(pod)
        for uid in set(self._runs) - set(pods):  # deleted at once
            self._runs[uid].stop(0)
            if self._runs[uid].is_over:
                del self._runs[uid]
                self._shown.pop(uid, None)

    def _show(self, pod: Pod, run: PodRun) -> None:
        status = run.status()
        if self._shown.get(pod.uid) == status:
            return
        try:
            self._api.patch(f"{pod.path}/status", {"metadata": {"uid": pod.uid}, "status": status})
            self._shown[pod.uid] = status
        except ApiError as error:
            if error.code not in (404, 409):  # it is gone, or another one of its name is there
                log.warning("the status of pod %s/%s is refused: %s", pod.namespace, pod.name, error)

    def _delete(self, pod: Pod) -> None:
        options = {"gracePeriodSeconds": 0, "preconditions": {"uid": pod.uid}}
        with contextlib.suppress(ApiError):
            self._api.call("DELETE", pod.path, {"kind": "DeleteOptions", "apiVersion": "v1", **options})

    def _end_pods(self) -> None:
        for run in self._runs.values():
            run.stop(min(run.pod.grace_seconds, self._grace_seconds))
        for run in self._runs.values():
            run.join(STOP_SECONDS + RETRY_SECONDS)
        self._runs.clear()
        self._shown.clear()

    def _log(
        self, docker: PodDocker, namespace: str, pod: str, container: str, options: dict[str, str]
    ) -> Iterator[bytes] | None:
        runs = [run for run in list(self._runs.values()) if (run.pod.namespace, run.pod.name) == (namespace, pod)]
        made = next((found for run in runs if (found := run.container(container))), "")
        return docker.log(made, options) if made else None
