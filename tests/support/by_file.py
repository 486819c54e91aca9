"""Which tests run side by side: those of one file on one worker, after a worker's death, too."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

PLATFORM = "tests/e2e/test_platform"


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives each file to one worker, for its fixtures are made once, and the files that share the platform to one.

    pytest-xdist 3.8.0 waits for ever after the death of a worker: it queues again what has run, and leaves the new
    worker with one test, which that one begins only when it knows the next
    (https://github.com/pytest-dev/pytest-xdist/issues/1323, .../1327).
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return PLATFORM if path.startswith(PLATFORM) else path

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Takes the place of --dist."""
    return ByFile(config, log)
