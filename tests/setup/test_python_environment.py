"""Making .venv: by two at once, interrupted, and the sentence where it was never made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Notes what it is asked, and makes what the next question expects.
UV = """echo "$1 $2 $3" >> "$0.log"
[ "$1" = pip ] || { mkdir -p .venv/bin && ln -s /bin/true .venv/bin/python; }"""
INTERRUPTED = "kill -INT 0"  # as a terminal does it: to everybody who is in the foreground


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files of a checkout for the set-up's first steps."""
    root = tmp_path / "a checkout"
    for name in (
        "setup",
        "requirements.txt",
        "components/pyproject.toml",
        "ops/pyproject.toml",
        "policies/pyproject.toml",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    return root


def begin(
    checkout: Path, module: str, *arguments: str, uv: str = UV, python: str = sys.executable
) -> "subprocess.Popen[str]":
    """Start `python -m <module>` in the checkout, with a `uv` of our own on PATH."""
    folder = checkout.parent / "bin"
    folder.mkdir(exist_ok=True)
    (folder / "uv").write_text(f"#!/bin/sh\n{uv}\n")
    (folder / "uv").chmod(0o755)
    return subprocess.Popen(
        [python, "-m", module, *arguments],
        cwd=checkout,
        env={"PATH": f"{folder}:{os.defpath}", "XDG_CACHE_HOME": str(checkout.parent / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_two_set_ups_at_once_make_it_once(checkout: Path) -> None:
    both = [begin(checkout, "setup.python_environment") for _ in range(2)]
    said = [process.communicate()[0].splitlines()[-1].partition(" (")[0] for process in both]
    assert (said, [process.returncode for process in both]) == ([".venv is ready"] * 2, [0, 0])
    asked = (checkout.parent / "bin" / "uv.log").read_text().splitlines()
    assert asked == ["venv --quiet --clear", "pip --quiet sync", "pip --quiet install"]


def test_another_python_first_on_path_finds_it_ready(checkout: Path) -> None:
    """As in a shell with .venv on PATH, and in a plain one afterwards."""
    another = checkout.parent / "another"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", another], check=True)
    for python in (sys.executable, str(another / "bin" / "python"), sys.executable):
        assert ".venv is ready" in begin(checkout, "setup.python_environment", python=python).communicate()[0]
    asked = (checkout.parent / "bin" / "uv.log").read_text().splitlines()
    assert asked == ["venv --quiet --clear", "pip --quiet sync", "pip --quiet install"]


def test_an_interruption_is_one_sentence_and_the_next_run_goes_on(checkout: Path) -> None:
    stopped = begin(checkout, "setup.python_environment", uv=INTERRUPTED)
    said = stopped.communicate()[0]
    assert said.splitlines()[1:] == ["interrupted; run the command again to continue"]
    assert stopped.returncode == 1
    again = begin(checkout, "setup.python_environment")
    assert ".venv is ready" in again.communicate()[0]


@pytest.mark.parametrize("command", ["env", "down"])
def test_a_command_before_make_up_says_what_to_run(checkout: Path, command: str) -> None:
    ended = begin(checkout, "setup", command)
    assert ended.communicate()[0] == (
        "this checkout has no Python environment; run make up, or make ready for only the set-up\n"
        "stopped: python did not succeed, the reason is above\n"
    )
    assert ended.returncode == 1


def test_ctrl_c_is_answered_by_the_command_that_runs(checkout: Path) -> None:
    slow = "trap 'sleep 1; echo ended by itself; exit 3' INT; kill -INT 0"  # Pulumi takes longer than that
    script = f"import sys; from setup import steps; sys.exit(steps.foreground(['sh', '-c', {slow!r}], {{}}).returncode)"
    (checkout / "foreground.py").write_text(script)
    ended = begin(checkout, "foreground")
    assert ended.communicate()[0] == "ended by itself\n"
    assert ended.returncode == 3
