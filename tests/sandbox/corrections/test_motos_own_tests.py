"""Moto's own tests of the services that are corrected most: the corrections lose none but those that are listed."""

from tests.support.sandbox.moto_suite import losses, suite

SELECTION = [
    "tests/test_acm",
    "tests/test_applicationautoscaling",
    "tests/test_ecr",
    "tests/test_ecs",
    "tests/test_scheduler",
    "tests/test_servicediscovery",
]
"""Two minutes on two processors, with the corrections and without them. `make moto` runs all."""


def test_the_corrections_lose_no_other_of_motos_tests_than_the_listed_ones() -> None:
    comparison = suite.compare(SELECTION)
    assert len(comparison.passed_without) > 400, "moto's own tests fail without the corrections, too"
    selected = {test for test in losses.LOST if test.startswith(tuple(f"{path}/" for path in SELECTION))}
    assert comparison.lost == selected
    assert not comparison.lost & comparison.verified, "AWS does what these tests say"
