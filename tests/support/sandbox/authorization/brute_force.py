"""IAM's evaluation, read from its documentation a second time, as plainly as possible and slowly.

It shares no code with the judge: wildcards by recursion, no caches, no classes, each rule a line of its own.
"""

import json
from typing import Any

from slipway_sandbox.authorization.model import Policies, PolicyDocument, Principal, Request


def is_let_in(request: Request, policies: Policies) -> bool:
    """Whether the request is allowed."""
    principal = request.principal
    statements = {
        "identity": _statements(*policies.identity),
        "boundary": _statements(policies.boundary),
        "session": _statements(*(policies.session or ())),
        "resource": [each for each in _statements(policies.resource) if _level(each, principal) > 0],
    }
    for kind in statements.values():
        for statement in kind:
            if statement["Effect"] == "Deny" and _matches(statement, request):
                return False
    allowing = {
        kind: [each for each in found if each["Effect"] == "Allow" and _matches(each, request)]
        for kind, found in statements.items()
    }
    levels = [_level(each, principal) for each in allowing["resource"]]
    if principal.kind == "service":
        return bool(levels)
    same_account = principal.account_id == request.resource_account_id
    if same_account and 3 in levels:
        return True
    inside_boundary = policies.boundary is None or bool(allowing["boundary"])
    inside_session = policies.session is None or bool(allowing["session"])
    by_identity = bool(allowing["identity"]) and inside_boundary and inside_session
    if same_account:
        return by_identity or (2 in levels and inside_boundary and inside_session)
    return by_identity and bool(levels)


def _statements(*documents: PolicyDocument | None) -> list[Any]:
    return [statement for document in documents if document for statement in json.loads(document.text)["Statement"]]


def _level(statement: Any, principal: Principal) -> int:
    """3: the principal itself, 2: its role, 1: its account, 0: somebody else."""
    names = statement["Principal"]
    if names == "*":
        return 3
    if principal.kind == "service":
        return 3 if principal.arn in names.get("Service", []) else 0
    listed = names.get("AWS", [])
    if principal.arn in listed:
        return 3
    if principal.role_arn and principal.role_arn in listed:
        return 2
    return 1 if f"arn:aws:iam::{principal.account_id}:root" in listed else 0


def _matches(statement: Any, request: Request) -> bool:
    action = request.action.lower()
    if "Action" in statement and not any(_glob(text.lower(), action) for text in statement["Action"]):
        return False
    if "NotAction" in statement and any(_glob(text.lower(), action) for text in statement["NotAction"]):
        return False
    if "Resource" in statement and not any(_glob(text, request.resource) for text in statement["Resource"]):
        return False
    if "NotResource" in statement and any(_glob(text, request.resource) for text in statement["NotResource"]):
        return False
    for operator, keys in statement.get("Condition", {}).items():
        for key, wanted in keys.items():
            if not _holds(operator, wanted, request.context.get(key.lower())):
                return False
    return True


def _holds(operator: str, wanted: list[str], actual: tuple[str, ...] | None) -> bool:
    one = actual[0] if actual is not None and len(actual) == 1 else None
    every = actual or ()
    answers = {
        "Null": (actual is None) == (wanted == ["true"]),
        "ForAllValues:StringEquals": all(value in wanted for value in every),
        "ForAnyValue:StringLike": any(_glob(text, value) for text in wanted for value in every),
        "StringEqualsIfExists": actual is None or one in wanted,
        "StringNotEquals": actual is None or (one is not None and one not in wanted),
        "StringEquals": one in wanted,
        "StringLike": one is not None and any(_glob(text, one) for text in wanted),
    }
    return answers[operator]


def _glob(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _glob(pattern[1:], text) or (bool(text) and _glob(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and _glob(pattern[1:], text[1:])
