"""What an idle sandbox costs: processor time and memory of its processes, and beside them what Docker needs for it.

`.venv/bin/python -m bench.idle [minutes]` after `make up`; ten minutes by default. Send no requests meanwhile. The sandbox is its
process and that process's children: the registry, where it is no container. Its containers, their shims, dockerd and containerd
are Docker's; dockerd and containerd serve every container of the machine, so their rows are an upper bound.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
KIB_PER_MIB = 1024


@dataclass(frozen=True)
class Cost:
    """Processor time so far, and memory now."""

    cpu_seconds: float
    rss_mib: float
    pss_mib: float
    """Memory that is shared with other processes counts in parts."""


def cost(pid: int) -> Cost:
    """Of a process; its ended threads are in it, its children are not."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    memory = {name: int(rest.split()[0]) / KIB_PER_MIB for name, _, rest in (line.partition(":") for line in lines)}
    return Cost((int(times[11]) + int(times[12])) / TICKS, memory["Rss"], memory["Pss"])


def processes() -> Iterator[tuple[int, int, str]]:
    """Number, parent's number and name of every process."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(folder.name), int(rest.split()[1]), name


def container_seconds(client: docker.DockerClient, owner: str) -> dict[str, float]:
    """Processor time of each container of the sandbox, by name."""
    mine: dict[str, str | list[str] | bool] = {"label": f"slipway.sandbox={owner}"}
    found = client.containers.list(filters=mine)
    stats = {str(each.name): client.api.stats(str(each.id), stream=False, one_shot=True) for each in found}
    return {name: each["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9 for name, each in stats.items()}


def row(name: str, seconds: float, before: Cost, after: Cost) -> None:
    """One line of the table."""
    percent = 100 * (after.cpu_seconds - before.cpu_seconds) / seconds
    print(f"{name:28} {percent:14.2f} {after.rss_mib:9.0f} {after.pss_mib:9.0f}")


def total(costs: list[Cost]) -> Cost:
    """All together."""
    return Cost(
        *(sum(getattr(each, name) for each in costs) for name in ("cpu_seconds", "rss_mib", "pss_mib")),
    )


def main(minutes: float) -> None:
    """Print a row for each process, and their sum."""
    home = Path(os.environ.get("SLIPWAY_SANDBOX_DIR") or ROOT / ".sandbox")
    pid = json.loads((home / "sandbox.json").read_text())["pid"]
    if pid is None:
        sys.exit(f"no sandbox runs in {home}; run `make up` first")
    from slipway_sandbox.runtime.controller import Controller  # noqa: PLC0415 - it imports moto
    from slipway_sandbox.runtime.ecs.task_identity import TaskIdentities  # noqa: PLC0415 - as above

    owner = Controller(TaskIdentities(""), registry="", home=home / "runtime").owner
    known = list(processes())
    ours = {number: name for number, parent, name in known if pid in (number, parent)}
    dockers = {number: name for number, _, name in known if name in ("dockerd", "containerd")}
    client = docker.from_env()
    before, containers = {number: cost(number) for number in ours | dockers}, container_seconds(client, owner)
    began = time.monotonic()
    time.sleep(minutes * 60)
    seconds = time.monotonic() - began
    after, containers_after = {number: cost(number) for number in before}, container_seconds(client, owner)
    client.close()
    print(f"{minutes:g} idle minutes             percent of a core   RSS MiB   PSS MiB")
    for number, name in ours.items():
        row(name, seconds, before[number], after[number])
    row("the sandbox", seconds, total([before[number] for number in ours]), total([after[number] for number in ours]))
    for number, name in dockers.items():
        row(f"({name})", seconds, before[number], after[number])
    for name, used in containers_after.items():
        print(f"({name[:60]}) {100 * (used - containers.get(name, 0.0)) / seconds:.2f} percent")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
