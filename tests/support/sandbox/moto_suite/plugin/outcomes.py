"""A plugin of pytest for moto's tests: installs the corrections when asked, and writes the outcome of each test.

It lies in a folder of its own that is put on the path: moto's tests are a package `tests`, as ours are.
"""

import gc
import inspect
import json
import os
from pathlib import Path

import pytest

OUTCOMES = "SLIPWAY_OUTCOMES"  # the file to write
CORRECTED = "SLIPWAY_CORRECTED"  # set: with the corrections
ONLY = "SLIPWAY_ONLY"  # a file with the ids of the tests to run; not set: all

passed: dict[str, bool] = {}
verified: set[str] = set()


def pytest_configure() -> None:
    """Makes the corrections before the first test is imported."""
    gc.set_threshold(100_000)  # its look at each 700 new objects, the default, takes time
    if os.environ.get(CORRECTED):
        from slipway_sandbox import corrections

        corrections.install()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves the asked tests, notes those whose decorators say that they were run on AWS, and marks them all alike."""
    if only := os.environ.get(ONLY):
        asked = set(json.loads(Path(only).read_text()))
        items[:] = [item for item in items if item.nodeid in asked]
    for item in items:
        if isinstance(item, pytest.Function):
            decorators, _, _ = inspect.getsource(inspect.unwrap(item.function)).partition("\ndef ")
            if "aws_verified" in decorators or item.get_closest_marker("aws_verified"):
                verified.add(item.nodeid)
                item.add_marker("aws_verified")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test passes when none of its phases fails; one that is skipped has no outcome."""
    if not report.skipped:
        passed[report.nodeid] = report.passed and passed.get(report.nodeid, True)


def pytest_sessionfinish() -> None:
    """Writes the outcomes."""
    Path(os.environ[OUTCOMES]).write_text(json.dumps({"passed": passed, "verified": sorted(verified)}))
