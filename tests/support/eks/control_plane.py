"""Tests of the sandbox's EKS need Kubernetes's programs, which `make ready-eks` gets: without them they are skipped, and a run says so last."""

import pytest

from slipway_sandbox.control_planes import programs

REASON = "this machine has no Kubernetes control plane; `make ready-eks` gets one"
needs_control_plane = pytest.mark.skipif(not programs.are_there(), reason=REASON)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The line about tests that did not run."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if REASON in str(report.longrepr)]
    if skipped:
        terminalreporter.section("EKS")
        terminalreporter.write_line(
            f"{len(skipped)} tests of the sandbox's EKS did not run: {REASON}, then `make test` runs them"
        )
