"""Every rule over one resource, each way, through the SDK's own servicer; test_fuzz.py holds the pack's to the same."""

from collections.abc import Callable
from typing import Any

import pytest

from slipway_policies.engine.registry import StackRule
from slipway_policies.rules import all_rules
from tests.policies.rules.cases import CASES
from tests.support.policies.analyzer import Shown, analyze, analyze_stack, secret, start_rule
from tests.support.policies.samples import Case, Props

JUDGED_BY_TYPE = {"vpc-no-default-vpc", "iam-no-user"}  # nothing about such a resource can pass or be unknown


def expand(pick: Callable[[Case], list[Any]]) -> list[Any]:
    """One parameter per case and example, with a name for failures."""
    return [
        pytest.param(case, example, id=f"{case.rule}-{case.kind.rpartition(':')[2]}-{number}")
        for case in CASES
        for number, example in enumerate(pick(case))
    ]


def of_rule(case: Case, shown: list[Shown]) -> list[str]:
    """The rule's own messages, without its title."""
    return [one.message.splitlines()[1] for one in shown if one.rule == case.rule]


@pytest.mark.parametrize(("case", "props"), expand(lambda case: case.passes))
def test_what_the_rule_asks_for_passes(case: Case, props: Props) -> None:
    assert of_rule(case, analyze(start_rule(case.rule, case.config), case.kind, props)) == []


@pytest.mark.parametrize(("case", "example"), expand(lambda case: case.fails))
def test_a_violation_names_its_property(case: Case, example: tuple[Props, list[str]]) -> None:
    props, starts = example
    messages = of_rule(case, analyze(start_rule(case.rule, case.config), case.kind, props))
    assert len(messages) == len(starts), messages
    for message, expected in zip(messages, starts, strict=True):
        assert message.startswith(expected)
        assert ". Fix: " in message


@pytest.mark.parametrize(("case", "example"), expand(lambda case: case.fails))
def test_a_secret_is_judged_like_any_value(case: Case, example: tuple[Props, list[str]]) -> None:
    props, starts = example
    hidden = {key: secret(value) for key, value in props.items()}
    assert len(of_rule(case, analyze(start_rule(case.rule, case.config), case.kind, hidden))) == len(starts)


@pytest.mark.parametrize(("case", "props"), expand(lambda case: case.waits))
def test_a_check_of_an_unknown_value_is_counted_and_claims_nothing(case: Case, props: Props) -> None:
    servicer = start_rule(case.rule, case.config)
    assert of_rule(case, analyze(servicer, case.kind, props)) == []
    [summary] = analyze_stack(servicer)
    assert (summary.rule, summary.level) == ("all-checks-done", "advisory")
    assert f"{case.rule} 1" in summary.message


@pytest.mark.parametrize(("case", "props"), expand(lambda case: case.passes))
def test_a_check_of_known_values_waits_for_nothing(case: Case, props: Props) -> None:
    servicer = start_rule(case.rule, case.config)
    analyze(servicer, case.kind, props)
    waiting = [one.message for one in analyze_stack(servicer)]
    assert not any(case.rule in message for message in waiting), waiting


@pytest.mark.parametrize("rule", [rule.name for rule in all_rules() if not isinstance(rule, StackRule)])
def test_a_rule_over_a_resource_has_three_cases_each_way_at_least(rule: str) -> None:
    cases = [case for case in CASES if case.rule == rule]
    assert sum(len(case.fails) for case in cases) >= 3
    if rule not in JUDGED_BY_TYPE:
        assert sum(len(case.passes) for case in cases) >= 3
        assert sum(len(case.waits) for case in cases) >= 1


@pytest.mark.parametrize(("case", "props"), expand(lambda case: case.passes))
def test_an_explicit_null_of_any_other_property_changes_nothing(case: Case, props: Props) -> None:
    others = {key for example in [*case.passes, *case.waits, *(bad for bad, _ in case.fails)] for key in example}
    assert (
        of_rule(case, analyze(start_rule(case.rule, case.config), case.kind, dict.fromkeys(others, None) | props)) == []
    )
