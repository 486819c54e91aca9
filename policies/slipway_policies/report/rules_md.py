"""Prints RULES.md, the list of all rules, made from the rules themselves; `make docs` writes it."""

import json
from typing import Final

from slipway_policies import rules as catalog
from slipway_policies.engine.registry import OFF, PROFILES, ResourceRule, Rule, StackRule
from slipway_policies.report.left_out import LEFT_OUT
from slipway_policies.rules import SUBJECTS, all_rules

INTRODUCTION: Final = """\
# Rules

`make docs` writes this file from the rules; edit the rules, not this file. A mandatory rule stops the deployment. An advisory
rule is shown and lets it pass. Change the level of a rule in a policy config, a JSON file:

    pulumi preview --policy-pack "$(slipway policies path)" --policy-pack-config policy-config.json

    {"ecr-scan-on-push": "mandatory", "log-group-retention": {"enforcementLevel": "mandatory", "minimumDays": 365}}

Profiles set the levels of all rules at once:

{profiles}

Some values are known only during `pulumi up`. One advisory line, `all-checks-done`, counts the checks of these values, and names
rules that failed. Rules marked *graph* look at the whole stack. During `up` they run after everything is created, so run a
preview before it. `pulumi policy analyze` judges a deployed stack again, with every value known.
"""


def render(rules: list[Rule]) -> str:
    """The Markdown text: a table of all rules, then each rule by service."""
    profiles = "\n".join(f"- `{name}`: {meaning}." for name, meaning in PROFILES.items())
    lines = [
        INTRODUCTION.replace("{profiles}", profiles),
        "| rule | baseline | prod | severity | controls |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| [{rule.name}](#{rule.name}){' *graph*' if isinstance(rule, StackRule) else ''} | {_level(rule, 'baseline')} | {_level(rule, 'prod')} "
        f"| {rule.severity.value} | {', '.join(rule.controls)} |"
        for rule in rules
    ]
    for subject, heading in SUBJECTS.items():
        lines += ["", f"## {heading}"]
        for rule in rules:
            if rule.module == f"{catalog.__name__}.{subject}":
                lines += ["", *_section(rule)]
    lines += ["", "## Left out", "", "Rules that other tools have, and why this pack has not:", ""]
    lines += [f"- `{name}`: {reason}." for name, reason in sorted(LEFT_OUT.items())]
    return "\n".join(lines) + "\n"


def _level(rule: Rule, profile: str) -> str:
    level = rule.level_in(profile)
    return "off" if level is OFF else level.value


def _section(rule: Rule) -> list[str]:
    types = [f"`{kind}`" for kind in rule.types] if isinstance(rule, ResourceRule) else ["the whole stack"]
    lines = [f"### {rule.name}", "", rule.title, ""]
    if rule.notes:
        lines += [" ".join(rule.notes.split()), ""]
    lines += [f"- Looks at: {', '.join(types)}", f"- Fix: {rule.fix}.", f"- Source: <{rule.link}>"]
    if rule.stands_for:
        general = ", ".join(f"[{name}](#{name})" for name in rule.stands_for)
        lines.append(f"- Where it finds something, these are silent: {general}")
    if isinstance(rule, ResourceRule) and rule.remedy:
        values = (f"`{path}` to `{json.dumps(value)}`" for path, value in rule.remedy.items())
        kept = f"; not on {', '.join(f'`{kind}`' for kind in rule.immutable)}" if rule.immutable else ""
        lines.append(f"- Level `remediate` sets: {', '.join(values)}{kept}")
    for name, schema in rule.settings.items():
        lines.append(f"- Setting `{name}` ({schema['type']}, default {schema['default']}): {schema['description']}")
    return lines


if __name__ == "__main__":
    print(render(all_rules()), end="")
