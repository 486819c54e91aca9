"""Each rule over the stack: stacks without a finding, and the finding after one change."""

from typing import Any

import pytest

from slipway_policies.engine.registry import StackRule
from slipway_policies.rules import all_rules
from tests.policies.rules.cases import GRAPH_CASES
from tests.support.policies.analyzer import analyze_stack, start_rule
from tests.support.policies.graph_samples import GraphCase, changed


def expand(what: str) -> list[Any]:
    """One parameter per case and change."""
    return [
        pytest.param(case, change, id=f"{case.rule}-{number}")
        for case in GRAPH_CASES
        for number, change in enumerate(getattr(case, what))
    ]


@pytest.mark.parametrize("case", GRAPH_CASES, ids=lambda case: case.rule)
def test_a_stack_as_it_should_be_passes_and_waits_for_nothing(case: GraphCase) -> None:
    assert analyze_stack(start_rule(case.rule, case.config), *case.stack.values()) == []


@pytest.mark.parametrize(("case", "change"), expand("passes"))
def test_a_change_that_keeps_it_as_it_should_be_passes(case: GraphCase, change: Any) -> None:
    assert analyze_stack(start_rule(case.rule, case.config), *changed(case.stack, change)) == []


@pytest.mark.parametrize(("case", "change"), expand("fails"))
def test_a_change_that_breaks_it_is_found_at_a_resource(case: GraphCase, change: Any) -> None:
    shown = analyze_stack(start_rule(case.rule, case.config), *changed(case.stack, change))
    found = [one for one in shown if one.rule == case.rule]
    assert found, shown
    assert all(one.urn and ". Fix: " in one.message for one in found)


@pytest.mark.parametrize(("case", "change"), expand("waits"))
def test_what_is_not_known_yet_waits_and_claims_nothing(case: GraphCase, change: Any) -> None:
    [summary] = analyze_stack(start_rule(case.rule, case.config), *changed(case.stack, change))
    assert summary.rule == "all-checks-done"
    assert case.rule in summary.message


@pytest.mark.parametrize("rule", [rule.name for rule in all_rules() if isinstance(rule, StackRule)])
def test_a_rule_over_the_stack_has_three_stacks_each_way_at_least(rule: str) -> None:
    cases = [case for case in GRAPH_CASES if case.rule == rule]
    assert sum(len(case.fails) for case in cases) >= 3
    assert sum(1 + len(case.passes) for case in cases) >= 3
