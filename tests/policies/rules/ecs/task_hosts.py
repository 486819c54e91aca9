"""Cases of the rules in `ecs.task_hosts`: ECS tasks: host and size."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import TASK, Case, Props, at, failing_with, fargate


def efs(**settings: str) -> Props:
    """A task definition with one EFS volume."""
    return {"volumes": [{"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-1", **settings}}]}


def on_fargate(**more: str) -> Props:
    """A task definition for Fargate."""
    return {"requiresCompatibilities": ["FARGATE"], **more}


def volume(encryption: str | None) -> Props:
    """A task with an EFS volume."""
    return {
        "volumes": [{"name": "a", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": encryption}}]
    }


CASES: list[Case] = [
    Case(
        rule="ecs-taskdef-fargate-size",
        kind=TASK,
        passes=[
            {"requiresCompatibilities": ["EC2"], "cpu": "10", "memory": "3"},
            *(fargate(*size) for size in (("256", "2048"), ("4096", "30720"), ("1 vCPU", "3 GB"), (512.0, 1024.0))),
        ],
        fails=[
            (fargate("300", "512"), ["cpu is not one of 256, 512,"]),
            (fargate(None, None), ["cpu is not one of"]),
            (fargate("256", "4096"), ["memory does not match cpu: this cpu allows 512, 1024, 2048 MiB"]),
            (fargate("1024", "2500"), ["memory does not match cpu: this cpu allows 2048 to 8192 in steps of 1024"]),
            (fargate("512", "much"), ["memory is not an amount"]),
        ],
        waits=[fargate(UNKNOWN, "512"), fargate("256", UNKNOWN), {"requiresCompatibilities": UNKNOWN}],
    ),
    at("ecs-taskdef-no-host-pid", TASK, "pidMode", passes=[None, "task"], fails=["host"]),
    at("ecs-taskdef-no-host-pid", TASK, "ipcMode", passes=[None, "none", "task"], fails=["host"]),
    at("ecs-taskdef-no-host-network", TASK, "networkMode", passes=[None, "awsvpc", "bridge"], fails=["host"]),
    Case(
        rule="ecs-taskdef-efs-transit-encryption",
        kind=TASK,
        passes=[{}, {"volumes": [{"name": "scratch"}]}, efs(transitEncryption="ENABLED")],
        fails=[
            (efs(), ["volumes[0].efsVolumeConfiguration.transitEncryption"]),
            (efs(transitEncryption="DISABLED"), ["volumes[0].efsVolumeConfiguration.transitEncryption"]),
        ],
        waits=[{"volumes": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-awsvpc",
        kind=TASK,
        passes=[{}, {"requiresCompatibilities": ["EC2"], "networkMode": "bridge"}, on_fargate(networkMode="awsvpc")],
        fails=[(on_fargate(), ["networkMode"]), (on_fargate(networkMode="host"), ["networkMode"])],
        waits=[{"requiresCompatibilities": UNKNOWN}, on_fargate(networkMode=UNKNOWN)],
    ),
    at("ecs-taskdef-no-host-network", TASK, "networkMode", passes=["bridge", "none"], fails=["host"], cpu="256"),
    at(
        "ecs-taskdef-no-host-network",
        TASK,
        "networkMode",
        passes=["awsvpc"],
        fails=["host"],
        requiresCompatibilities=["EC2"],
    ),
    at("ecs-taskdef-no-host-pid", TASK, "ipcMode", passes=["task", "none"], fails=["host"], networkMode="awsvpc"),
    failing_with(
        "ecs-taskdef-efs-transit-encryption",
        TASK,
        passes=[volume("ENABLED")],
        fails=[(volume(""), "volumes[0].efsVolumeConfiguration")],
    ),
    failing_with(
        "ecs-taskdef-awsvpc",
        TASK,
        passes=[{"requiresCompatibilities": ["EC2", "FARGATE"], "networkMode": "awsvpc"}],
        fails=[({"requiresCompatibilities": ["EC2", "FARGATE"], "networkMode": "bridge"}, "networkMode")],
    ),
]
