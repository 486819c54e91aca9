"""What a call needs: actions on resources.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from functools import lru_cache

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.actions.table import PREFIXES, Action, action, actions
from slipway_sandbox.authorization.context import context_of, unknown_keys
from slipway_sandbox.authorization.dependents import Need, may_need_more, needs_of
from slipway_sandbox.authorization.evaluation.later import Later
from slipway_sandbox.authorization.model import Call, NotJudged, Principal, Request
from slipway_sandbox.authorization.operations import FREE, OPERATIONS
from slipway_sandbox.authorization.targets import Target, targets_of

NO_KEYS = frozenset[str]()  # a token tells all that a policy may ask of it

__all__ = ["Call", "NotJudged", "requests_of"]


def requests_of(call: Call, principal: Principal) -> list[Request] | NotJudged:
    """The actions and resources that AWS would judge for a call; empty for a call that everybody may make."""
    prefix = PREFIXES.get(call.service, call.service)
    if (prefix, call.operation) in FREE and principal.kind != "federated":
        return []
    choice = OPERATIONS.get((prefix, call.operation), call.operation)
    rows = _rows(prefix, tuple(choice(call)) if callable(choice) else choice)
    if not rows:
        why = (
            "its action is not in the sandbox's table"
            if actions(prefix)
            else "the sandbox has no table of this service"
        )
        return NotJudged(f"{prefix}:{call.operation}", why)
    requests = [_request(call, principal, row, target) for row in rows for target in targets_of(call, row)]
    if may_need_more(call.service, call.operation):
        requests += [request for need in needs_of(call, principal) if (request := _request_of_need(call, need))]
    return requests


@lru_cache(maxsize=4096)
def _rows(prefix: str, names: str | tuple[str, ...]) -> tuple[Action, ...]:
    """The actions of these names; none where the table lacks one."""
    rows = [action(prefix, name) for name in ([names] if isinstance(names, str) else names)]
    found = tuple(row for row in rows if row is not None)
    return found if len(found) == len(rows) else ()


def _request(call: Call, principal: Principal, row: Action, target: Target) -> Request:
    account_id = _account_of(target.arn, call)
    return Request(
        principal,
        row.name,
        target.arn,
        account_id,
        Later(lambda: context_of(call, principal, account_id), call.context),
        unknown_keys(row) if principal.kind != "federated" else NO_KEYS,
        target.is_known,
        target.shown,
    )


def _request_of_need(call: Call, need: Need) -> Request | None:
    row = action(*need.action.split(":"))
    if row is None:
        return None
    account_id = _account_of(need.resource, call)
    service, _, operation = need.action.partition(":")
    source = call.context if need.principal.kind == "service" else {}  # a service tells KMS for whom it acts
    bare = Call(service, operation, {}, call.region, call.account_id, context=source)
    given = {**source, **need.context}
    context = Later(lambda: {**context_of(bare, need.principal, account_id), **need.context}, given)
    unknown = unknown_keys(row) | need.unknown_keys
    return Request(need.principal, row.name, need.resource, account_id, context, unknown, need.is_resource_known)


def _account_of(arn: str, call: Call) -> str:
    """The account that owns a resource: the one in its ARN, a bucket's owner, else the account of the call."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[4].isdecimal():
        return parts[4]
    if arn.startswith("arn:aws:s3:::"):
        bucket = cloud.bucket(parts[5].partition("/")[0])
        return str(bucket.account_id) if bucket else call.account_id
    return call.account_id
