"""A worker that dies costs the test that it died in, and no other; the files that take long begin."""

import re
import sys
from pathlib import Path

import pytest

from tests.support.by_file import LONG
from tests.support.clone import ROOT
from tests.support.commands import run

DIES = "import os\nimport pytest\n@pytest.mark.parametrize('number', range({count}))\ndef test_a(number):\n    if number == {dies}:\n        os._exit(3)\n"
LIVES = "import pytest\n@pytest.mark.parametrize('number', range(3))\ndef test_a(number):\n    pass\n"


@pytest.mark.parametrize(("files", "count", "dies"), [(1, 1, 0), (2, 3, 1), (3, 6, 3)])
def test_every_other_test_runs_once(tmp_path: Path, files: int, count: int, dies: int) -> None:
    for number in range(files - 1):
        (tmp_path / f"test_{number}.py").write_text(LIVES, encoding="utf-8")
    (tmp_path / "test_last.py").write_text(DIES.format(count=count, dies=dies), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.by_file", "-p", "no:cacheprovider", "-n", "2", "."]
    ended = run(command, tmp_path, {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"})
    passed = 3 * (files - 1) + count - 1
    [totals] = re.findall(r"^=+ (.*) in ", ended.stdout, re.MULTILINE)
    assert totals == (f"1 failed, {passed} passed" if passed else "1 failed"), ended.stdout
    assert f"FAILED test_last.py::test_a[{dies}] - worker" in ended.stdout


def test_what_shares_most_comes_first_then_files_with_a_test_on_the_engine_and_each_stays_whole(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_quick():\n    pass\n", encoding="utf-8")
    mixed = "import pytest\ndef test_one():\n    pass\n@pytest.mark.engine\ndef test_two():\n    pass\n"
    (tmp_path / "test_b.py").write_text(mixed, encoding="utf-8")
    row = tmp_path / "tests" / "install"
    row.mkdir(parents=True)
    for name in ("test_c.py", "test_d.py"):
        (row / name).write_text(mixed.replace("@pytest.mark.engine\n", ""), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = engine: x\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.by_file", "-p", "no:cacheprovider"]
    shown = run([*command, "--collect-only", "-q"], tmp_path, {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}).stdout
    files = [line.partition("::")[0] for line in shown.splitlines() if "::" in line]
    row_first = ["tests/install/test_c.py"] * 2 + ["tests/install/test_d.py"] * 2
    assert files == [*row_first, "test_b.py", "test_b.py", "test_a.py"]


def test_the_long_files_are_there() -> None:
    assert [path for path in sorted(LONG) if not (ROOT / path).exists()] == []
