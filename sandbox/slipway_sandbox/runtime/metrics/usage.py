"""CPU and memory of a task, from what Docker counts of its containers. Pure.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html
Source: https://docs.docker.com/reference/cli/docker/container/stats/ (what of a container's memory is page cache)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from slipway_sandbox.documents import Document, as_object

CPU_UNITS = 1024  # of one processor
MIB = 1024 * 1024


@dataclass(frozen=True)
class Reading:
    """What Docker has counted of one container, at a time in seconds."""

    read_at: float
    cpu_seconds: float
    memory_bytes: float


@dataclass(frozen=True)
class Reservation:
    """What a task asked for."""

    cpu_units: float
    memory_mib: float


def reading(stats: Document, read_at: float) -> Reading:
    """From an answer of Docker's; page cache that the kernel would give back is not counted."""
    memory = as_object(stats.get("memory_stats"))
    details = as_object(memory.get("stats"))
    cache = number(details, "inactive_file") or number(details, "total_inactive_file")
    usage = as_object(as_object(stats.get("cpu_stats")).get("cpu_usage"))
    return Reading(read_at, number(usage, "total_usage") / 1e9, max(0.0, number(memory, "usage") - cache))


def cpu_percent(before: Mapping[str, Reading], now: Mapping[str, Reading], cpu_units: float) -> float | None:
    """Percent of the reserved CPU between two readings of a task's containers; None without two readings of one."""
    pairs = [(before[key], each) for key, each in now.items() if key in before]
    if not pairs:
        return None
    used = sum(
        (after.cpu_seconds - earlier.cpu_seconds) / (after.read_at - earlier.read_at)
        for earlier, after in pairs
        if after.read_at > earlier.read_at
    )
    return 100 * used * CPU_UNITS / cpu_units


def memory_percent(now: Mapping[str, Reading], memory_mib: float) -> float:
    """Percent of the reserved memory."""
    return 100 * sum(each.memory_bytes for each in now.values()) / (memory_mib * MIB)


def number(document: Document, key: str) -> float:
    """A number of the document; 0 where it has none."""
    value = document.get(key)
    return float(value) if isinstance(value, int | float) else 0.0
