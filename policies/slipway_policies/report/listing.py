"""`slipway policies rules`: the rules of the pack, for people one a line, for programs as JSON."""

import argparse
import json

from slipway_policies.engine.registry import Rule
from slipway_policies.rules import all_rules


def main(arguments: list[str]) -> int:
    """Print the rules; returns the exit code."""
    parser = argparse.ArgumentParser(prog="slipway policies rules", description="List the rules of the pack.")
    parser.add_argument("--json", action="store_true", help="print a JSON list, with severity, fix and controls")
    if parser.parse_args(arguments).json:
        print(json.dumps([described(rule) for rule in all_rules()], indent=2))
        return 0
    rules = all_rules()
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        print(f"{rule.name:<{width}}  {rule.level.value:<9}  {rule.title}")
    return 0


def described(rule: Rule) -> dict[str, str | list[str]]:
    """The rule as plain data; `level` is its level in the profile baseline, `prod` in the profile prod."""
    return {
        "name": rule.name,
        "level": rule.level.value,
        "prod": rule.production.value,
        "severity": rule.severity.value,
        "title": rule.title,
        "fix": rule.fix,
        "controls": list(rule.controls),
        "link": rule.link,
    }
