"""Stands before moto: finds who calls, and refuses whoever may not do what the call does.

The administrator is not judged: the sandbox is its own. What decides is who it becomes, so AssumeRole is judged for it, too.
"""

import contextlib
import http
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from slipway_sandbox.authorization.model import Call, Principal
from slipway_sandbox.corrections.sts.callers import CalledBy, Caller
from slipway_sandbox.identities.accounts import open_member_account
from slipway_sandbox.identities.answers import LONGEST_SKEW, Error, rejected, untimely, url_is_over
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.identities.principals import ADMINISTRATOR, Principals, Rejection
from slipway_sandbox.identities.reading.incoming import Incoming, incoming, service_of
from slipway_sandbox.identities.reading.signatures import Signature, is_over, signature_of, skew_of
from slipway_sandbox.identities.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIEnvironment

    from slipway_sandbox.authorization.check import Refusal

ASSUME_ROLE = "AssumeRole"
NOT_BY_SESSIONS = ("GetFederationToken", "GetSessionToken")
DEFAULT_REGION = "us-east-1"  # of calls whose signature names no region


class Guard:
    """Knows who calls, and keeps the denials."""

    def __init__(self, sessions: Sessions, denials: Denials) -> None:
        self._principals, self._denials = Principals(sessions), denials

    def examine(self, environ: "WSGIEnvironment", operation: str) -> Principal | Error | None:
        """The caller of a request that may go on, None for one without a signature; the error for any other.

        `operation` is the operation's name, where the request tells it outright.
        """
        signature = signature_of(environ)
        if signature is None:
            return None
        principal = self._principals.of(signature)
        if isinstance(principal, Rejection):
            return rejected(service_of(environ, signature), principal)
        if late := self._untimely(environ, signature):
            return late
        if signature.token and operation in NOT_BY_SESSIONS:
            sentence = f"Cannot call {operation} with session credentials"
            return Error("sts", "AccessDenied", sentence, http.HTTPStatus.FORBIDDEN)
        if principal is ADMINISTRATOR and operation != ASSUME_ROLE:
            return principal
        return self._refusal(environ, signature, principal) or principal

    def admit(self, signature: Signature, operation: str, parameters: Mapping[str, object]) -> Principal | Error:
        """The caller of a call of the provider, which is no request; the error for one that may not go on.

        The signature's service has botocore's name.
        """
        principal = self._principals.of(signature)
        if isinstance(principal, Rejection):
            return rejected(signature.service, principal)
        if principal is ADMINISTRATOR and operation != ASSUME_ROLE:
            return principal
        return self._error(Incoming(signature.service, operation, dict(parameters)), signature, principal) or principal

    def _untimely(self, environ: "WSGIEnvironment", signature: Signature) -> Error | None:
        """The error for a request whose time has passed."""
        now = datetime.now(UTC)
        if environ.get("QUERY_STRING") and is_over(environ, now):
            return url_is_over(service_of(environ, signature))
        skew = skew_of(environ, now)
        return untimely(service_of(environ, signature), skew, now) if abs(skew) > LONGEST_SKEW else None

    def _refusal(self, environ: "WSGIEnvironment", signature: Signature, principal: Principal) -> Error | None:
        request = incoming(environ, signature)
        if not isinstance(request, Incoming):
            self._denials.let_through(f"{request}: the request has no operation of this service")
            return None
        return self._error(request, signature, principal)

    def _error(self, request: Incoming, signature: Signature, principal: Principal) -> Error | None:
        """AWS's error for a call that is refused."""
        if request.operation == ASSUME_ROLE:
            open_member_account(str(request.parameters.get("RoleArn", "")), principal)
        region = signature.region or DEFAULT_REGION
        call = Call(request.service, request.operation, request.parameters, region, principal.account_id)
        refusal = _judge()(call, principal, self._denials, datetime.now(UTC))
        return Error(refusal.service, refusal.code, refusal.message, refusal.status) if refusal else None


@cache
def _judge() -> "Callable[[Call, Principal, Denials, datetime], Refusal | None]":
    from slipway_sandbox.identities.verdicts import refusal_of  # noqa: PLC0415 - its tables; a cloud without tasks needs none

    return refusal_of


def acting(principal: Principal | None) -> contextlib.AbstractContextManager[None]:
    """Tells moto who calls, for the requests that it answers meanwhile."""
    if principal is None:
        return contextlib.nullcontext()
    return CalledBy(Caller(principal.user_id, principal.arn, principal.account_id, has_role=principal.kind == "role"))
