"""Sizes of Fargate tasks: which memory goes with which CPU.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
"""

from slipway.common import ArgumentError, spelled

# CPU units (1024 = 1 vCPU) to the memory offered, in MiB.
MEMORY_MIB: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}


def task_size(who: str, cpu: float, memory_mib: float) -> tuple[int, int]:
    """CPU units and MiB of memory, refused where Fargate does not offer the pair."""
    if cpu not in MEMORY_MIB:
        listed = ", ".join(str(units) for units in MEMORY_MIB)
        raise ArgumentError(f"{who}: cpu must be one of {listed}, got {spelled(cpu)}; 1024 units are one vCPU")
    offered = MEMORY_MIB[int(cpu)]
    if memory_mib in offered:
        return int(cpu), int(memory_mib)
    enough = [mib for mib in offered if mib >= memory_mib]
    with_more_cpu = [units for units, sizes in MEMORY_MIB.items() if memory_mib in sizes]
    fix = f"take {enough[0]}" if enough else f"take {offered[-1]} or less"
    if with_more_cpu:
        fix += f", or cpu {' or '.join(str(units) for units in with_more_cpu)}"
    rule = f"memory_mib must be {_spelled(offered)} with cpu {spelled(cpu)}"
    raise ArgumentError(f"{who}: {rule}, got {spelled(memory_mib)}; {fix}")


def _spelled(offered: tuple[int, ...]) -> str:
    """Memory sizes in words."""
    if len(offered) <= 4:
        return "one of " + ", ".join(str(mib) for mib in offered)
    return f"{offered[0]}-{offered[-1]} in steps of {offered[1] - offered[0]}"
