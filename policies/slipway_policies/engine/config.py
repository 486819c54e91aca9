"""Finds unknown names of rules and settings in a policy configuration; the engine ignores these.

Source: https://www.pulumi.com/docs/iac/crossguard/configuration/
"""

import difflib
from collections.abc import Iterable, Mapping

from slipway_policies.engine.registry import Rule


def problems(given: Mapping[str, Iterable[str]], known: Iterable[Rule], also: Mapping[str, Iterable[str]]) -> list[str]:
    """One sentence for each unknown name in `given`, a map of rule name to the names of its settings.

    `also` are further names with their settings, such as `all`.
    """
    settings: dict[str, list[str]] = {rule.name: sorted(rule.settings) for rule in known}
    settings |= {name: sorted(own) for name, own in also.items()}
    found = []
    for name in sorted(given):
        if name not in settings:
            found.append(f"policy config: there is no rule {name!r}; {_suggest(name, settings)}")
            continue
        for setting in sorted(given[name]):
            if setting not in settings[name]:
                advice = _suggest(setting, settings[name])
                found.append(f"policy config: rule {name!r} has no setting {setting!r}; {advice}")
    return found


def _suggest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return "it has none, only enforcementLevel"
    return f"it has {', '.join(names)}" if len(names) < 5 else "RULES.md lists them all"
