"""Compares all of moto's tests of the corrected services with the list of losses: `make moto`, or with names of services."""

import sys

from slipway_sandbox import corrections
from tests.support.sandbox.moto_suite import losses, suite

FOLDERS = {"application_autoscaling": "applicationautoscaling"}
"""Names of moto's folders that are not the service's name in the corrections."""


def main(services: list[str]) -> int:
    """Prints tests that are lost and not listed, and the other way round. Returns 1 where there are any."""
    unexpected = [line for service in services for line in _differences(service)]
    for line in unexpected:
        print(line)
    return 1 if unexpected else 0


def _differences(service: str) -> list[str]:
    folder = f"tests/test_{FOLDERS.get(service, service)}"
    comparison = suite.compare([folder])
    listed = losses.listed([folder])
    count, seconds = len(comparison.passed), comparison.cpu_seconds
    print(f"{service}: {count} tests pass, {len(comparison.lost)} are lost, {seconds:.0f} seconds of CPU", flush=True)
    return [
        *(f"lost and not in losses.py: {test}" for test in sorted(comparison.lost - listed - losses.UNSTEADY)),
        *(f"in losses.py and not lost: {test}" for test in sorted(listed - comparison.lost)),
        *(
            f"lost, though moto's authors ran it on AWS: {test}"
            for test in sorted(comparison.lost & comparison.verified)
        ),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or sorted({correction.service for correction in corrections.declared()})))
