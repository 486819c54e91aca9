"""Rules for host access, file systems and Fargate sizes of task definitions.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

import re
from collections.abc import Sequence
from typing import Final

from slipway_policies.data.lists import fargate_sizes
from slipway_policies.engine.registry import HIGH, MANDATORY, MEDIUM, Deferred, Finding, Outcomes, deny, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.rules.ecs.containers import TASK_DEFINITION
from slipway_policies.rules.ecs.task_definitions import CONTROLS

SIZES_LINK = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html"
SIZES: Final = {
    cpu: tuple(memory["one_of"])
    if "one_of" in memory
    else range(memory["lowest"], memory["highest"] + 1, memory["step"])
    for cpu, memory in fargate_sizes()["memory_mib_by_cpu_units"].items()
}
AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(vcpu|gb)?", re.IGNORECASE)


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP ECS.3", "NIST CM-2"),
    link=f"{CONTROLS}#ecs-3",
    fix="remove pidMode and ipcMode, or set pidMode to task; slipway's services set neither",
)
def ecs_taskdef_no_host_pid(task: Resource) -> Outcomes:
    """Tasks do not see the processes and shared memory of their host."""
    for mode in (task["pidMode"], task["ipcMode"]):
        yield from deny(mode, mode.text() == "host", "is host, so the task sees every other task's processes")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("Security Hub ECS.17", "NIST AC-3"),
    link=f"{CONTROLS}#ecs-17",
    fix="set networkMode to awsvpc, as slipway's services do",
    stands_for=("ecs-taskdef-awsvpc",),
)
def ecs_taskdef_no_host_network(task: Resource) -> Outcomes:
    """Tasks do not use the network of their host."""
    mode = task["networkMode"]
    yield from deny(mode, mode.text() == "host", "is host, so no security group protects the task")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP ECS.18",),
    link=f"{CONTROLS}#ecs-18",
    fix=(
        "set transitEncryption to ENABLED in the volume's efsVolumeConfiguration; `volumes` of slipway's services do so"
    ),
)
def ecs_taskdef_efs_transit_encryption(task: Resource) -> Outcomes:
    """Tasks reach EFS volumes over TLS."""
    for volume in task["volumes"].elements():
        efs = volume["efsVolumeConfiguration"]
        if not efs.absent:
            encryption = efs["transitEncryption"]
            yield from deny(encryption, encryption.text() != "ENABLED", "is not ENABLED, so files travel unencrypted")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
    fix="set networkMode to awsvpc, as slipway's services do",
)
def ecs_taskdef_awsvpc(task: Resource) -> Outcomes:
    """Task definitions for Fargate use awsvpc, the only network mode of Fargate."""
    for compatible in task["requiresCompatibilities"].elements():
        if compatible.unknown:
            yield Deferred(compatible.path)
        elif compatible.text() == "FARGATE":
            mode = task["networkMode"]
            yield from deny(mode, mode.text() != "awsvpc", "is not awsvpc, so Fargate refuses the task")


@rule(
    TASK_DEFINITION,
    level=MANDATORY,
    severity=MEDIUM,
    link=SIZES_LINK,
    fix=(
        "set cpu and memory to a valid combination of AWS's table; slipway's services refuse others before the "
        "deployment"
    ),
)
def ecs_taskdef_fargate_size(task: Resource) -> Outcomes:
    """Task definitions for Fargate have a valid combination of CPU and memory."""
    compatible = list(task["requiresCompatibilities"].elements())
    if any(requirement.unknown for requirement in compatible):
        yield Deferred("requiresCompatibilities")
        return
    if "FARGATE" not in [requirement.text() for requirement in compatible]:
        return
    cpu, memory = task["cpu"], task["memory"]
    if cpu.unknown or memory.unknown:
        yield Deferred(cpu.path if cpu.unknown else memory.path)
        return
    size = SIZES.get(str(units(cpu)))
    if size is None:
        yield Finding("cpu", f"is not one of {', '.join(SIZES)} CPU units")
        return
    if units(memory) not in size:
        yield Finding("memory", f"does not match cpu: this cpu allows {_allowed(size)} MiB")


def _allowed(size: Sequence[int]) -> str:
    if isinstance(size, range):
        return f"{size[0]} to {size[-1]} in steps of {size.step}"
    return ", ".join(map(str, size))


def units(value: Value) -> int:
    """CPU units or MiB, also from `1 vCPU` and `2 GB`; 0 where nothing is set."""
    if value.absent:
        return 0
    if isinstance(value.raw, int) and not isinstance(value.raw, bool):
        return value.raw
    amount = AMOUNT.fullmatch(value.text().strip())
    if amount is None:
        raise value.unreadable("an amount such as 256, 1 vCPU or 2 GB")
    return round(float(amount[1]) * (1024 if amount[2] else 1))
