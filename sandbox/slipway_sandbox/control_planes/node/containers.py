"""A pod's container as the arguments of a Docker container."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from slipway_sandbox.documents import Document, Json, as_object, as_text, objects, texts
from slipway_sandbox.runtime.containers.definitions import DockerArguments

from .pods import Pod, PodError, quantity
from .values import CONFIG_ERROR, expanded

NANOS = 1_000_000_000
LEAST_NANOS = 10_000_000  # of a processor, for Docker
ROOT_USERS = ("", "0", "root")


def docker_arguments(
    pod: Pod, container: Document, environment: Mapping[str, str], mounts: Mapping[str, str]
) -> DockerArguments:
    """Arguments of one container. `mounts` has the source of each volume, a folder or a volume of Docker's."""
    security = {**as_object(pod.spec.get("securityContext")), **as_object(container.get("securityContext"))}
    limits = as_object(as_object(container.get("resources")).get("limits"))
    capabilities = as_object(security.get("capabilities"))
    arguments: DockerArguments = {
        "entrypoint": _words(container.get("command"), environment),
        "command": _words(container.get("args"), environment),
        "environment": dict(environment),
        "working_dir": as_text(container.get("workingDir")) or None,
        "user": _user(security),
        "read_only": bool(security.get("readOnlyRootFilesystem")),
        "cap_add": texts(capabilities.get("add")) or None,
        "cap_drop": texts(capabilities.get("drop")) or None,
        "healthcheck": {"test": ["NONE"]},
        "stdin_open": bool(container.get("stdin")),
        "tty": bool(container.get("tty")),
        "volumes": _volumes(pod, container, mounts),
    }
    if security.get("allowPrivilegeEscalation") is False:
        arguments["security_opt"] = ["no-new-privileges"]
    if "memory" in limits:
        arguments["mem_limit"] = arguments["memswap_limit"] = int(quantity(limits["memory"]))
    if "cpu" in limits:
        arguments["nano_cpus"] = max(LEAST_NANOS, int(quantity(limits["cpu"]) * NANOS))
    return arguments


def require_non_root(pod: Pod, container: Document, user_of_image: str) -> None:
    """Raises PodError where the container must not be root's, and is, or may be.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/security-context
    """
    security = {**as_object(pod.spec.get("securityContext")), **as_object(container.get("securityContext"))}
    if not security.get("runAsNonRoot"):
        return
    if "runAsUser" in security:
        if security["runAsUser"] == 0:
            raise PodError(CONFIG_ERROR, "container's runAsUser breaks non-root policy")
        return
    user = user_of_image.partition(":")[0]
    if user in ROOT_USERS:
        raise PodError(CONFIG_ERROR, "container has runAsNonRoot and image will run as root")
    if not user.isdecimal():
        message = f"container has runAsNonRoot and image has non-numeric user ({user}), cannot verify user is non-root"
        raise PodError(CONFIG_ERROR, message)


def _words(value: Json, environment: Mapping[str, str]) -> list[str] | None:
    words: Sequence[str] = texts(value)
    return [expanded(word, environment) for word in words] or None


def _user(security: Document) -> str | None:
    user, group = security.get("runAsUser"), security.get("runAsGroup")
    if user is None:
        return None
    return f"{user}" if group is None else f"{user}:{group}"


def _volumes(pod: Pod, container: Document, mounts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Docker's volumes by source; Docker takes one target for each source, so each mount is a path of its own."""
    volumes: dict[str, dict[str, str]] = {}
    for mount in objects(container.get("volumeMounts")):
        name = as_text(mount.get("name"))
        if name not in mounts:
            raise PodError(CONFIG_ERROR, f'volume "{name}" of pod {pod.name} is not known')
        source, part = mounts[name], as_text(mount.get("subPath"))
        is_of_files = source.startswith("/")
        if part and not is_of_files:
            raise PodError(CONFIG_ERROR, f"the sandbox's node has no subPath in emptyDir, as {part!r} is")
        place = str(Path(source) / part) if part else source
        if place in volumes:
            raise PodError(CONFIG_ERROR, f"the sandbox's node mounts volume {name!r} once in a container")
        is_read_only = bool(mount.get("readOnly")) or is_of_files
        volumes[place] = {"bind": as_text(mount.get("mountPath")), "mode": "ro" if is_read_only else "rw"}
    return volumes
