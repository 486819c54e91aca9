"""The table at the end of `make test`."""

import sys
from pathlib import Path

import pytest

from tests.support import costs
from tests.support.clone import ROOT
from tests.support.commands import run


def report(test: str, when: str, seconds: float) -> pytest.TestReport:
    """What pytest says of one phase of a test."""
    return pytest.TestReport(test, (test, 1, test), {}, "passed", None, when, duration=seconds)  # type: ignore[arg-type]


def test_a_test_costs_its_set_up_and_a_room_all_that_is_inside() -> None:
    reports = [
        report("tests/ops/test_a.py::test_one[a::b]", "setup", 2.5),
        report("tests/ops/test_a.py::test_one[a::b]", "call", 1.5),
        report("tests/ops/test_a.py::test_one[a::b]", "teardown", 0.5),
        report("tests/ops/test_a.py::test_two", "setup", 0.0),
        report("tests/sandbox/ecs/tasks/test_b.py::test_deep", "call", 9.0),
        report("tests/sandbox/ecs/test_c.py::test_three", "call", 1.0),
        report("tests/sandbox/sqs/test_d.py::test_cheap", "call", 0.9),
        report("tests/sandbox/test_e.py::test_four", "call", 0.25),
        report("tests/test_f.py::test_died_with_its_worker", "???", 0.0),
    ]
    assert costs.table(reports) == [
        "  seconds    set-up  tests",
        "      9.0       0.0      1  tests/sandbox/ecs/tasks/test_b.py::test_deep",
        "      4.5       3.0      1  tests/ops/test_a.py::test_one[a::b]",
        "      1.0       0.0      1  tests/sandbox/ecs/test_c.py::test_three",
        "      0.9       0.0      1  tests/sandbox/sqs/test_d.py::test_cheap",
        "      0.2       0.0      1  tests/sandbox/test_e.py::test_four",
        "      0.0       0.0      1  tests/ops/test_a.py::test_two",
        "      0.0       0.0      1  tests/test_f.py::test_died_with_its_worker",
        "",
        "     11.2       0.0      4  tests/sandbox",
        "     10.0       0.0      2    tests/sandbox/ecs",
        "      4.5       3.0      2  tests/ops",
        "      0.0       0.0      1  tests",
        "     15.7       3.0      7  all",
    ]


def test_only_the_slowest_tests_have_a_line() -> None:
    reports = [report(f"tests/test_a.py::test_{number}", "call", number) for number in range(50)]
    lines = costs.table(reports)
    assert len(lines) == 1 + costs.SLOWEST + 1 + 1 + 1
    assert lines[costs.SLOWEST] == "     30.0       0.0      1  tests/test_a.py::test_30"


def test_several_workers_print_one_table(tmp_path: Path) -> None:
    for room in ("tests/a", "tests/b"):
        (tmp_path / room).mkdir(parents=True)
        (tmp_path / room / f"test_{room[-1]}.py").write_text("def test_quick():\n    pass\n", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n", encoding="utf-8")
    python = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    command = [*python, "-p", "tests.support.costs", "--numprocesses=2", "tests"]
    shown = run(command, tmp_path, {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}).stdout
    names = [line.split()[-1] for line in shown.partition("what each room costs")[2].splitlines()[2:-1] if line]
    tests = ["tests/a/test_a.py::test_quick", "tests/b/test_b.py::test_quick"]
    assert sorted(names) == ["all", "tests/a", *tests[:1], "tests/b", *tests[1:]]
