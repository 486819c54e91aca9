"""Rules of composite alarms: which states of other alarms put one into ALARM. Pure.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import re
from collections.abc import Mapping

TOKEN = re.compile(r'\s*(?:(?P<text>"[^"]*")|(?P<sign>[(),])|(?P<word>[^\s(),"]+))')
STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")


class CompositeRuleError(ValueError):
    """A rule that CloudWatch, or the sandbox, does not take."""


def holds(rule: str, states: Mapping[str, str]) -> bool:
    """Whether a rule holds, by the state of each alarm under its name. Raises CompositeRuleError.

    >>> holds('ALARM("errors") AND NOT ALARM(deploying)', {"errors": "ALARM", "deploying": "OK"})
    True
    """
    reader = _Reader(rule, states)
    result = reader.either()
    if reader.here:
        raise CompositeRuleError(f"the rule {rule!r} has {reader.here!r} where it should end")
    return result


class _Reader:
    def __init__(self, rule: str, states: Mapping[str, str]) -> None:
        self._rule, self._states = rule, states
        self._tokens = [found[0].strip() for found in TOKEN.finditer(rule)]
        self._at = 0

    @property
    def here(self) -> str:
        """The next token; empty at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def either(self) -> bool:
        result = self._both()
        while self.here == "OR":
            self._take()
            result = self._both() or result
        return result

    def _both(self) -> bool:
        result = self._single()
        while self.here == "AND":
            self._take()
            result = self._single() and result
        return result

    def _single(self) -> bool:
        word = self._take()
        if word == "NOT":
            return not self._single()
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if word == "(":
            result = self.either()
            self._expect(")")
            return result
        if word not in STATES:
            raise CompositeRuleError(f"the rule {self._rule!r} has {word!r} where the state of an alarm should be")
        self._expect("(")
        name = self._take().strip('"')
        self._expect(")")
        return self._state(name) == word

    def _state(self, name: str) -> str:
        name = name.partition(":alarm:")[2] or name  # an ARN names it as well
        if name not in self._states:
            raise CompositeRuleError(f"the rule {self._rule!r} names the alarm {name!r}, and there is none")
        return self._states[name]

    def _take(self) -> str:
        if not self.here:
            raise CompositeRuleError(f"the rule {self._rule!r} ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        found = self._take()
        if found != token:
            raise CompositeRuleError(f"the rule {self._rule!r} has {found!r} where {token!r} should be")
