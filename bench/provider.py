"""What the sandbox's provider adds to an update: wall time against a provider that does nothing, and memory.

`.venv/bin/python -m bench.provider [count ...]`; 100, 500 and 2,000 resources of ten types by default. Each count is created
three times (2,000 once) by either provider in turn, each time in a new stack and a new sandbox; the minimum counts. It needs
no sandbox of its own and leaves none behind. MiB is the sandbox's memory at the end, KiB each what a resource adds to that
from one count to the next. First of all: how long `slipway sandbox start` takes until all is ready.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.noop_provider import NoopProvider
from slipway_sandbox.identities import administrator
from slipway_sandbox.provider.protocol.serve import serve

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "bench" / "many_resources.py"
COUNTS = (100, 500, 2000)
ROUNDS = 3
ONE_ROUND_FROM = 2000  # resources
STARTS = 5


def run(*arguments: str, env: dict[str, str], folder: Path = ROOT) -> str:
    """What a command printed. Raises CalledProcessError when it fails."""
    done = subprocess.run(arguments, cwd=folder, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        done.check_returncode()
    return done.stdout


@contextlib.contextmanager
def sandbox(home: Path) -> Iterator[dict[str, str]]:
    """A running sandbox in a directory of its own; the environment in which its commands mean it."""
    env = {**os.environ, "SLIPWAY_SANDBOX_DIR": str(home)}
    run(sys.executable, "-m", "slipway_sandbox", "start", env=env)
    try:
        yield env
    finally:
        run(sys.executable, "-m", "slipway_sandbox", "stop", env=env)


def start_seconds(home: Path) -> float:
    """Wall seconds of `slipway sandbox start`."""
    started = time.perf_counter()
    with sandbox(home):
        return time.perf_counter() - started


def resident_kib(pid: int) -> int:
    """Resident memory of a process, in KiB."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return int(fields["VmRSS"].split()[0])


def up_seconds(count: int, port: int, folder: Path) -> float:
    """Wall seconds of `pulumi up` for so many resources by the provider on this port, in a stack of its own."""
    (folder / "state").mkdir(parents=True)
    options = json.dumps({"virtualenv": sys.prefix})
    (folder / "Pulumi.yaml").write_text(f"name: bench\nruntime: {{ name: python, options: {options} }}\n")
    shutil.copy(PROGRAM, folder / "__main__.py")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    env |= {
        **administrator.VARIABLES,
        "PATH": f"{Path.home()}/.pulumi/bin:{os.environ['PATH']}",
        "BENCH_RESOURCES": str(count),
        "PULUMI_BACKEND_URL": f"file://{folder}/state",
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    run("pulumi", "stack", "init", "sandbox-bench", env=env, folder=folder)
    run("pulumi", "config", "set", "aws:region", "eu-west-1", env=env, folder=folder)
    started = time.perf_counter()
    run("pulumi", "up", "--yes", "--skip-preview", env=env, folder=folder)
    return time.perf_counter() - started


def main(counts: list[int]) -> None:
    """Prints one line a count."""
    server, nothing = serve(NoopProvider())
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as made:
        home = Path(made)
        starts = [start_seconds(home / f"start{number}") for number in range(STARTS)]
        print(f"sandbox ready after {min(starts):.2f} s (minimum of {STARTS}; slowest {max(starts):.2f} s)")
        print(
            f"{'resources':>9} {'nothing s':>9} {'sandbox s':>9} {'ratio':>6} {'creates/s':>9} {'MiB':>7} {'KiB each':>9}"
        )
        before = (0, 0.0)
        for count in counts:
            floor, own, memory = [], [], []
            for number in range(1 if count >= ONE_ROUND_FROM else ROUNDS):
                folder = home / f"{count}-{number}"
                floor.append(up_seconds(count, nothing, folder / "nothing"))
                with sandbox(folder / "home") as env:
                    status = json.loads(run(sys.executable, "-m", "slipway_sandbox", "status", "--json", env=env))
                    own.append(up_seconds(count, status["ports"]["aws"], folder / "sandbox"))
                    memory.append(resident_kib(status["pid"]))
            each = f"{(min(memory) - before[1]) / (count - before[0]):9.1f}" if before[0] else f"{'':9}"
            print(
                f"{count:9} {min(floor):9.1f} {min(own):9.1f} {min(own) / min(floor):6.2f} {count / min(own):9.1f} "
                f"{min(memory) / 1024:7.0f} {each}",
                flush=True,
            )
            before = (count, min(memory))
    server.stop(None).wait()


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(COUNTS))
