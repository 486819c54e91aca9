"""Writes RULES.md, the list of all rules, from the rules themselves: `python -m policies.rules_md`."""

from pathlib import Path
from typing import Final

from policies.registry import SERVICES, Rule, rules

RULES_MD: Final = Path(__file__).with_name("RULES.md")
HEADINGS: Final = {
    "ecs": "ECS services and clusters",
    "ecs_task_definition": "ECS task definitions",
    "ecr": "ECR",
    "sns": "SNS",
    "sqs": "SQS",
    "ec2": "EC2",
    "security_group": "Security groups",
    "logs": "CloudWatch logs",
    "iam": "IAM",
}
INTRODUCTION: Final = """\
# Rules

Made from the rules by `python -m policies.rules_md`; edit the rules, not this file. A mandatory rule stops the
deployment, an advisory one is shown and lets it pass. Change either in a policy config, a JSON file that is checked when
the pack starts:

    pulumi preview --policy-pack policies --policy-pack-config policy-config.json

    {"ecr-scan-on-push": "mandatory", "log-group-retention": {"enforcementLevel": "mandatory", "minimumDays": 365}}

A check whose values are known only during `pulumi up` is counted in one advisory line, `all-checks-done`; so is a rule
that fails. Rules marked *graph* look at the whole stack; at `up` they run after everything is created, so run a preview
before it. `pulumi policy analyze --policy-pack policies` judges a deployed stack again, with every value known.
"""


def render(all_rules: list[Rule]) -> str:
    """The Markdown text: a table of all rules, then each rule by service."""
    lines = [INTRODUCTION, "| rule | level | severity | controls |", "| --- | --- | --- | --- |"]
    lines += [
        f"| [{rule.name}](#{rule.name}) | {_level(rule)} | {rule.severity.value} | {', '.join(rule.controls)} |"
        for rule in all_rules
    ]
    for service in SERVICES:
        lines += ["", f"## {HEADINGS[service]}"]
        for rule in all_rules:
            if rule.service == service:
                lines += ["", *_section(rule)]
    return "\n".join(lines) + "\n"


def _level(rule: Rule) -> str:
    return f"{rule.level.value}, graph" if rule.of_stack else rule.level.value


def _section(rule: Rule) -> list[str]:
    kinds = ", ".join(f"`{kind}`" for kind in rule.types) or "the whole stack"
    lines = [f"### {rule.name}", "", rule.title, ""]
    if rule.notes:
        lines += [" ".join(rule.notes.split()), ""]
    lines += [f"- Looks at: {kinds}", f"- Fix: {rule.fix}.", f"- Source: <{rule.link}>"]
    for name, schema in rule.settings.items():
        lines.append(f"- Setting `{name}` ({schema['type']}, default {schema['default']}): {schema['description']}")
    return lines


if __name__ == "__main__":
    RULES_MD.write_text(render(rules()))
