"""Two commands at once on one sandbox: the second says who is at work, and waits."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from setup import disk_space
from setup.machine import MachineError
from setup.turns import turn

ROOT = Path(__file__).parents[2]
SECOND = """import sys; from pathlib import Path; from setup.turns import turn
with turn("make down", Path(sys.argv[1])):
    print("its turn")
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def second(directory: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", SECOND, str(directory)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_the_second_says_who_is_at_work_and_waits(tmp_path: Path) -> None:
    with turn("make up", tmp_path / "new"):
        waiting = second(tmp_path / "new")
        assert waiting.stdout is not None
        said = waiting.stdout.readline()
        holder = rf"make up \(process {os.getpid()}, since \d\d:\d\d:\d\d\)"
        assert re.fullmatch(rf"{holder} is at work on this sandbox; waiting until it ends\n", said)
        assert waiting.poll() is None
    assert waiting.communicate()[0] == "its turn\n"
    assert list(tmp_path.iterdir()) == [], "nothing is begun in the sandbox's directory"


def test_a_killed_one_is_in_nobody_s_way(tmp_path: Path) -> None:
    script = SECOND.replace('print("its turn")', "import os; os.kill(os.getpid(), 9)")
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT).returncode == -9
    assert second(tmp_path).communicate()[0] == "its turn\n"


def test_another_sandbox_has_a_turn_of_its_own(tmp_path: Path) -> None:
    with turn("make up", tmp_path / "a"):
        assert second(tmp_path / "b").communicate()[0] == "its turn\n"


def test_a_disk_without_room_is_named_before_anything_is_written(tmp_path: Path) -> None:
    disk_space.require_mib(tmp_path / "not" / "made", 1, "the sandbox")
    with pytest.raises(MachineError) as refused:
        disk_space.require_mib(tmp_path / "not" / "made", 10**9, "the sandbox")
    assert re.fullmatch(
        rf"the disk of {tmp_path}/not/made has \d+ MiB free, and the sandbox needs 1000000000 MiB; "
        "free some, and run the command again",
        str(refused.value),
    )
    assert list(tmp_path.iterdir()) == []
