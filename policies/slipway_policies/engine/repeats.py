"""One fault told once: a rule stands for more general rules at the places of its own findings.

A finding is left out only where the standing rule's level is at least as strict, so nothing that stops a deployment is lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pulumi_policy import EnforcementLevel

from slipway_policies.engine.registry import ADVISORY, MANDATORY, Deferred, Finding, Rule

STRICTNESS: Final[Mapping[EnforcementLevel, int]] = {ADVISORY: 1, MANDATORY: 2, EnforcementLevel.REMEDIATE: 2}


@dataclass(frozen=True, slots=True)
class Crash:
    """A failed rule. `where` names the error and its line, never its text, because that could quote a secret."""

    where: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's outcomes on a resource, or on the stack."""

    rule: Rule
    level: EnforcementLevel
    outcomes: Sequence[Finding | Deferred | Crash]


@dataclass(slots=True)
class Told:
    """The places of the findings in this run, by resource and by the rules that need not tell them again."""

    _places: dict[str, dict[str, list[tuple[int, frozenset[str]]]]] = field(default_factory=dict)

    def once(self, owner: str, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """The verdicts without the findings that another rule stands for; `owner` is the resource, empty for the stack."""
        if owner:
            self._places.pop(owner, None)  # an update shows it again, after the preview
        for verdict in verdicts:
            self._keep(owner, verdict)
        return [replace(verdict, outcomes=self._unsaid(owner, verdict)) for verdict in verdicts]

    def forget(self) -> None:
        """Ends the run."""
        self._places.clear()

    def _keep(self, owner: str, verdict: Verdict) -> None:
        for finding in _findings(verdict.outcomes):
            by_rule = self._places.setdefault(finding.urn or owner, defaultdict(list))
            for name in verdict.rule.stands_for:
                by_rule[name].append((STRICTNESS.get(verdict.level, 0), finding.places))

    def _unsaid(self, owner: str, verdict: Verdict) -> list[Finding | Deferred | Crash]:
        strictness = STRICTNESS.get(verdict.level, 0)
        outcomes: list[Finding | Deferred | Crash] = []
        for outcome in verdict.outcomes:
            urn = owner if isinstance(outcome, Crash) else outcome.urn or owner
            standing = self._places.get(urn, {}).get(verdict.rule.name, ())
            told = frozenset[str]().union(*(places for level, places in standing if level >= strictness))
            if not (isinstance(outcome, Finding) and outcome.places <= told):
                outcomes.append(outcome)
        return outcomes


def _findings(outcomes: Iterable[Finding | Deferred | Crash]) -> list[Finding]:
    return [outcome for outcome in outcomes if isinstance(outcome, Finding)]
