"""STS: GetFederationToken.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
"""

from collections.abc import Callable
from typing import TypedDict, cast

from moto.core.responses import ActionResult
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import kept_table
from slipway_sandbox.corrections.sts.callers import caller
from slipway_sandbox.corrections.sts.session_policies import require_policy
from slipway_sandbox.corrections.sts.session_tokens import DEFAULT_SECONDS, require_seconds, temporary_keys


class FederatedSession(TypedDict):
    """A federated user, as a snapshot keeps it."""

    user_arn: str
    """Of the user who asked."""
    token: str
    end: str
    """ISO 8601, in UTC."""
    name: str
    policy: str
    """JSON; empty without one."""
    policy_arns: tuple[str, ...]
    tags: dict[str, str]


@corrects(
    TokenResponse.get_federation_token,
    why="moto gives everybody the keys of AWS's documentation; STS gives keys of a federated user, limited by the given policies.",
)
def get_federation_token(original: Callable[[TokenResponse], ActionResult], self: TokenResponse) -> ActionResult:
    policy = str(self._get_param("Policy") or "")
    require_seconds(self._get_int_param("DurationSeconds", DEFAULT_SECONDS))
    require_policy(policy)
    answer, who = original(self), caller()
    if who is None:
        return answer
    credentials = cast(dict[str, object], cast(dict[str, object], answer.result)["Credentials"])
    keys = temporary_keys()
    credentials |= {"AccessKeyId": keys.key_id, "SecretAccessKey": keys.secret_key, "SessionToken": keys.token}
    _table(who.account_id)[keys.key_id] = FederatedSession(
        user_arn=who.arn,
        token=keys.token,
        end=f"{credentials['Expiration']}",
        name=str(self._get_param("Name")),
        policy=policy,
        policy_arns=tuple(str(entry["arn"]) for entry in self._get_param("PolicyArns") or []),
        tags={str(tag["Key"]): str(tag["Value"]) for tag in self._get_param("Tags") or []},
    )
    return answer


def federated_session(key_id: str) -> FederatedSession | None:
    """The session that a key belongs to, in whatever account."""
    tables = (_table(account) for account in list(sts_backends))
    return next((table[key_id] for table in tables if key_id in table), None)


def _table(account: str) -> dict[str, FederatedSession]:
    return kept_table(sts_backends[account]["aws"], "federated_sessions", {})
