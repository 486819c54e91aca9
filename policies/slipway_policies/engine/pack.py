"""Turns the rules into the SDK's policies: reports findings, counts what must wait, outlives a failing rule."""

import datetime
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from slipway_policies.data import lists
from slipway_policies.engine.exemptions import SCHEMA, Exemption, Settings
from slipway_policies.engine.graph import Graph, build, told
from slipway_policies.engine.registry import Deferred, Finding, Outcomes, Rule
from slipway_policies.engine.values import NotYetError, Resource, UnreadableError, thaw

NAME: Final = "slipway"
VERSION: Final = "0.1.0"  # as in PulumiPolicy.yaml, which the CLI shows
SUMMARY: Final = "all-checks-done"
OWN_SETTINGS: Final = "pack"


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule that raised; `where` names the error and its line, never its text, which could quote a secret."""

    where: str


class Pack:
    """The rules as policies, and the checks of this run that could not be made."""

    def __init__(self, rules: list[Rule], today: datetime.date | None = None) -> None:
        self.rules = rules
        self.settings = Settings()
        self.today = today or datetime.datetime.now(tz=datetime.UTC).date()
        self._exempted: Counter[Exemption] = Counter()
        self._needed: set[Exemption] = set()
        self._not_done: dict[tuple[str, str], Deferred | Crash] = {}
        self._lock = threading.Lock()  # the server's threads check resources at the same time

    def policies(self) -> list[Policy]:
        """One policy per rule under the rule's name, and the summary last."""
        return [*(self._policy(rule) for rule in self.rules), self._summary(), self._own_settings()]

    def level(self, rule: Rule, configured: EnforcementLevel) -> EnforcementLevel:
        """The profile's level, unless the config says another than the rule's own; the engine fills that in."""
        if configured is not rule.level or rule.name in self.settings.keep_baseline:
            return configured
        return rule.level_in(self.settings.profile)

    def check(self, rule: Rule, subject: Resource | Graph, report: ReportViolation) -> None:
        """Runs one rule and reports its findings; what could not be checked is kept for the summary."""
        owner = subject.urn if isinstance(subject, Resource) else ""
        with self._lock:
            self._not_done.pop((owner, rule.name), None)  # what waited in the preview is known in the update
        for outcome in guarded(rule, subject):
            if self._exempt(rule, (isinstance(outcome, Finding | Deferred) and outcome.urn) or owner, outcome):
                continue
            if isinstance(outcome, Finding):
                report(f"{outcome.path} {outcome.problem}. Fix: {rule.fix}.", outcome.urn or None)
                continue
            urn = outcome.urn or owner if isinstance(outcome, Deferred) else owner
            with self._lock:
                self._not_done[urn, rule.name] = outcome

    def broken(self, rule: Rule, subject: Resource) -> set[str]:
        """The paths at which the rule finds something that no exemption covers."""
        if any(one.covers(rule.name, subject.urn) and one.expires >= self.today for one in self.settings.exemptions):
            return set()
        return {one.path for one in guarded(rule, subject) if isinstance(one, Finding)}

    def _exempt(self, rule: Rule, urn: str, outcome: Finding | Deferred | Crash) -> bool:
        """Whether an exemption that still holds covers the outcome; only a finding is taken away."""
        for exemption in self.settings.exemptions:
            if exemption.covers(rule.name, urn):
                with self._lock:
                    self._needed.add(exemption)
                    if isinstance(outcome, Finding) and exemption.expires >= self.today:
                        self._exempted[exemption] += 1
                        return True
        return False

    def summarize(self, report: ReportViolation) -> None:
        """Reports each rule that failed, in one line how many checks wait, and in one which exemptions took a finding
        away; then forgets the checks. Lists of the pack that are old are reported too."""
        with self._lock:
            not_done, self._not_done = self._not_done, {}
        waiting = Counter(name for (_, name), why in not_done.items() if isinstance(why, Deferred))
        for (urn, name), why in not_done.items():
            if isinstance(why, Crash):
                text = f"{name} failed here ({why.where}), so it checked nothing more; all other rules ran."
                report(f"{text} Fix: report this line to the pack's maintainers.", urn or None)
        if waiting:
            names = ", ".join(f"{name} {count}" for name, count in sorted(waiting.items()))
            count = "1 check waits" if waiting.total() == 1 else f"{waiting.total()} checks wait"
            report(f"{count} for `pulumi up`, as values are not known during preview: {names}.", None)
        if self._exempted:
            total = self._exempted.total()
            count = "1 finding is" if total == 1 else f"{total} findings are"
            report(f"{count} exempted: {'; '.join(f'{one}' for one in self._exempted)}.", None)
        for sentence in lists.aged(self.today):
            report(sentence, None)

    def judge_exemptions(self, report: ReportViolation) -> None:
        """Reports each exemption that has expired or that nothing needs; then forgets what was needed."""
        with self._lock:
            needed, self._needed, self._exempted = self._needed, set(), Counter()
        for exemption in self.settings.exemptions:
            if exemption.expires < self.today:
                report(f"Expired: {exemption}. Fix: clear the finding, or agree with the owner on a new date.", None)
            elif exemption not in needed:
                report(f"Not needed: {exemption}. Fix: remove it, or correct its urn.", None)

    def _policy(self, rule: Rule) -> Policy:
        def validate_resource(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if args.resource_type in rule.types:
                seen = Resource(
                    args.resource_type, args.name, args.urn, thaw(args.props), told(args.opts, args.provider)
                )
                self.check(rule, seen.configured(rule.configuration(args.get_config())), report)

        def validate_stack(args: StackValidationArgs, report: ReportViolation) -> None:
            self.check(rule, build(args.resources).configured(rule.configuration(args.get_config())), report)

        common: dict[str, Any] = {
            "enforcement_level": rule.level,
            "config_schema": PolicyConfigSchema({name: dict(schema) for name, schema in rule.settings.items()}),
            "severity": rule.severity,
            "tags": list(rule.controls),
            "remediation_steps": rule.fix,
            "url": rule.link,
        }
        if rule.of_stack:
            return StackValidationPolicy(rule.name, rule.title, validate_stack, **common)
        return ResourceValidationPolicy(rule.name, rule.title, validate_resource, **common)

    def _summary(self) -> Policy:
        def validate(_args: StackValidationArgs, report: ReportViolation) -> None:
            self.summarize(report)

        title = "Every rule of the pack could judge every resource."
        return StackValidationPolicy(SUMMARY, title, validate, EnforcementLevel.ADVISORY, severity=Severity.LOW)

    def _own_settings(self) -> Policy:
        def validate(_args: StackValidationArgs, report: ReportViolation) -> None:
            self.judge_exemptions(report)

        title = "Each exemption of the policy config is needed and has not expired."
        schema = PolicyConfigSchema({name: dict(one) for name, one in SCHEMA.items()})
        return StackValidationPolicy(
            OWN_SETTINGS, title, validate, EnforcementLevel.ADVISORY, config_schema=schema, severity=Severity.MEDIUM
        )


def guarded(rule: Rule, subject: Resource | Graph) -> Iterator[Finding | Deferred | Crash]:
    """The rule's outcomes. An unreadable property is a finding; any other exception a crash, after what it found."""
    check: Callable[[Resource | Graph], Outcomes] = rule.check
    try:
        yield from check(subject)
    except NotYetError as error:
        yield Deferred(error.path, error.urn)
    except UnreadableError as error:
        yield Finding(error.path, f"is not {error.expected}, so the rule cannot judge it", error.urn)
    except Exception as error:  # noqa: BLE001 - an exception that leaves a policy stops the user's deployment
        frame = traceback.extract_tb(error.__traceback__)[-1]
        yield Crash(f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}")
