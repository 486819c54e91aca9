"""Rules as pure functions: what a rule declares beside its function, and what a rule yields."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pulumi_policy import EnforcementLevel, Severity

from slipway_policies.engine.graph import Graph
from slipway_policies.engine.values import Resource, Value, thaw

ADVISORY, MANDATORY = EnforcementLevel.ADVISORY, EnforcementLevel.MANDATORY
OFF = EnforcementLevel.DISABLED
LOW, MEDIUM, HIGH, CRITICAL = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL

PROFILES: Final = {
    "baseline": "each rule at its level of the table's first column; this is what you get without a configuration",
    "prod": "each rule at its level of the second column: what a stack that customers use should hold",
    "cis": "the rules that CIS AWS Foundations v7.0.0 asks for, advisory at least; all others are off",
    "fsbp": "the rules that AWS Foundational Security Best Practices asks for, advisory at least; all others are off",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation: the property at fault and what is wrong there, never with the property's value."""

    path: str
    problem: str
    urn: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """A check that waits for `pulumi up`, since the value at `path` is not known yet."""

    path: str
    urn: str = ""


Outcomes = Iterator[Finding | Deferred]


@dataclass(frozen=True)
class Rule:
    """One rule. Its function's name gives `name`; the docstring's first line `title`, the rest `notes`."""

    name: str
    title: str
    notes: str
    module: str
    types: tuple[str, ...]
    level: EnforcementLevel
    production: EnforcementLevel
    severity: Severity
    controls: tuple[str, ...]
    link: str
    fix: str
    check: Callable[[Any], Outcomes]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    remedy: Mapping[str, Any] = field(default_factory=dict)
    """Path to the value that the level `remediate` sets there; never of a property whose change replaces."""
    immutable: tuple[str, ...] = ()
    """Those of `types` whose every change replaces, so that `remedy` is not for them."""

    @property
    def of_stack(self) -> bool:
        """Whether the rule looks at the graph of all resources rather than at one resource."""
        return not self.types

    def mends(self, kind: str) -> bool:
        """Whether the level `remediate` rewrites resources of this type."""
        return bool(self.remedy) and kind not in self.immutable

    def level_in(self, profile: str) -> EnforcementLevel:
        """The level that one of PROFILES gives the rule."""
        if profile == "baseline":
            return self.level
        if profile == "prod":
            return self.production
        if not any(control.lower().startswith(f"{profile} ") for control in self.controls):
            return OFF
        return ADVISORY if self.production is OFF else self.production

    def configuration(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The rule's settings: as given, else their defaults."""
        return {name: schema["default"] for name, schema in self.settings.items()} | thaw(given)


Subject = TypeVar("Subject", Resource, Graph)
_RULES: dict[str, Rule] = {}


def rule(
    *types: str,
    level: EnforcementLevel,
    production: EnforcementLevel | None = None,
    severity: Severity,
    controls: tuple[str, ...] = (),
    link: str,
    fix: str,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    remedy: Mapping[str, Any] | None = None,
    immutable: tuple[str, ...] = (),
) -> Callable[[Callable[[Subject], Outcomes]], Callable[[Subject], Outcomes]]:
    """Registers a rule over resources of `types`; without types, over the stack's graph.

    `level` holds in the baseline, `production` in the profile for production; it is the same where none is given.
    `remedy` is what the level `remediate` sets where the rule finds something, save on `immutable` types. `settings` are JSON schemas of the rule's own configuration, each with a default and a description.
    """

    def register(check: Callable[[Subject], Outcomes]) -> Callable[[Subject], Outcomes]:
        name = check.__name__.replace("_", "-")
        if name in _RULES:
            raise ValueError(f"two rules are named {name}")
        title, _, notes = inspect.getdoc(check).partition("\n")  # type: ignore[union-attr]  # a test wants a docstring
        _RULES[name] = Rule(
            name,
            title,
            notes.strip(),
            check.__module__,
            types,
            level,
            production or level,
            severity,
            controls,
            link,
            fix,
            check,
            settings or {},
            remedy or {},
            immutable,
        )
        return check

    return register


def registered() -> list[Rule]:
    """The rules of all modules that are imported so far, in the order of their import and of their source."""
    return list(_RULES.values())


def deny(value: Value, broken: bool, problem: str) -> Outcomes:
    """A finding when the value is `broken`; deferred while it is unknown."""
    if value.unknown:
        yield Deferred(value.path)
    elif broken:
        yield Finding(value.path, problem)
