"""What the tests of a run cost: the slowest of them, then each room. `pytest -p tests.support.costs` prints the table.

A room is a folder of tests/. The seconds of a test are those of its set-up, its body and its tear-down; a fixture that
several tests share counts in the first of them. With several workers the sum is more than the run took.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pytest

Key = TypeVar("Key", str, tuple[str, ...])
SLOWEST = 20
LEAST_SECONDS = 1.0
"""A room inside another has a line of its own from here on."""


@dataclass
class Cost:
    """Seconds of one or more tests."""

    seconds: float = 0.0
    outside: float = 0.0
    """The part of `seconds` before and after the bodies of the tests."""
    tests: int = 0

    def add(self, other: "Cost") -> None:
        self.seconds += other.seconds
        self.outside += other.outside
        self.tests += other.tests

    def line(self, name: str) -> str:
        return f"{self.seconds:9.1f} {self.outside:9.1f} {self.tests:6}  {name}"


def of_tests(reports: Iterable[pytest.TestReport]) -> dict[str, Cost]:
    """Cost of each test, by its node id."""
    costs: dict[str, Cost] = {}
    for report in reports:
        outside = 0.0 if report.when == "call" else report.duration
        costs.setdefault(report.nodeid, Cost(tests=1)).add(Cost(report.duration, outside))
    return costs


def of_rooms(tests: Mapping[str, Cost], folders: int) -> dict[tuple[str, ...], Cost]:
    """Cost of each room, by its path of at most so many folders; a room has the cost of those inside it, too."""
    rooms: dict[tuple[str, ...], Cost] = defaultdict(Cost)
    for test, cost in tests.items():
        path = test.partition("::")[0].split("/")[:-1]
        rooms[tuple(path[:folders])].add(cost)
    return rooms


def sorted_by_seconds(costs: Mapping[Key, Cost]) -> list[tuple[Key, Cost]]:
    """The most expensive first."""
    return sorted(costs.items(), key=lambda entry: entry[1].seconds, reverse=True)


def table(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Lines of the table: seconds in all, those outside of the tests' bodies, number of tests, name."""
    tests = of_tests(reports)
    lines = [f"{'seconds':>9} {'set-up':>9} {'tests':>6}"]
    lines += [cost.line(test) for test, cost in sorted_by_seconds(tests)[:SLOWEST]]
    lines.append("")
    inside = sorted_by_seconds(of_rooms(tests, 3))
    for room, cost in sorted_by_seconds(of_rooms(tests, 2)):
        lines.append(cost.line("/".join(room)))
        for inner, inner_cost in inside:
            if len(inner) == 3 and inner[:2] == room and inner_cost.seconds >= LEAST_SECONDS:
                lines.append(inner_cost.line("  " + "/".join(inner)))
    return [*lines, of_rooms(tests, 0)[()].line("all")]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table at the end of a run."""
    reports = [it for group in terminalreporter.stats.values() for it in group if isinstance(it, pytest.TestReport)]
    if reports:
        terminalreporter.write_sep("=", f"the slowest {SLOWEST} tests and what each room costs")
        terminalreporter.write_line("\n".join(table(reports)))
