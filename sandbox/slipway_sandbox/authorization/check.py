"""Whether the sandbox's cloud lets a call in."""

from collections.abc import Callable
from dataclasses import replace

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.calls import requests_of
from slipway_sandbox.authorization.judge import judge
from slipway_sandbox.authorization.model import Call, Decision, NotJudged, Policies, Principal, Request
from slipway_sandbox.authorization.organizations import KEYS, organization_keys
from slipway_sandbox.authorization.policies import policies_of
from slipway_sandbox.authorization.refusals import Refusal, refusal
from slipway_sandbox.authorization.tags import FAMILIES, tags_of

__all__ = ["Call", "NotJudged", "Refusal", "refusal_of"]


def refusal_of(
    call: Call, principal: Principal, note: Callable[[Request], object] = lambda _: None
) -> Refusal | NotJudged | None:
    """AWS's error for a call that the policies deny. None: they let it in; NotJudged: the sandbox cannot tell.

    `note` is told of every action on a resource that the call needs.
    """
    requests = requests_of(call, principal)
    if isinstance(requests, NotJudged):
        return requests
    doubts: set[str] = set()
    for request in requests:
        note(request)
        try:
            policies = policies_of(request)
            decision = judge(request, policies)
            if decision.doubts:
                request, decision = _without_doubts(request, policies, decision)  # noqa: PLW2901  with the resource's tags
        except ValueError:
            return NotJudged(f"{request.action}", "a policy is no JSON")
        if not decision.is_allowed and not _has_grant(request, decision):
            return refusal(call, request, decision)
        doubts |= decision.doubts
    if doubts:
        return NotJudged(requests[0].action, f"its policies ask for {', '.join(sorted(doubts))}")
    return None


def _has_grant(request: Request, decision: Decision) -> bool:
    """Whether a grant of a KMS key makes up for what its policies lack. A grant's constraints are not read."""
    is_explicit = decision.reason is not None and decision.reason.is_explicit
    prefix, _, operation = request.action.partition(":")
    if is_explicit or prefix != "kms" or ":key/" not in request.resource:
        return False
    key = cloud.kms_key(request.resource, request.resource_account_id, request.resource.split(":")[3])
    names = (request.principal.arn, request.principal.role_arn)
    grants = key.grants.values() if key else ()
    return any(grant.grantee_principal in names and operation in grant.operations for grant in grants)


def _without_doubts(request: Request, policies: Policies, decision: Decision) -> tuple[Request, Decision]:
    """The decision with the tags of the resource and with organizations, which are looked up only when a policy asks for them."""
    if decision.doubts & KEYS:
        context = {**request.context, **organization_keys(request)}
        request = replace(request, context=context, unknown_keys=request.unknown_keys - KEYS)
        decision = judge(request, policies)
    if any(key.startswith(FAMILIES) for key in decision.doubts):
        tags = tags_of(request.resource, request.resource_account_id) if request.is_resource_known else None
        if tags is not None:
            service = request.action.partition(":")[0]
            named = {
                f"{prefix}:resourcetag/{key.lower()}": (value,)
                for key, value in tags.items()
                for prefix in ("aws", service)
            }
            request = replace(
                request,
                context={**request.context, **named},
                unknown_keys=request.unknown_keys.difference(
                    family for family in request.unknown_keys if family.endswith(":resourcetag/")
                ),
            )
            decision = judge(request, policies)
    return request, decision
