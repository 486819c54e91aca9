"""The image registry in ECR's place: a child process on a Unix socket, or a container of Docker's."""

import contextlib
import http.client
import json
import logging
import os
import secrets
import subprocess
from typing import TYPE_CHECKING

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.held_files import hold, holder, is_held, wait_until, write_pid
from slipway_sandbox.process.home import Home, write_private
from slipway_sandbox.process.ports import LOOPBACK

from . import binary
from .front import RegistryFront
from .storage import Storage
from .upstream import PortUpstream, SocketUpstream, Upstream, ask

if TYPE_CHECKING:
    from docker.models.containers import Container

IMAGE = "registry:2"
CONTAINER_PORT = 5000
LABEL = "slipway.sandbox.registry"
SOCKET = "registry.socket"
PRIVATE = 0o077  # umask
READY_SECONDS = 10.0
STOP_SECONDS = 5.0
CALL_SECONDS = 60.0  # an image may have to be pulled meanwhile

log = logging.getLogger(__name__)


class RegistryProcess:
    """Debian's docker-registry with our own configuration. It ends with `stop`, or at the next start of the sandbox."""

    def __init__(self, home: Home, program: str) -> None:
        config = home.registry / "config.yml"
        home.registry.mkdir(mode=0o700, exist_ok=True)
        write_private(config, _config(home).encode())
        self._socket = home.registry / SOCKET
        self.upstream: Upstream = SocketUpstream(self._socket)
        lock = hold(home.registry_lock)
        if lock is None:
            raise SandboxError("another registry of this sandbox does not end; run `slipway sandbox stop`")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}
        self._process = subprocess.Popen(
            [program, "serve", str(config)],
            cwd=home.registry,  # where its socket is
            stdin=subprocess.DEVNULL,
            env=environment,
            pass_fds=[lock],
            umask=PRIVATE,
        )
        write_pid(lock, self._process.pid)
        os.close(lock)  # from here the registry alone holds it

    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._socket.unlink(missing_ok=True)


class RegistryContainer:
    """The registry's own image, if Docker has it or can pull it."""

    def __init__(self, home: Home) -> None:
        from docker.errors import DockerException  # noqa: PLC0415 - only where there is no binary

        from slipway_sandbox import docker_daemon  # noqa: PLC0415

        home.registry.mkdir(mode=0o700, exist_ok=True)
        self._home = home
        prefix = f"/{secrets.token_hex(32)}"
        try:
            self._client = docker_daemon.connect(CALL_SECONDS)
            home.registry_container.touch(mode=0o600)
            self._container = self._client.containers.run(
                IMAGE,
                name=f"slipway-registry-{secrets.token_hex(4)}",
                detach=True,
                labels={LABEL: str(home.path)},
                environment={
                    "REGISTRY_STORAGE_DELETE_ENABLED": "true",
                    "REGISTRY_HTTP_PREFIX": f"{prefix}/",
                    "REGISTRY_HTTP_RELATIVEURLS": "true",
                },
                ports={f"{CONTAINER_PORT}/tcp": (LOOPBACK, 0)},  # any free one
                user=f"{os.getuid()}:{os.getgid()}",
                volumes={str(home.registry): {"bind": "/var/lib/registry", "mode": "rw"}},
            )
            self.upstream: Upstream = PortUpstream(_published(self._container), prefix)
        except DockerException as error:
            raise SandboxError(
                "there is no image registry on this machine and none could be installed; install the package "
                f"docker-registry (Debian, Ubuntu) or make `docker pull {IMAGE}` work ({error})"
            ) from error

    def is_running(self) -> bool:
        self._container.reload()
        return bool(self._container.status == "running")

    def stop(self) -> None:
        self._client.close()
        _remove_containers(self._home)


Registry = RegistryProcess | RegistryContainer


def begin(home: Home) -> Registry:
    """Starts a registry; `serve` waits for its first answer. Raises SandboxError without a registry."""
    program = binary.find()
    return RegistryProcess(home, program) if program else RegistryContainer(home)


def serve(registry: Registry, home: Home, port: int) -> tuple[RegistryFront, Storage]:
    """Opens the registry's port once the registry answers. Raises SandboxError when it does not."""
    upstream = registry.upstream
    wait_until(lambda: _answers(upstream) or not registry.is_running(), READY_SECONDS)
    if not _answers(upstream):
        raise SandboxError("the image registry does not answer; the end of the log says why")
    if isinstance(upstream, SocketUpstream):
        upstream.path.chmod(0o600)
    storage = Storage(home.registry, upstream)
    return RegistryFront(port, upstream, storage), storage


def _answers(upstream: Upstream) -> bool:
    return ask(upstream, "GET", "/v2/") == http.client.OK


def _published(container: "Container") -> int:
    container.reload()
    bindings = container.ports[f"{CONTAINER_PORT}/tcp"] or []
    return int(bindings[0]["HostPort"])


def end_orphan(home: Home) -> None:
    """Ends the registry of a killed sandbox. Only a registry of this home can hold its lock."""
    if home.registry_container.exists():
        _remove_containers(home)
    pid = holder(home.registry_lock)
    if pid is None:
        return
    log.info("ending registry %d of a killed sandbox", pid)
    for signal_number in (15, 9):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal_number)
        if wait_until(lambda: not is_held(home.registry_lock), STOP_SECONDS):
            return


def _remove_containers(home: Home) -> None:
    from docker.errors import DockerException  # noqa: PLC0415 - only where there is no binary

    from slipway_sandbox import docker_daemon  # noqa: PLC0415

    try:
        with contextlib.closing(docker_daemon.connect(CALL_SECONDS)) as client:
            for container in client.containers.list(all=True, filters={"label": f"{LABEL}={home.path}"}):
                container.remove(force=True)
    except DockerException as error:
        raise SandboxError(
            f"the registry's container cannot be removed ({error}); start Docker and try again"
        ) from error
    home.registry_container.unlink()


def _config(home: Home) -> str:
    config = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(home.registry)}, "delete": {"enabled": True}},
        "http": {"net": "unix", "addr": SOCKET, "relativeurls": True, "secret": secrets.token_hex(32)},
    }
    return json.dumps(config)
