"""Reads the findings of a run from the engine's events, one JSON object a line.

Source: https://www.pulumi.com/docs/iac/cli/commands/pulumi_policy_analyze/
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from slipway_policies.engine import sentences
from slipway_policies.engine.pack import NAME, OWN_SETTINGS, SUMMARY
from slipway_policies.engine.registry import LOW, Rule
from slipway_policies.rules import all_rules


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation, from the engine's event."""

    rule: str
    urn: str
    level: str
    severity: str
    title: str
    problem: str
    fix: str
    controls: tuple[str, ...] = ()
    link: str = ""

    @property
    def resource(self) -> str:
        """Type and name without the stack, such as `aws:sqs/queue:Queue orders`."""
        kind, _, name = self.urn.rpartition("::")
        return f"{kind.rpartition('::')[2].rpartition('$')[2]} {name}" if name else "the stack"


@dataclass
class Run:
    """The findings and notes of one run."""

    stack: str = ""
    events: int = 0
    violations: list[Violation] = field(default_factory=list)
    exemptions: list[str] = field(default_factory=list)
    """Sentences about exemptions in use, expired and not needed."""
    waiting: dict[str, int] = field(default_factory=dict)
    """Rule to the number of its waiting checks."""
    notes: list[str] = field(default_factory=list)
    """Failed rules, and old lists of the pack."""
    rewritten: list[tuple[str, str]] = field(default_factory=list)
    """Rule and URN of each remediation."""


def read(lines: Iterable[str]) -> Run:
    """The run in these lines. Skips lines without an event."""
    run, rules = Run(), {rule.name: rule for rule in all_rules()}
    for line in lines:
        try:
            event = json.loads(line) if line.lstrip().startswith("{") else None
        except ValueError:
            continue
        if not isinstance(event, dict) or "sequence" not in event:
            continue
        run.events += 1
        violation, remediation = event.get("policyEvent"), event.get("policyRemediationEvent")
        if isinstance(violation, dict):
            _add_violation(run, violation, rules)
        if isinstance(remediation, dict):
            run.rewritten.append((str(remediation.get("policyName", "")), str(remediation.get("resourceUrn", ""))))
    run.violations = list(dict.fromkeys(run.violations))  # an update repeats the preview's findings
    return run


def _add_violation(run: Run, event: dict[str, object], rules: dict[str, Rule]) -> None:
    name, urn = str(event.get("policyName", "")), str(event.get("resourceUrn", ""))
    if not run.stack and urn.startswith("urn:pulumi:") and "::" in urn:
        stack, project, *_ = urn.removeprefix("urn:pulumi:").split("::")
        run.stack = f"{project}/{stack}"
    title, _, text = str(event.get("message", "")).strip().partition("\n")
    if event.get("policyPackName") == NAME and name in (SUMMARY.name, OWN_SETTINGS.name):
        _add_notice(run, name, text, urn)
        return
    problem, fix = sentences.read_finding(text)
    rule = rules.get(name) if event.get("policyPackName") == NAME else None
    severity = str(event.get("severity") or (rule.severity if rule else LOW).value).lower()
    controls, link = (rule.controls, rule.link) if rule else ((), "")
    level = str(event.get("enforcementLevel", ""))
    run.violations.append(Violation(name, urn, level, severity, title, problem or title, fix, controls, link))


def _add_notice(run: Run, name: str, text: str, urn: str) -> None:
    if waiting := sentences.read_waiting(text):
        run.waiting |= waiting
    elif name == OWN_SETTINGS.name or sentences.is_exempted(text):
        run.exemptions.append(text)
    else:
        run.notes.append(f"{urn.rpartition('::')[2]}: {text}" if urn else text)
