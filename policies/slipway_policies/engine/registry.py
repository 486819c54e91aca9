"""Rules as pure functions: the declaration of a rule, and the outcomes of its function.

@rule("aws:ecr/repository:Repository", level=ADVISORY, severity=HIGH, link=GUIDE, fix="set scanOnPush to true")
def ecr_scan_on_push(repository: Resource) -> Outcomes:
    \"""ECR repositories scan each image at push.\"""
    scanning = repository["imageScanningConfiguration"]["scanOnPush"]
    yield from deny(scanning, not scanning.true, "is not true")
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NotRequired, TypedDict, Unpack

from pulumi_policy import EnforcementLevel, Severity

from slipway_policies.engine.graph import Graph
from slipway_policies.engine.resources import Configuration, Resource
from slipway_policies.engine.values import Plain, Value

ADVISORY, MANDATORY = EnforcementLevel.ADVISORY, EnforcementLevel.MANDATORY
OFF = EnforcementLevel.DISABLED
LOW, MEDIUM, HIGH, CRITICAL = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL

PROFILES: Final = {
    "baseline": "each rule at its level in the column baseline of the table; the default",
    "prod": "each rule at its level in the column prod: for stacks in production",
    "cis": "the rules of CIS AWS Foundations v7.0.0, at least advisory; all others are off",
    "fsbp": "the rules of AWS Foundational Security Best Practices, at least advisory; all others are off",
}
Schema = Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation: the property at fault and the problem, never with the property's value."""

    path: str
    """One place, or several with commas between them."""
    problem: str
    urn: str = ""

    @property
    def places(self) -> frozenset[str]:
        """Each place of the path.

        >>> sorted(Finding("ingress[0].cidrBlocks[0], ingress[0].ipv6CidrBlocks[0]", "").places)
        ['ingress[0].cidrBlocks[0]', 'ingress[0].ipv6CidrBlocks[0]']
        """
        return frozenset(self.path.split(", "))


@dataclass(frozen=True, slots=True)
class Deferred:
    """A check waiting for `pulumi up`: the value at `path` is not known yet."""

    path: str
    urn: str = ""


Outcomes = Iterator[Finding | Deferred]


class Declaration(TypedDict):
    """The arguments of the decorator of a rule."""

    level: EnforcementLevel
    """In the profile `baseline`."""
    production: NotRequired[EnforcementLevel]
    """In the profile `prod`. Default: `level`."""
    severity: Severity
    controls: NotRequired[tuple[str, ...]]
    """Controls of frameworks, such as `FSBP ECS.2`. Default: none."""
    link: str
    """Page of AWS's documentation."""
    fix: str
    """The change to make, as the end of a sentence."""
    settings: NotRequired[Mapping[str, Schema]]
    """JSON schema of each setting of the rule, with a default and a description. Default: no settings."""
    remedy: NotRequired[Mapping[str, Plain]]
    """Path to its value under the level `remediate`; never a property with replacement on change."""
    immutable: NotRequired[tuple[str, ...]]
    """Types of the rule without `remedy`, because every change replaces these resources."""
    stands_for: NotRequired[tuple[str, ...]]
    """More general rules, silent at the places of this rule's findings. Default: none."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. Its function's name gives `name`; the docstring's first line `title`, the rest `notes`."""

    name: str
    title: str
    notes: str
    module: str
    level: EnforcementLevel
    production: EnforcementLevel
    severity: Severity
    controls: tuple[str, ...]
    link: str
    fix: str
    settings: Mapping[str, Schema] = field(default_factory=dict)
    stands_for: tuple[str, ...] = ()

    def level_in(self, profile: str) -> EnforcementLevel:
        """The rule's level in one of PROFILES."""
        if profile == "baseline":
            return self.level
        if profile == "prod":
            return self.production
        if not any(control.lower().startswith(f"{profile} ") for control in self.controls):
            return OFF
        return ADVISORY if self.production is OFF else self.production

    def configuration(self, given: Mapping[str, Plain]) -> Configuration:
        """The rule's settings: as given, else their defaults."""
        return Configuration({name: schema["default"] for name, schema in self.settings.items()} | dict(given))


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """A rule over one resource of its `types`."""

    types: tuple[str, ...]
    check: Callable[[Resource], Outcomes]
    remedy: Mapping[str, Plain] = field(default_factory=dict)
    immutable: tuple[str, ...] = ()

    def mends(self, kind: str) -> bool:
        """Whether the level `remediate` rewrites resources of this type."""
        return bool(self.remedy) and kind not in self.immutable


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """A rule over the graph of all resources of a stack."""

    check: Callable[[Graph], Outcomes]


ResourceCheck = Callable[[Resource], Outcomes]
StackCheck = Callable[[Graph], Outcomes]
_RULES: dict[str, Rule] = {}


def rule(*types: str, **declaration: Unpack[Declaration]) -> Callable[[ResourceCheck], ResourceCheck]:
    """Registers a rule over each resource of these types."""

    def register(check: ResourceCheck) -> ResourceCheck:
        remedy, immutable = declaration.get("remedy", {}), declaration.get("immutable", ())
        described = _described(check, declaration)
        _add(ResourceRule(types=types, check=check, remedy=remedy, immutable=immutable, **described))
        return check

    return register


def stack_rule(**declaration: Unpack[Declaration]) -> Callable[[StackCheck], StackCheck]:
    """Registers a rule over the graph of the stack."""

    def register(check: StackCheck) -> StackCheck:
        _add(StackRule(check=check, **_described(check, declaration)))
        return check

    return register


class _Description(TypedDict):
    """The common fields of all rules."""

    name: str
    title: str
    notes: str
    module: str
    level: EnforcementLevel
    production: EnforcementLevel
    severity: Severity
    controls: tuple[str, ...]
    link: str
    fix: str
    settings: Mapping[str, Schema]
    stands_for: tuple[str, ...]


def _described(check: ResourceCheck | StackCheck, declaration: Declaration) -> _Description:
    title, _, notes = (inspect.getdoc(check) or "").partition("\n")
    return {
        "name": check.__name__.replace("_", "-"),
        "title": title,
        "notes": notes.strip(),
        "module": check.__module__,
        "level": declaration["level"],
        "production": declaration.get("production", declaration["level"]),
        "severity": declaration["severity"],
        "controls": declaration.get("controls", ()),
        "link": declaration["link"],
        "fix": declaration["fix"],
        "settings": declaration.get("settings", {}),
        "stands_for": declaration.get("stands_for", ()),
    }


def _add(new: Rule) -> None:
    if new.name in _RULES:
        raise ValueError(f"two rules are named {new.name}")
    _RULES[new.name] = new


def registered() -> list[Rule]:
    """The rules of all imported modules, in the order of import and of their source."""
    return list(_RULES.values())


def deny(value: Value, broken: bool, problem: str) -> Outcomes:
    """A finding when the value is `broken`; deferred while it is unknown."""
    if value.unknown:
        yield Deferred(value.path)
    elif broken:
        yield Finding(value.path, problem)
