"""What every test may count on, and which tests run side by side."""

import gc
import signal

from hypothesis import settings

from tests.support.by_file import pytest_collection_modifyitems, pytest_xdist_make_scheduler
from tests.support.eks.control_plane import pytest_terminal_summary

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
]  # pytest looks for them here

# Twelve thousand tests and the modules that they import stay to the end: the collector need not walk them again and again.
gc.disable()

# A shell that starts pytest in the background makes it ignore Ctrl-C, and every program that a test starts with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# However slow the machine is, an example is not wrong for it; hypothesis's own profile for CI stays beneath.
settings.register_profile("any machine", settings(), deadline=None)
settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    """From here on the collector looks at what the tests make; what is garbage already stays, which is quicker."""
    gc.freeze()
    gc.set_threshold(100_000)  # its look at each 700 new objects, the default, takes a fifth of a test on moto
    gc.enable()
