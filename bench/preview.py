"""How long a preview of the reference platform takes, as a ratio to the engine's floor: the preview of an empty program.

`.venv/bin/python bench/preview.py [rounds]` after `make up`, in a shell with `eval "$(make env)"`. The cases take turns, so
that what else the machine does falls on all of them; the minimum of the rounds counts.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACK = "PULUMI_OPTION_POLICY_PACK"  # and PULUMI_OPTION_POLICY_PACK_CONFIG, where set


def preview_seconds(program: Path, env: dict[str, str]) -> float:
    """Wall seconds of one `pulumi preview` of the program; raises CalledProcessError when it fails."""
    started = time.perf_counter()
    subprocess.run(["pulumi", "preview"], cwd=program, env=env, check=True, capture_output=True)
    return time.perf_counter() - started


def empty_program(folder: Path, env: dict[str, str]) -> Path:
    """A program without resources, with a stack, run by this checkout's interpreter."""
    options = f"{{ virtualenv: {ROOT / '.venv'} }}"
    (folder / "Pulumi.yaml").write_text(f"name: empty\nruntime: {{ name: python, options: {options} }}\n")
    (folder / "__main__.py").write_text("")
    subprocess.run(
        ["pulumi", "stack", "init", env["PULUMI_STACK"]], cwd=folder, env=env, check=True, capture_output=True
    )
    return folder


def main(rounds: int) -> None:
    """Print the minimum and median seconds of every case, and its ratio to the empty program."""
    with_pack = {**os.environ, PACK: str(ROOT / "policies")}
    without_pack = {key: value for key, value in os.environ.items() if not key.startswith(PACK)}
    with tempfile.TemporaryDirectory() as folder:
        empty = empty_program(Path(folder), without_pack)
        cases = {
            "empty program": (empty, without_pack),
            "reference platform": (ROOT, without_pack),
            "reference platform, policy pack": (ROOT, with_pack),
        }
        taken: dict[str, list[float]] = {name: [] for name in cases}
        try:
            for _ in range(rounds):
                for name, (program, env) in cases.items():
                    taken[name].append(preview_seconds(program, env))
        finally:
            subprocess.run(
                ["pulumi", "stack", "rm", "--yes"], cwd=empty, env=without_pack, check=True, capture_output=True
            )
    floor = min(taken["empty program"])
    print(f"{'pulumi preview, no changes':34} {'min s':>7} {'median s':>9} {'ratio':>6}")
    for name, seconds in taken.items():
        print(f"{name:34} {min(seconds):7.2f} {statistics.median(seconds):9.2f} {min(seconds) / floor:6.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
