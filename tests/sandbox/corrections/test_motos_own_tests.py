"""Moto's own tests of the corrected services: the corrections lose none but those that are listed."""

from tests.support.sandbox.moto_suite import losses, suite

SELECTION = [
    "tests/test_acm",
    "tests/test_applicationautoscaling",
    "tests/test_ecr",
    "tests/test_ecs",
    "tests/test_scheduler",
    "tests/test_servicediscovery",
]
"""Two minutes of one processor. `make moto` runs all."""


def test_the_corrections_lose_no_other_of_motos_tests_than_the_listed_ones() -> None:
    comparison = suite.compare(SELECTION)
    assert len(comparison.passed) > 400, "moto's own tests fail for another reason"
    assert comparison.lost == losses.listed(SELECTION)
    assert not comparison.lost & comparison.verified, "AWS does what these tests say"
