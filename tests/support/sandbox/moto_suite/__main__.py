"""Compares all of moto's tests of the corrected services with the list of losses: `make moto`."""

import sys

from slipway_sandbox import corrections
from tests.support.sandbox.moto_suite import losses, suite

FOLDERS = {"application_autoscaling": "applicationautoscaling"}
"""Names of moto's folders that are not the service's name in the corrections."""


def main() -> int:
    """Prints tests that are lost and not listed, and the other way round. Returns 1 where there are any."""
    services = {correction.service for correction in corrections.declared()}
    comparison = suite.compare([f"tests/test_{FOLDERS.get(service, service)}" for service in sorted(services)])
    unlisted, found_again = comparison.lost - losses.LOST, losses.LOST - comparison.lost
    print(
        f"{len(comparison.passed_without)} tests pass without the corrections, {len(comparison.passed_with)} with them"
    )
    for test in sorted(unlisted):
        print(f"lost and not in losses.py: {test}")
    for test in sorted(found_again):
        print(f"in losses.py and not lost: {test}")
    for test in sorted(comparison.lost & comparison.verified):
        print(f"lost, though moto's authors ran it on AWS: {test}")
    return 1 if unlisted or found_again or comparison.lost & comparison.verified else 0


if __name__ == "__main__":
    sys.exit(main())
