"""Condition keys about organizations. An account without one has none of them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
"""

from collections.abc import Iterator
from typing import Any

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.context import Context
from slipway_sandbox.authorization.model import Request

KEYS = frozenset({"aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:resourceorgpaths"})


def organization_keys(request: Request) -> Context:
    """The keys of the principal's and of the resource's account."""
    return {
        **_of_account("principal", request.principal.account_id),
        **_of_account("resource", request.resource_account_id),
    }


def _of_account(side: str, account_id: str) -> Context:
    backend = cloud.organization(account_id)
    if backend is None:
        return {}
    parents: dict[str, Any] = {unit.id: unit for unit in (*backend.accounts, *backend.ou)}
    path = "/".join([backend.org.id, *reversed(list(_ancestors(account_id, parents)))])
    return {f"aws:{side}orgid": (backend.org.id,), f"aws:{side}orgpaths": (f"{path}/",)}


def _ancestors(unit_id: str, units: dict[str, Any]) -> Iterator[str]:
    """The units above an account, the root last."""
    unit = units.get(unit_id)
    while unit is not None and (parent := getattr(unit, "parent_id", None)):
        yield parent
        unit = units.get(parent)
