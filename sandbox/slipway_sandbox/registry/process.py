"""The image registry in ECR's place: a child process on loopback, or a container of Docker's."""

import contextlib
import json
import logging
import os
import subprocess

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.held_files import hold, holder, is_held, wait_until, write_pid
from slipway_sandbox.process.home import Home, write_private
from slipway_sandbox.process.ports import LOOPBACK, get
from slipway_sandbox.registry import binary

IMAGE = "registry:2"
LABEL = "slipway.sandbox.registry"
READY_SECONDS = 10.0
ANSWER_SECONDS = 1.0
STOP_SECONDS = 5.0
CALL_SECONDS = 60.0  # an image may have to be pulled meanwhile

log = logging.getLogger(__name__)


class RegistryProcess:
    """Debian's docker-registry with our own configuration. It ends with `stop`, or at the next start of the sandbox."""

    def __init__(self, home: Home, port: int, program: str) -> None:
        config = home.registry / "config.yml"
        home.registry.mkdir(mode=0o700, exist_ok=True)
        write_private(config, _config(home, port).encode())
        lock = hold(home.registry_lock)
        if lock is None:
            raise SandboxError("another registry of this sandbox does not end; run `slipway sandbox stop`")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}
        self._process = subprocess.Popen(
            [program, "serve", str(config)], stdin=subprocess.DEVNULL, env=environment, pass_fds=[lock]
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


class RegistryContainer:
    """The registry's own image, if Docker has it or can pull it."""

    def __init__(self, home: Home, port: int) -> None:
        from docker.errors import DockerException  # noqa: PLC0415 - only where there is no binary

        from slipway_sandbox import docker_daemon  # noqa: PLC0415

        home.registry.mkdir(mode=0o700, exist_ok=True)
        self._home = home
        try:
            self._client = docker_daemon.connect(CALL_SECONDS)
            home.registry_container.touch()
            self._container = self._client.containers.run(
                IMAGE,
                detach=True,
                labels={LABEL: str(home.path)},
                environment={"REGISTRY_STORAGE_DELETE_ENABLED": "true"},
                ports={"5000/tcp": (LOOPBACK, port)},
                user=f"{os.getuid()}:{os.getgid()}",
                volumes={str(home.registry): {"bind": "/var/lib/registry", "mode": "rw"}},
            )
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


def begin(home: Home, port: int) -> RegistryProcess | RegistryContainer:
    """Starts a registry; `wait` waits for its first answer. Raises SandboxError without a registry or with a taken port."""
    program = binary.find()
    return RegistryProcess(home, port, program) if program else RegistryContainer(home, port)


def wait(registry: RegistryProcess | RegistryContainer, port: int) -> None:
    """Returns once the registry answers. Raises SandboxError when it does not."""
    wait_until(lambda: answers(port) or not registry.is_running(), READY_SECONDS)
    if not answers(port):
        raise SandboxError(f"the image registry does not answer on port {port}; the end of the log says why")


def answers(port: int) -> bool:
    try:
        get(port, "/v2/", ANSWER_SECONDS)
    except OSError:
        return False
    return True


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


def _config(home: Home, port: int) -> str:
    config = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(home.registry)}, "delete": {"enabled": True}},
        "http": {"addr": f"{LOOPBACK}:{port}", "secret": os.urandom(32).hex()},
    }
    return json.dumps(config)
