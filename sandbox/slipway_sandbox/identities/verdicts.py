"""Asks the judge, and keeps what it refuses and what it cannot judge."""

import logging
from datetime import datetime

from slipway_sandbox.authorization.check import Call, NotJudged, Refusal
from slipway_sandbox.authorization.check import refusal_of as judged
from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.identities.denials import Denial, Denials

log = logging.getLogger(__name__)


def refusal_of(call: Call, principal: Principal, denials: Denials, now: datetime) -> Refusal | None:
    """The refusal of a call, kept among the denials; None for one that may go on."""
    try:
        verdict = judged(call, principal, denials.rights.add)
    except Exception:  # no call is refused by mistake
        log.exception("%s:%s", call.service, call.operation)
        verdict = NotJudged(f"{call.service}:{call.operation}", "the judge failed, and sandbox.log says how")
    if isinstance(verdict, NotJudged):
        denials.let_through(f"{verdict.operation}: {verdict.why}")
        return None
    if verdict is not None:
        denials.add(_denial(verdict, principal, now))
    return verdict


def _denial(refusal: Refusal, principal: Principal, now: datetime) -> Denial:
    return {
        "at": now.isoformat(timespec="seconds"),
        "times": 1,
        "principal": principal.arn,
        "action": refusal.request.action,
        "resource": refusal.request.resource,
        "code": refusal.code,
        "reason": refusal.message,
        "would_allow": [
            {"kind": str(remedy.kind), "statement": remedy.statement} for remedy in refusal.decision.would_allow
        ],
    }
