"""What every test may count on, and which tests run side by side."""

import signal
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# A shell that starts pytest in the background makes it ignore Ctrl-C, and every program that a test starts with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

PLATFORM = "tests/e2e/test_platform"

# However slow the machine is, an example is not wrong for it; hypothesis's own profile for CI stays beneath.
settings.register_profile("any machine", settings(), deadline=None)
settings.load_profile("any machine")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives each file to one worker, for its fixtures are made once, and the files that share the platform to one."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return PLATFORM if path.startswith(PLATFORM) else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Takes the place of --dist."""
    return ByFile(config, log)
