"""Conditions of one list are alternatives: a list that lets in what it keeps out is refused."""

import pytest

from slipway import ArgumentError
from slipway.messaging.filters._policy import check_filter_policy
from slipway.messaging.filters._reach import overreach
from tests.support.filters import FILTERS, Filter

REFUSED = [case for case in FILTERS if case.rule]
TAKEN = [case for case in FILTERS if not case.rule]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_list_that_lets_in_what_it_keeps_out_is_refused(case: Filter) -> None:
    problem = overreach(case.conditions)
    assert problem is not None
    assert problem.rule == case.rule
    assert problem.fix.endswith(case.fix)


@pytest.mark.parametrize("case", TAKEN, ids=lambda case: case.name)
def test_a_list_that_means_what_it_says_is_taken(case: Filter) -> None:
    assert overreach(case.conditions) is None
    check_filter_policy("X", "f", {"kind": case.conditions}, "MessageAttributes")


def test_two_unwanted_prefixes_are_refused_with_what_to_write() -> None:
    policy = {"id": [{"anything-but": {"prefix": "a"}}, {"anything-but": {"prefix": "b"}}]}
    with pytest.raises(ArgumentError) as caught:
        check_filter_policy("FanOut 'x'", "queues.q.filter_policy", policy, "MessageAttributes")
    assert str(caught.value) == (
        "FanOut 'x': queues.q.filter_policy.id must have at most one anything-but, "
        "got [{'anything-but': {'prefix': 'a'}}, {'anything-but': {'prefix': 'b'}}]; "
        "SNS delivers what any entry lets through, keep one, or list the wanted values"
    )


def test_alternatives_on_one_nested_key_are_read_as_one_list() -> None:
    policy = {
        "$or": [{"order": {"kind": [{"numeric": ["<", 3]}]}}, {"order": {"kind": [{"numeric": [">", 2]}]}}],
    }
    with pytest.raises(ArgumentError) as caught:
        check_filter_policy("X", "f", policy, "MessageBody")
    assert str(caught.value) == (
        "X: f.$or on order.kind must leave some number out, got [{'numeric': ['<', 3]}, {'numeric': ['>', 2]}]; "
        'a range is one entry, write it like [">=", 0, "<", 10]'
    )
