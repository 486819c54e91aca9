"""Lists of conditions that let in what they keep out: as the components judge them, too."""

from typing import Any, cast

import pytest

from slipway.messaging.filters._reach import overreach as of_components
from slipway_policies.reading.filters import lists, overreach
from tests.support.filters import FILTERS, Filter


@pytest.mark.parametrize("case", FILTERS, ids=lambda case: case.name)
def test_a_list_that_lets_in_what_it_keeps_out_is_known_by_its_rule(case: Filter) -> None:
    assert overreach(cast(Any, case.conditions)) == case.rule
    problem = of_components(case.conditions)
    assert (problem.rule if problem else None) == case.rule


@pytest.mark.parametrize(
    "conditions",
    [
        [],
        [{"numeric": ["<", "x"]}, {"numeric": [">", "x"]}],
        [{"anything-but": {}}, "a"],
        [{"anything-but": None}],
        [{}],
    ],
    ids=str,
)
def test_a_list_that_aws_would_refuse_is_judged_without_an_error(conditions: Any) -> None:
    assert overreach(conditions) in (None, "must not let in again what anything-but keeps out")


def test_every_list_of_a_policy_is_found_by_its_path() -> None:
    policy = {
        "kind": ["a"],
        "order": {"size": [1], "$or": [{"b": ["x"]}, {"b": ["y"]}, {"c": ["z"], "d": ["w"]}]},
        "$or": [{"e": {"f": [2]}}, {"e": {"f": [3]}}],
    }
    assert dict(lists(cast(Any, policy))) == {
        "kind": ["a"],
        "order.size": [1],
        "order.b": ["x", "y"],
        "order.c": ["z"],
        "order.d": ["w"],
        "e.f": [2, 3],
    }
