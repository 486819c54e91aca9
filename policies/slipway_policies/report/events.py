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
class Found:
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
    found: list[Found] = field(default_factory=list)
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
    run, known = Run(), {rule.name: rule for rule in all_rules()}
    for line in lines:
        try:
            event = json.loads(line) if line.lstrip().startswith("{") else None
        except ValueError:
            continue
        if not isinstance(event, dict) or "sequence" not in event:
            continue
        run.events += 1
        told, done = event.get("policyEvent"), event.get("policyRemediationEvent")
        if isinstance(told, dict):
            _violation(run, told, known)
        if isinstance(done, dict):
            run.rewritten.append((str(done.get("policyName", "")), str(done.get("resourceUrn", ""))))
    run.found = list(dict.fromkeys(run.found))  # an update tells of a preview's findings again
    return run


def _violation(run: Run, told: dict[str, object], known: dict[str, Rule]) -> None:
    name, urn = str(told.get("policyName", "")), str(told.get("resourceUrn", ""))
    if not run.stack and urn.startswith("urn:pulumi:") and "::" in urn:
        stack, project, *_ = urn.removeprefix("urn:pulumi:").split("::")
        run.stack = f"{project}/{stack}"
    title, _, text = str(told.get("message", "")).strip().partition("\n")
    if told.get("policyPackName") == NAME and name in (SUMMARY.name, OWN_SETTINGS.name):
        _own(run, name, text, urn)
        return
    problem, fix = sentences.read_finding(text)
    rule = known.get(name) if told.get("policyPackName") == NAME else None
    severity = str(told.get("severity") or (rule.severity if rule else LOW).value).lower()
    controls, link = (rule.controls, rule.link) if rule else ((), "")
    level = str(told.get("enforcementLevel", ""))
    run.found.append(Found(name, urn, level, severity, title, problem or title, fix, controls, link))


def _own(run: Run, name: str, text: str, urn: str) -> None:
    if waiting := sentences.read_waiting(text):
        run.waiting |= waiting
    elif name == OWN_SETTINGS.name or sentences.is_exempted(text):
        run.exemptions.append(text)
    else:
        run.notes.append(f"{urn.rpartition('::')[2]}: {text}" if urn else text)
