"""Mutants of a policy: each lacks one statement or one permission, or asks for another value in one condition."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

OTHER = "nobody"
INERT = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
INERT_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:SourceAccount": OTHER}},
}


@dataclass(frozen=True)
class Mutant:
    """A policy with one change."""

    policy: str
    """Name of the policy."""
    says: str
    """The change."""
    document: dict[str, Any]


def mutants(policy: str, document: dict[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a policy; statements that deny stay as they are, as without them nothing is refused."""
    for number, statement in enumerate(document["Statement"]):
        if statement["Effect"] == "Deny":
            continue
        place = f"statement {number}"
        yield _changed(policy, f"{place} is gone", document, number, None)
        actions = _listed(statement["Action"])
        for action in actions if len(actions) > 1 else []:
            without = {**statement, "Action": [each for each in actions if each != action]}
            yield _changed(policy, f"{place} lacks {action}", document, number, without)
        resources = _listed(statement.get("Resource", []))
        for resource in resources if len(resources) > 1 else []:
            without = {**statement, "Resource": [each for each in resources if each != resource]}
            yield _changed(policy, f"{place} lacks {resource}", document, number, without)
        for operator, keys in statement.get("Condition", {}).items():
            for key in keys:
                condition = copy.deepcopy(statement["Condition"])
                condition[operator][key] = OTHER
                yield _changed(
                    policy, f"{place} asks for another {key}", document, number, {**statement, "Condition": condition}
                )


def _changed(policy: str, says: str, document: dict[str, Any], number: int, statement: dict[str, Any] | None) -> Mutant:
    statements = list(document["Statement"])
    inert = INERT_TRUST if "Principal" in statements[number] else INERT  # IAM takes no policy without a statement
    statements[number] = statement or inert
    return Mutant(policy, says, {**document, "Statement": statements})


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
