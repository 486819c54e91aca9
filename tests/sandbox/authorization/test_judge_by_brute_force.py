"""The judge decides generated policies as a slow reading of IAM's documentation does."""

import collections

import pytest

from slipway_sandbox.authorization.judge import judge
from tests.support.sandbox.authorization.brute_force import is_let_in
from tests.support.sandbox.authorization.generated import Generator

CASES = 1500


@pytest.mark.parametrize("seed", range(2))
def test_the_judge_decides_as_a_slow_reading_does(seed: int) -> None:
    generator, outcomes = Generator(seed), collections.Counter[str]()
    for number in range(CASES):
        request, policies = generator.request(), generator.policies()
        decision = judge(request, policies)
        assert decision.is_allowed == is_let_in(request, policies), (number, request, policies)
        explicit = decision.reason and decision.reason.is_explicit
        outcomes["allowed" if decision.is_allowed else "explicit" if explicit else "implicit"] += 1
    rare = {name: count for name, count in outcomes.items() if count < CASES // 20}
    assert (set(outcomes), rare) == ({"allowed", "explicit", "implicit"}, {}), "every outcome must come often"
