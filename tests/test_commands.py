"""What a test says of a command that hangs."""

import shutil
from pathlib import Path

import pytest

from tests.support import commands

HANGING = """
import threading


def waits_for_ever():
    threading.Event().wait()


waits_for_ever()
"""


def test_a_command_that_hangs_shows_the_stacks_of_its_children(tmp_path: Path) -> None:
    (tmp_path / "hanging.py").write_text(HANGING)
    environment = {"PATH": str(Path(shutil.which("sh") or "").parent) + ":/usr/bin:/usr/local/bin"}
    python = shutil.which("python3")
    assert python
    with pytest.raises(AssertionError) as failure:
        commands.run(["sh", "-c", f"{python} hanging.py; :"], tmp_path, environment, hang_seconds=2)
    said = str(failure.value)
    assert said.startswith(f"sh -c {python} hanging.py; : hangs in {tmp_path}:\n")
    assert "in waits_for_ever" in said, said


def test_a_command_that_ends_gives_both_streams_and_its_code(tmp_path: Path) -> None:
    done = commands.run(["sh", "-c", "echo out; echo err >&2; exit 3"], tmp_path, {"PATH": "/usr/bin:/bin"})
    assert (done.returncode, done.stdout) == (3, "out\nerr\n")
