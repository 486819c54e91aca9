"""Rules of composite alarms."""

import re

import pytest

from slipway_sandbox.runtime.alarms.composites import CompositeRuleError, holds

STATES = {"errors": "ALARM", "slow": "OK", "new one": "INSUFFICIENT_DATA"}
RULES = {
    "ALARM(errors)": True,
    'ALARM("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors")': True,
    "ALARM(slow) OR OK(slow)": True,
    "ALARM(errors) AND ALARM(slow)": False,
    "NOT ALARM(slow) AND ALARM(errors)": True,
    "NOT (ALARM(errors) OR ALARM(slow))": False,
    'INSUFFICIENT_DATA("new one")': True,
    "TRUE AND FALSE": False,
    "OK(errors) AND OK(slow) OR TRUE": True,
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_holds_by_the_states_of_its_alarms(rule: str) -> None:
    assert holds(rule, STATES) is RULES[rule]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("ALARM(other)", "the rule 'ALARM(other)' names the alarm 'other', and there is none"),
        ("ALARM(errors", "the rule 'ALARM(errors' ends too early"),
        ("LATE(errors)", "the rule 'LATE(errors)' has 'LATE' where the state of an alarm should be"),
        ("TRUE TRUE", "the rule 'TRUE TRUE' has 'TRUE' where it should end"),
    ],
)
def test_a_rule_that_cannot_be_read_says_where(rule: str, says: str) -> None:
    with pytest.raises(CompositeRuleError, match=f"^{re.escape(says)}$"):
        holds(rule, STATES)
