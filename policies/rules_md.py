"""Writes RULES.md, the list of all rules, from the rules themselves: `python -m policies.rules_md`."""

import json
from pathlib import Path
from typing import Final

from policies.left_out import LEFT_OUT
from policies.registry import OFF, PROFILES, SERVICES, Rule, rules

RULES_MD: Final = Path(__file__).with_name("RULES.md")
HEADINGS: Final = {
    "ecs": "ECS services and clusters",
    "ecs_task_definition": "ECS task definitions",
    "ecs_task_host": "ECS tasks: host and size",
    "ecs_task_image": "ECS tasks: image",
    "ecr": "ECR",
    "sns": "SNS",
    "sqs": "SQS",
    "fan_out": "From topics to queues",
    "keys_of_messages": "Keys on the way of a message",
    "dead_letters": "Dead-letter queues",
    "tags": "Tags",
    "ec2": "EC2",
    "ec2_access": "EC2: access",
    "security_group": "Security groups",
    "security_group_scope": "Security groups: how much they open",
    "security_group_parts": "Security groups: their rules together",
    "vpc": "VPC",
    "lb": "Load balancers",
    "lb_listener": "Listeners",
    "eks": "EKS",
    "iam": "IAM policies",
    "iam_scope": "IAM policies on every resource",
    "iam_trust": "IAM roles: who may assume them",
    "iam_identity": "IAM users and AWS's own policies",
    "logs": "CloudWatch logs and alarms",
    "kms": "KMS",
    "service_paths": "From load balancers to containers",
    "network_paths": "From the internet to subnets",
    "task_roles": "Roles of tasks",
    "companions": "What belongs together",
    "unused": "What nothing uses",
    "hosts": "From the internet to rights and data",
    "consumers": "Consumers of queues, and what a task counts on",
    "program": "What a program tells Pulumi",
    "costs": "Costs",
}
INTRODUCTION: Final = """\
# Rules

Made from the rules by `python -m policies.rules_md`; edit the rules, not this file. A mandatory rule stops the
deployment, an advisory one is shown and lets it pass. Change either in a policy config, a JSON file that is checked when
the pack starts:

    pulumi preview --policy-pack policies --policy-pack-config policy-config.json

    {"ecr-scan-on-push": "mandatory", "log-group-retention": {"enforcementLevel": "mandatory", "minimumDays": 365}}

Profiles set the levels of all rules at once:

{profiles}

A check whose values are known only during `pulumi up` is counted in one advisory line, `all-checks-done`; so is a rule
that fails. Rules marked *graph* look at the whole stack; at `up` they run after everything is created, so run a preview
before it. `pulumi policy analyze --policy-pack policies` judges a deployed stack again, with every value known.
"""


def render(all_rules: list[Rule]) -> str:
    """The Markdown text: a table of all rules, then each rule by service."""
    profiles = "\n".join(f"- `{name}`: {meaning}." for name, meaning in PROFILES.items())
    lines = [
        INTRODUCTION.replace("{profiles}", profiles),
        "| rule | baseline | prod | severity | controls |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| [{rule.name}](#{rule.name}){' *graph*' if rule.of_stack else ''} | {_level(rule, 'baseline')} | {_level(rule, 'prod')} "
        f"| {rule.severity.value} | {', '.join(rule.controls)} |"
        for rule in all_rules
    ]
    for service in SERVICES:
        lines += ["", f"## {HEADINGS[service]}"]
        for rule in all_rules:
            if rule.service == service:
                lines += ["", *_section(rule)]
    lines += ["", "## Left out", "", "Rules that other tools have, and why this pack has not:", ""]
    lines += [f"- `{name}`: {reason}." for name, reason in sorted(LEFT_OUT.items())]
    return "\n".join(lines) + "\n"


def _level(rule: Rule, profile: str) -> str:
    level = rule.level_in(profile)
    return "off" if level is OFF else level.value


def _section(rule: Rule) -> list[str]:
    kinds = ", ".join(f"`{kind}`" for kind in rule.types) or "the whole stack"
    lines = [f"### {rule.name}", "", rule.title, ""]
    if rule.notes:
        lines += [" ".join(rule.notes.split()), ""]
    lines += [f"- Looks at: {kinds}", f"- Fix: {rule.fix}.", f"- Source: <{rule.link}>"]
    if rule.remedy:
        values = (f"`{path}` to `{json.dumps(value)}`" for path, value in rule.remedy.items())
        kept = f"; not on {', '.join(f'`{kind}`' for kind in rule.immutable)}" if rule.immutable else ""
        lines.append(f"- Level `remediate` sets: {', '.join(values)}{kept}")
    for name, schema in rule.settings.items():
        lines.append(f"- Setting `{name}` ({schema['type']}, default {schema['default']}): {schema['description']}")
    return lines


if __name__ == "__main__":
    RULES_MD.write_text(render(rules()))
