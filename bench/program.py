"""How long a preview of many resources takes with each of the SDK's five brakes off, and with all of them off.

`.venv/bin/python bench/program.py [resources] [rounds]` after `make up`, in a shell with `eval "$(make env)"`. The cases take
turns, so that other work on the machine falls on all of them. The minimum of the rounds counts. Processor seconds are those of
the CLI, the language host and the program; they hardly depend on what else the machine does.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
NAME = "sandbox-program-bench"
SWITCHES = {
    "as the SDK is": "",
    "no debug lines": "pulumi.log.debug = lambda *args, **options: None",
    "no collector": "gc.disable()",
    "no stack traces": "resource._get_stack_trace = source_pb2.StackTrace",
    "one wait for all outputs": "stack.wait_for_rpcs = speed._wait_for_outputs_together",
    "modules on demand": "_on_demand.load_on_demand()",
    "speed_up_program()": "assert slipway.speed_up_program()",
}
PROGRAM = """
import gc
import runpy

import pulumi
import slipway
from pulumi.runtime import resource, stack
from pulumi.runtime.proto import source_pb2
from slipway.program import _on_demand, speed

{switch}
runpy.run_path({resources!r})
"""


def project(folder: Path, switch: str) -> Path:
    """A project of its own for one case, with this checkout's interpreter."""
    folder.mkdir()
    options = f"{{ virtualenv: {ROOT / '.venv'} }}"
    (folder / "Pulumi.yaml").write_text(f"name: {NAME}\nruntime: {{ name: python, options: {options} }}\n")
    resources = str(ROOT / "bench" / "many_resources.py")
    (folder / "__main__.py").write_text(PROGRAM.format(switch=switch, resources=resources))
    return folder


class Cost(NamedTuple):
    """Seconds of one preview."""

    wall: float
    processor: float


def preview_cost(folder: Path, env: dict[str, str]) -> Cost:
    """Cost of one preview; raises CalledProcessError when it fails."""
    started, used = time.perf_counter(), processor_seconds()
    subprocess.run(["pulumi", "preview"], cwd=folder, env=env, check=True, capture_output=True)
    return Cost(time.perf_counter() - started, processor_seconds() - used)


def processor_seconds() -> float:
    """What all ended children of this process have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(resources: int, rounds: int) -> None:
    """Print the least seconds of every case, and their ratio to the SDK as it is."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_OPTION_POLICY_PACK")}
    env |= {"BENCH_RESOURCES": str(resources), "PULUMI_STACK": NAME}
    taken: dict[str, list[Cost]] = {name: [] for name in SWITCHES}
    with tempfile.TemporaryDirectory() as place:
        folders = {
            name: project(Path(place) / str(number), switch) for number, (name, switch) in enumerate(SWITCHES.items())
        }
        first = next(iter(folders.values()))
        subprocess.run(["pulumi", "stack", "init", NAME], cwd=first, env=env, check=True, capture_output=True)
        try:
            for _ in range(rounds):
                for name, folder in folders.items():
                    taken[name].append(preview_cost(folder, env))
        finally:
            subprocess.run(["pulumi", "stack", "rm", "--yes"], cwd=first, env=env, check=True, capture_output=True)
    least = {name: Cost(*map(min, zip(*costs, strict=True))) for name, costs in taken.items()}
    whole = least["as the SDK is"]
    print(f"{f'pulumi preview, {resources} resources':34} {'wall s':>7} {'ratio':>6} {'processor s':>12} {'ratio':>6}")
    for name, cost in least.items():
        wall, processor = cost.wall / whole.wall, cost.processor / whole.processor
        print(f"{name:34} {cost.wall:7.2f} {wall:6.2f} {cost.processor:12.2f} {processor:6.2f}")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [500, 3][len(numbers) :]))
