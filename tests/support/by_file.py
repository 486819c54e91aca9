"""Which tests run side by side, and in which order: the files that take long begin, so that no worker waits for another.

Those of one file run on one worker, after a worker's death, too.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/e2e/test_platform", "tests/install/", "tests/setup/engine/")
"""Beginnings of the files that share what takes long to make: the platform, virtual environments, a language host."""
LONG = {
    "tests/consumer/test_kills.py",
    "tests/docs/test_site.py",
    "tests/policies/programs/test_generated_specs.py",
    "tests/sandbox/corrections/test_motos_own_tests.py",
}
"""Files that take long without the engine."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives each file to one worker, for its fixtures are made once, and the files of a row in TOGETHER to one.

    pytest-xdist 3.8.0 waits for ever after the death of a worker: it queues again what has run, and leaves the new
    worker with one test, which that one begins only when it knows the next
    (https://github.com/pytest-dev/pytest-xdist/issues/1323, .../1327).
    """

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def remove_node(self, node: Any) -> str | None:
        """The test that a worker died of, which is not run again; what it had not begun goes to the others."""
        pending = [
            (scope, test) for scope, unit in self.assigned_work[node].items() for test, done in unit.items() if not done
        ]
        left: dict[str, dict[str, bool]] = {}
        for scope, test in pending[1:]:
            left.setdefault(scope, {})[test] = False
        self.assigned_work[node] = left
        super().remove_node(node)
        return pending[0][1] if pending else None

    def _reschedule(self, node: Any) -> None:
        super()._reschedule(node)
        while not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
            super()._reschedule(node)


def unit_of(nodeid: str) -> str:
    """What runs on one worker: the test's file, or the beginning that the file shares with others."""
    path = nodeid.partition("::")[0]
    return next((beginning for beginning in TOGETHER if path.startswith(beginning)), path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest rows first, then the files with a test on the real engine and the other long ones; each stays whole."""
    marked = {unit_of(it.nodeid) for it in items if it.get_closest_marker("engine") or it.get_closest_marker("e2e")}

    def place(test: pytest.Item) -> tuple[bool, bool]:
        unit = unit_of(test.nodeid)
        return unit not in TOGETHER, unit not in marked | LONG

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Takes the place of --dist."""
    return ByFile(config, log)
