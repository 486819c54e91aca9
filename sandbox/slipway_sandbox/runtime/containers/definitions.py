"""Container definitions of ECS, and the arguments of Docker, as far as the one is made of the other."""

from typing import TypedDict

from docker.types import Ulimit


class Pair(TypedDict):
    """An environment variable, or the like."""

    name: str
    value: str


class Secret(TypedDict):
    """An environment variable from Parameter Store or Secrets Manager."""

    name: str
    valueFrom: str


class EnvironmentFile(TypedDict):
    """A file of variables in S3."""

    value: str
    type: str


class Dependency(TypedDict):
    """Another container to wait for, and its state to wait for."""

    containerName: str
    condition: str


class HealthCheckDefinition(TypedDict, total=False):
    """`healthCheck` of a container definition."""

    command: list[str]
    interval: int | None
    timeout: int | None
    retries: int | None
    startPeriod: int | None


class LogConfiguration(TypedDict, total=False):
    """`logConfiguration` of a container definition."""

    logDriver: str
    options: dict[str, str] | None


class MountPoint(TypedDict, total=False):
    """A volume of the task in a container."""

    sourceVolume: str
    containerPath: str
    readOnly: bool


class Limit(TypedDict):
    """A ulimit."""

    name: str
    softLimit: int
    hardLimit: int


class Tmpfs(TypedDict, total=False):
    """A file system in memory."""

    containerPath: str
    size: int
    mountOptions: list[str]


class Capabilities(TypedDict, total=False):
    """Linux capabilities."""

    add: list[str] | None
    drop: list[str] | None


class LinuxParameters(TypedDict, total=False):
    """`linuxParameters` of a container definition."""

    capabilities: Capabilities | None
    initProcessEnabled: bool | None
    tmpfs: list[Tmpfs]


class ContainerDefinition(TypedDict, total=False):
    """One container of a task definition."""

    name: str
    image: str
    essential: bool
    command: list[str] | None
    cpu: int | None
    dependsOn: list[Dependency] | None
    entryPoint: list[str] | None
    environment: list[Pair] | None
    environmentFiles: list[EnvironmentFile] | None
    healthCheck: HealthCheckDefinition | None
    interactive: bool | None
    linuxParameters: LinuxParameters | None
    logConfiguration: LogConfiguration | None
    memory: int | None
    memoryReservation: int | None
    mountPoints: list[MountPoint] | None
    pseudoTerminal: bool | None
    readonlyRootFilesystem: bool | None
    secrets: list[Secret] | None
    startTimeout: int | None
    stopTimeout: int | None
    ulimits: list[Limit] | None
    user: str | None
    workingDirectory: str | None


class DockerArguments(TypedDict, total=False):
    """Arguments of docker.containers.create."""

    cap_add: list[str] | None
    cap_drop: list[str] | None
    command: list[str] | None
    cpu_shares: int
    entrypoint: list[str] | None
    environment: dict[str, str]
    healthcheck: dict[str, list[str] | int]
    """Times in nanoseconds."""
    hostname: str
    init: bool
    mem_limit: int
    mem_reservation: int
    memswap_limit: int
    name: str
    nano_cpus: int
    network_mode: str
    ports: dict[str, tuple[str, int | None]]
    read_only: bool
    security_opt: list[str]
    stdin_open: bool
    tmpfs: dict[str, str]
    tty: bool
    ulimits: list[Ulimit]
    user: str | None
    volumes: dict[str, dict[str, str]]
    working_dir: str | None
