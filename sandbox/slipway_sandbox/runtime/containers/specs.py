"""A container definition of ECS as the arguments of a Docker container.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from docker.types import Ulimit

from slipway_sandbox.runtime.containers.definitions import (
    ContainerDefinition,
    DockerArguments,
    HealthCheckDefinition,
)

MIB = 1024 * 1024
NANOS = 1_000_000_000
STOP_TIMEOUT_SECONDS = 30  # ECS's default
START_TIMEOUT_SECONDS = 180  # Fargate's default: how long a container waits for what it depends on
# Health check defaults of ECS.
INTERVAL_SECONDS, TIMEOUT_SECONDS, RETRIES, START_PERIOD_SECONDS = 30, 5, 3, 0


class TaskError(Exception):
    """The task cannot start; the message is ECS's stopped reason."""


@dataclass(frozen=True)
class LogTarget:
    """Where the awslogs driver sends the lines of one container."""

    group: str
    stream: str
    create_group: bool
    region: str


@dataclass(frozen=True)
class ContainerSpec:
    """One container of one task, ready to be created."""

    name: str
    image: str
    essential: bool
    arguments: DockerArguments
    """For docker.containers.create; the image, network and labels are added by the runner."""
    depends_on: tuple[tuple[str, str], ...] = ()
    start_timeout_seconds: int = START_TIMEOUT_SECONDS
    stop_timeout_seconds: int = STOP_TIMEOUT_SECONDS
    log: LogTarget | None = None

    @property
    def has_health_check(self) -> bool:
        """Whether the task definition (not the image) defines a health check: ECS looks at no other."""
        return self.arguments["healthcheck"]["test"] != ["NONE"]


@dataclass(frozen=True)
class Size:
    """The limits around the containers of a task."""

    cpu: int
    """Units of 1/1024 CPU; 0 without a limit."""
    memory_mib: int
    """0 without a limit."""
    host_cpus: int
    """CPUs of the machine."""


def container_spec(
    definition: ContainerDefinition, environment: Mapping[str, str], task_id: str, region: str, size: Size
) -> ContainerSpec:
    """Container definition to a spec. `environment` is complete, secrets included. Raises TaskError."""
    memory = definition.get("memory") or size.memory_mib
    parameters = definition.get("linuxParameters") or {}
    arguments: DockerArguments = {
        "command": definition.get("command") or None,
        "entrypoint": definition.get("entryPoint") or None,
        "environment": dict(environment),
        "user": definition.get("user"),
        "working_dir": definition.get("workingDirectory"),
        "read_only": bool(definition.get("readonlyRootFilesystem")),
        "tmpfs": {
            mount["containerPath"]: ",".join([f"size={mount['size']}m", *mount.get("mountOptions", [])])
            for mount in parameters.get("tmpfs", [])
        },
        "volumes": _volumes(definition, task_id),
        "init": bool(parameters.get("initProcessEnabled")),
        "cap_add": (parameters.get("capabilities") or {}).get("add"),
        "cap_drop": (parameters.get("capabilities") or {}).get("drop"),
        "ulimits": [
            Ulimit(name=limit["name"], soft=limit["softLimit"], hard=limit["hardLimit"])
            for limit in definition.get("ulimits") or []
        ],
        "healthcheck": _health_check(definition.get("healthCheck")),
        "stdin_open": bool(definition.get("interactive")),
        "tty": bool(definition.get("pseudoTerminal")),
    }
    if memory:
        # No swap on Fargate: the limit is the same with and without it.
        arguments |= {"mem_limit": memory * MIB, "memswap_limit": memory * MIB}
    if reservation := definition.get("memoryReservation"):
        arguments["mem_reservation"] = reservation * MIB
    if size.cpu:
        # Docker refuses more CPUs than the machine has.
        arguments["nano_cpus"] = min(size.cpu * NANOS // 1024, size.host_cpus * NANOS)
    if cpu := definition.get("cpu"):
        arguments["cpu_shares"] = max(cpu, 2)
    stop_timeout = definition.get("stopTimeout")
    return ContainerSpec(
        name=definition["name"],
        image=definition["image"],
        essential=definition.get("essential", True),
        arguments=arguments,
        depends_on=tuple((entry["containerName"], entry["condition"]) for entry in definition.get("dependsOn") or []),
        start_timeout_seconds=definition.get("startTimeout") or START_TIMEOUT_SECONDS,
        stop_timeout_seconds=STOP_TIMEOUT_SECONDS if stop_timeout is None else stop_timeout,
        log=_log_target(definition, task_id, region),
    )


def volume_name(task_id: str, name: str) -> str:
    """Docker volume for a task's volume."""
    return f"slipway-{task_id}-{name}"


def _volumes(definition: ContainerDefinition, task_id: str) -> dict[str, dict[str, str]]:
    return {
        volume_name(task_id, mount["sourceVolume"]): {
            "bind": mount["containerPath"],
            "mode": "ro" if mount.get("readOnly") else "rw",
        }
        for mount in definition.get("mountPoints") or []
    }


def _health_check(check: HealthCheckDefinition | None) -> dict[str, list[str] | int]:
    if not check:
        return {"test": ["NONE"]}
    command = list(check["command"])
    if command[0] not in ("CMD", "CMD-SHELL", "NONE"):
        command = ["CMD", *command]

    def nanos(value: int | None, default: int) -> int:
        return (default if value is None else int(value)) * NANOS

    return {
        "test": command,
        "interval": nanos(check.get("interval"), INTERVAL_SECONDS),
        "timeout": nanos(check.get("timeout"), TIMEOUT_SECONDS),
        "retries": int(check.get("retries") or RETRIES),
        "start_period": nanos(check.get("startPeriod"), START_PERIOD_SECONDS),
    }


def _log_target(definition: ContainerDefinition, task_id: str, region: str) -> LogTarget | None:
    configuration = definition.get("logConfiguration")
    if not configuration:
        return None
    if configuration["logDriver"] != "awslogs":
        driver = configuration["logDriver"]
        raise TaskError(f"ResourceInitializationError: the sandbox has no log driver {driver!r}; use awslogs")
    options = configuration.get("options") or {}
    try:
        group, prefix = options["awslogs-group"], options["awslogs-stream-prefix"]
    except KeyError as error:
        sentence = f"container {definition['name']!r} needs the log option {error.args[0]} on Fargate"
        raise TaskError(f"ResourceInitializationError: failed to validate logger args: {sentence}") from error
    return LogTarget(
        group=group,
        stream=f"{prefix}/{definition['name']}/{task_id}",
        create_group=options.get("awslogs-create-group") == "true",
        region=options.get("awslogs-region", region),
    )
