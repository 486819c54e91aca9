"""The pack's own settings: the profile, and exemptions from findings.

An exemption names a rule, a URN pattern, a reason, an owner and the date of its end.
"""

import datetime
import difflib
import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from slipway_policies.engine.registry import PROFILES, Rule, Schema
from slipway_policies.engine.resources import Configuration
from slipway_policies.engine.values import Plain

KEYS: Final = ("rule", "urn", "reason", "owner", "expires")
SCHEMA: Final[Mapping[str, Schema]] = {
    "profile": {
        "type": "string",
        "default": "baseline",
        "description": f"One of {', '.join(PROFILES)}.",
    },
    "keepBaseline": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "Rules that keep the level of the baseline under another profile.",
    },
    "exemptions": {
        "type": "array",
        "items": {"type": "object"},
        "default": [],
        "description": f"Findings that are not reported, each an object with {', '.join(KEYS)}.",
    },
}


@dataclass(frozen=True, slots=True)
class Exemption:
    """Hides a rule's findings on resources matching a URN pattern with `*` and `?`, through the day `expires`."""

    rule: str
    urn: str
    reason: str
    owner: str
    expires: datetime.date

    def covers(self, rule: str, urn: str) -> bool:
        """Whether the exemption applies to the rule and the resource."""
        pattern = fnmatch.translate(self.urn.replace("[", "[[]"))
        return rule == self.rule and re.fullmatch(pattern, urn) is not None

    def __str__(self) -> str:
        return f"{self.rule} on {self.urn} until {self.expires} ({self.owner}: {self.reason})"


@dataclass(frozen=True, slots=True)
class Settings:
    """The object `pack` of the policy config."""

    profile: str = "baseline"
    keep_baseline: frozenset[str] = frozenset()
    exemptions: tuple[Exemption, ...] = ()


def parse(given: Mapping[str, Plain], rules: Iterable[Rule]) -> tuple[Settings, list[str]]:
    """The settings, and a sentence for each mistake in them."""
    names = [rule.name for rule in rules]
    config = Configuration({name: schema["default"] for name, schema in SCHEMA.items()} | dict(given))
    profile, kept = config.text("profile"), config.texts("keepBaseline")
    wrong: list[str] = []
    if profile not in PROFILES:
        wrong.append(f"policy config: pack.profile must be one of {', '.join(PROFILES)}, got {profile!r}")
    wrong += [f"policy config: pack.keepBaseline: {_no_rule(name, names)}" for name in kept if name not in names]
    exemptions = []
    for index, entry in enumerate(config.objects("exemptions")):
        problems = list(_problems(entry, names))
        wrong += [f"policy config: pack.exemptions[{index}] {problem}" for problem in problems]
        if not problems:
            rule, urn, reason, owner, expires = (str(entry[key]) for key in KEYS)
            exemptions.append(Exemption(rule, urn, reason, owner, datetime.date.fromisoformat(expires)))
    return Settings(profile, frozenset(kept), tuple(exemptions)), wrong


def _problems(entry: Mapping[str, Plain], names: list[str]) -> Iterable[str]:
    unknown = [key for key in entry if key not in KEYS]
    missing = [key for key in KEYS if entry.get(key) is None or not str(entry[key]).strip()]
    texts = {key: value for key, value in entry.items() if isinstance(value, str)}
    no_text = [key for key in KEYS if key not in missing and key not in texts]
    if unknown:
        yield f"has no {', '.join(unknown)}; it has {', '.join(KEYS)}"
    if missing:
        yield f"lacks {', '.join(missing)}; say which rule and resources, why, who answers for it, and until when"
        return
    if no_text:
        yield f"needs text in {', '.join(no_text)}, in quotes"
        return
    if texts["rule"] not in names:
        yield _no_rule(texts["rule"], names)
    if _names_nothing(texts["urn"]):
        yield "is for every resource; name some in urn, such as *::api-lb, or set the rule to disabled"
    try:
        datetime.date.fromisoformat(texts["expires"])
    except ValueError:
        yield f"expires must be a date such as 2027-03-31, got {texts['expires']!r}"


def _names_nothing(urn: str) -> bool:
    """Whether the pattern leaves both type and name open: `*`, or all of a stack or project."""
    parts = urn.split("::")
    if urn.startswith("urn:"):
        parts = parts[2:] if len(parts) > 2 else parts[1:]
    return not any(part.strip("*?:") for part in parts)


def _no_rule(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"there is no rule {name!r}; " + (f"did you mean {close[0]!r}?" if close else "RULES.md lists them all")
