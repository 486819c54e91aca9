"""The Principal element of a resource's policy.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from enum import IntEnum

from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.documents import Json, as_object, texts

OUTSIDE = ("service", "federated")
"""Principals without policies of their own: the resource's policy alone decides."""


class Naming(IntEnum):
    """How closely a statement names a principal."""

    NOBODY = 0
    ACCOUNT = 1
    """Its account: the identity's own policies decide."""
    ROLE = 2
    """The role of a session, or the user behind a federated user: boundary and session policies still limit it."""
    DIRECT = 3
    """The user, session or service itself, or everybody."""


def naming(element: Json, principal: Principal) -> Naming:
    """How the Principal element names a principal."""
    if element == "*":
        return Naming.DIRECT
    kinds = as_object(element)
    if principal.kind == "federated":
        return Naming.DIRECT if not {"*", principal.arn}.isdisjoint(texts(kinds.get("Federated"))) else Naming.NOBODY
    if principal.kind == "service":
        services = texts(kinds.get("Service"))
        names = {"*", principal.arn, *principal.aliases}
        is_named = not names.isdisjoint(services) or "*" in texts(kinds.get("AWS"))
        return Naming.DIRECT if is_named else Naming.NOBODY
    return max((_naming(text, principal) for text in texts(kinds.get("AWS"))), default=Naming.NOBODY)


def is_exempt(element: Json, principal: Principal, *, has_boundary: bool) -> bool:
    """Whether the NotPrincipal element leaves a principal out.

    It must list the account, too; a principal with a permissions boundary is never left out.
    """
    if element == "*":
        return True
    if principal.kind in OUTSIDE:
        return naming(element, principal) is Naming.DIRECT
    levels = {_naming(text, principal) for text in texts(as_object(element).get("AWS"))}
    if principal.kind == "root":
        return Naming.DIRECT in levels
    return not has_boundary and Naming.ACCOUNT in levels and bool(levels & {Naming.ROLE, Naming.DIRECT})


def _naming(text: str, principal: Principal) -> Naming:
    if text in ("*", principal.arn):
        return Naming.DIRECT
    if text and text in (principal.role_arn, principal.user_arn):
        return Naming.ROLE
    if text in (principal.account_id, _root(principal)):
        return Naming.DIRECT if principal.kind == "root" else Naming.ACCOUNT
    unique_id = principal.user_id.partition(":")[0]  # AWS shows it for a principal that was deleted
    if unique_id and text == unique_id:
        return Naming.ROLE if principal.kind == "role" else Naming.DIRECT
    return Naming.NOBODY


def _root(principal: Principal) -> str:
    partition = principal.arn.split(":")[1] if principal.arn.startswith("arn:") else "aws"
    return f"arn:{partition}:iam::{principal.account_id}:root"
