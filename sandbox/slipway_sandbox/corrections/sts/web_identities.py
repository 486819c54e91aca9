"""STS: AssumeRoleWithWebIdentity, by which GitHub's workflows and pods of EKS become a role.

The provider's keys are in its network, so nobody can tell here who signed a token. All else is checked.
Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from typing import cast

from moto.core import errors
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts.responses import TokenResponse

from slipway_sandbox.authorization.model import Call, Principal
from slipway_sandbox.corrections._decorator import corrects, sets
from slipway_sandbox.corrections.policies import asking
from slipway_sandbox.corrections.sts.roles import remember_session, require_session
from slipway_sandbox.documents import Document, as_text, texts

OPERATION = "AssumeRoleWithWebIdentity"
BUILT_IN = ("accounts.google.com", "cognito-identity.amazonaws.com")  # need no provider in IAM
PARTS_OF_TOKEN = 3


sets(
    errors,
    "COMMON_ERROR_CODES",
    [*errors.COMMON_ERROR_CODES, "AccessDenied"],
    why="moto's models of errors lack AccessDenied; STS answers it, as every service of AWS does.",
)


class InvalidIdentityTokenException(ServiceException):
    """A token that STS does not take."""

    code = "InvalidIdentityToken"


class ExpiredTokenException(ServiceException):
    """A token whose time has passed."""

    code = "ExpiredTokenException"


class AccessDeniedException(ServiceException):
    """The role's trust policy does not let the token in."""

    code = "AccessDenied"


@corrects(
    TokenResponse.assume_role_with_web_identity,
    why="moto takes any text as a token, for any role; STS asks for a provider of the account, its audience, a time and the role's trust.",
)
def assume_role_with_web_identity(
    original: Callable[[TokenResponse], ActionResult], self: TokenResponse
) -> ActionResult:
    require_session(self)
    role_arn = str(self._get_param("RoleArn", ""))
    if self._get_param("ProviderId"):  # an opaque token of Facebook or Amazon, which only they can read
        answer = original(self)
        remember_session(self, answer)
        return answer
    claims = _claims(str(self._get_param("WebIdentityToken", "")))
    account = (role_arn.split(":") + [""] * 5)[4]
    provider, audience = _provider(claims, account)
    _require_trust(self, claims, Principal(provider, account, "federated"), audience)
    answer = original(self)
    session = remember_session(self, answer)
    result = cast(dict[str, object], answer.result)
    result |= {"Audience": audience, "Provider": provider, "SubjectFromWebIdentityToken": as_text(claims.get("sub"))}
    result["AssumedRoleUser"] = {"AssumedRoleId": session.user_id, "Arn": session.arn}
    return answer


def _claims(token: str) -> Document:
    """What a token says. Raises InvalidIdentityTokenException or ExpiredTokenException."""
    parts = token.split(".")
    try:
        text = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)) if len(parts) == PARTS_OF_TOKEN else b""
        claims = json.loads(text)
    except (binascii.Error, ValueError):
        claims = None
    if not isinstance(claims, dict) or not isinstance(claims.get("exp", 0), int | float):
        raise InvalidIdentityTokenException(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        )
    for name in ("iss", "sub", "aud", "exp"):
        if name not in claims:
            raise InvalidIdentityTokenException(f"Missing a required claim: {name}")
    now, end = int(time.time()), int(claims["exp"])
    if now >= end:
        raise ExpiredTokenException(
            f"Token expired: current date/time {now} must be before the expiration date/time {end}"
        )
    return claims


def _provider(claims: Document, account: str) -> tuple[str, str]:
    """ARN of the provider that issued a token, and the audience that it is for. Raises InvalidIdentityTokenException."""
    issuer = as_text(claims["iss"])
    host = _host(issuer)
    audiences = texts(claims.get("azp")) or texts(claims["aud"])
    if host in BUILT_IN:
        return host, ",".join(audiences)
    arn = f"arn:aws:iam::{account}:oidc-provider/{host}"
    known = iam_backends[account]["aws"].open_id_providers.get(arn) if account else None
    if known is None:
        raise InvalidIdentityTokenException(f"No OpenIDConnect provider found in your account for {issuer}")
    audience = next((each for each in audiences if each in known.client_id_list), None)
    if audience is None:
        raise InvalidIdentityTokenException("Incorrect token audience")
    return arn, audience


def _require_trust(request: TokenResponse, claims: Document, provider: Principal, audience: str) -> None:
    """Raises AccessDeniedException where the role's trust policy does not let a token in."""
    host = _host(as_text(claims["iss"]))
    told: Mapping[str, tuple[str, ...]] = {
        f"{host}:{name}".lower(): tuple(texts(value) or [json.dumps(value).strip('"')])
        for name, value in claims.items()
    }
    names = ("RoleArn", "RoleSessionName", "DurationSeconds")
    parameters = {name: request._get_param(name) for name in names}  # noqa: SLF001 - moto's reader of parameters
    context = {**told, f"{host}:aud".lower(): (audience,)}
    call = Call("sts", OPERATION, parameters, request.region, provider.account_id, context=context)
    if asking.denial(call, provider):
        raise AccessDeniedException(f"Not authorized to perform sts:{OPERATION}")


def _host(issuer: str) -> str:
    """An issuer as IAM writes it: without its scheme."""
    return issuer.removeprefix("https://").rstrip("/")
