"""Runs rules: collects findings, counts waiting checks, survives failing rules, applies exemptions."""

import datetime
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from slipway_policies.data import lists
from slipway_policies.engine import sentences
from slipway_policies.engine.exemptions import SCHEMA, Exemption, Settings
from slipway_policies.engine.registry import (
    ADVISORY,
    LOW,
    MEDIUM,
    Deferred,
    Finding,
    Outcomes,
    ResourceRule,
    Rule,
    Schema,
    StackRule,
)
from slipway_policies.engine.repeats import Crash, Told, Verdict
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import NotYetError, UnreadableError

NAME: Final = "slipway"
VERSION: Final = "0.1.0"  # as in PulumiPolicy.yaml, which the CLI shows


@dataclass(frozen=True, slots=True)
class OwnPolicy:
    """A policy of the pack itself, beside its rules."""

    name: str
    title: str
    severity: Severity
    settings: Mapping[str, Schema]
    level: EnforcementLevel = ADVISORY


SUMMARY: Final = OwnPolicy("all-checks-done", "Every rule of the pack could judge every resource.", LOW, {})
OWN_SETTINGS: Final = OwnPolicy(
    "pack", "Each exemption of the policy config is needed and has not expired.", MEDIUM, SCHEMA
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence of the pack, about the resource `urn` or the whole stack."""

    text: str
    urn: str = ""


class Pack:
    """The rules, and the unfinished checks of this run."""

    def __init__(self, rules: Sequence[Rule], today: datetime.date | None = None) -> None:
        self.rules = rules
        self.resource_rules = [rule for rule in rules if isinstance(rule, ResourceRule)]
        self.stack_rules = [rule for rule in rules if isinstance(rule, StackRule)]
        self.settings = Settings()
        self.today = today or datetime.datetime.now(tz=datetime.UTC).date()
        self._exempted: Counter[Exemption] = Counter()
        self._needed: set[Exemption] = set()
        self._not_done: dict[tuple[str, str], Deferred | Crash] = {}
        self._told = Told()
        self._lock = threading.Lock()  # the server's threads check resources at the same time

    def level(self, rule: Rule, configured: EnforcementLevel) -> EnforcementLevel:
        """The profile's level, or the configured one where it differs from the rule's own: the engine fills that in."""
        if configured is not rule.level or rule.name in self.settings.keep_baseline:
            return configured
        return rule.level_in(self.settings.profile)

    def judge(self, owner: str, verdicts: Sequence[Verdict]) -> list[tuple[Rule, list[Notice]]]:
        """Each rule's findings, once for each fault; unfinished checks are kept for the summary.

        `owner` is the resource under check, empty for the stack.
        """
        with self._lock:
            once = self._told.once(owner, verdicts)
            if not owner:
                self._told.forget()  # the stack comes last in a run
        return [(verdict.rule, self._judged(verdict.rule, owner, verdict.outcomes)) for verdict in once]

    def _judged(self, rule: Rule, owner: str, outcomes: Iterable[Finding | Deferred | Crash]) -> list[Notice]:
        with self._lock:
            self._not_done.pop((owner, rule.name), None)  # what waited in the preview is known in the update
        notices = []
        for outcome in outcomes:
            urn = owner if isinstance(outcome, Crash) else outcome.urn or owner
            if self._exempt(rule, urn, outcome):
                continue
            if isinstance(outcome, Finding):
                text = sentences.finding(f"{outcome.path} {outcome.problem}", rule.fix)
                notices.append(Notice(text, outcome.urn))
                continue
            with self._lock:
                self._not_done[urn, rule.name] = outcome
        return notices

    def broken(self, rule: ResourceRule, resource: Resource) -> set[str]:
        """The paths of the rule's findings, without those under an exemption."""
        holding = [exemption for exemption in self.settings.exemptions if exemption.expires >= self.today]
        if any(exemption.covers(rule.name, resource.urn) for exemption in holding):
            return set()
        outcomes = guarded(lambda: rule.check(resource))
        return {outcome.path for outcome in outcomes if isinstance(outcome, Finding)}

    def _exempt(self, rule: Rule, urn: str, outcome: Finding | Deferred | Crash) -> bool:
        """Whether a current exemption covers the outcome. Only findings are hidden."""
        for exemption in self.settings.exemptions:
            if exemption.covers(rule.name, urn):
                with self._lock:
                    self._needed.add(exemption)
                    if isinstance(outcome, Finding) and exemption.expires >= self.today:
                        self._exempted[exemption] += 1
                        return True
        return False

    def summary(self) -> list[Notice]:
        """Failed rules, the number of waiting checks, used exemptions, old lists; then forgets the checks."""
        with self._lock:
            not_done, self._not_done = self._not_done, {}
        notices = [
            Notice(sentences.failed(name, outcome.where), urn)
            for (urn, name), outcome in not_done.items()
            if isinstance(outcome, Crash)
        ]
        waiting = Counter(name for (_, name), outcome in not_done.items() if isinstance(outcome, Deferred))
        if waiting:
            notices.append(Notice(sentences.waiting(waiting)))
        if self._exempted:
            notices.append(Notice(sentences.exempted(self._exempted.total(), map(str, self._exempted))))
        return [*notices, *map(Notice, lists.aged(self.today))]

    def exemption_notices(self) -> list[Notice]:
        """Expired and unneeded exemptions; then forgets the use of each."""
        with self._lock:
            needed, self._needed, self._exempted = self._needed, set(), Counter()
        notices = []
        for exemption in self.settings.exemptions:
            if exemption.expires < self.today:
                notices.append(Notice(sentences.expired(str(exemption))))
            elif exemption not in needed:
                notices.append(Notice(sentences.not_needed(str(exemption))))
        return notices


def guarded(check: Callable[[], Outcomes]) -> Iterator[Finding | Deferred | Crash]:
    """The outcomes of a check. An unreadable property ends as a finding, any other error as a crash."""
    try:
        yield from check()
    except NotYetError as error:
        yield Deferred(error.path, error.urn)
    except UnreadableError as error:
        yield Finding(error.path, f"is not {error.expected}, so the rule cannot judge it", error.urn)
    except Exception as error:  # noqa: BLE001 - an exception that leaves a policy stops the user's deployment
        frame = traceback.extract_tb(error.__traceback__)[-1]
        yield Crash(f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}")
