"""STS: GetSessionToken.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""

import secrets
import string
from collections.abc import Callable
from typing import NamedTuple, cast

from moto.core.responses import ActionResult
from moto.sts.exceptions import STSValidationError
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import kept_table
from slipway_sandbox.corrections.sts.callers import caller

SHORTEST_SECONDS, LONGEST_SECONDS, DEFAULT_SECONDS = 900, 129_600, 43_200
KEY_ALPHABET = string.ascii_uppercase + "234567"
UserSession = tuple[str, str, str]
"""ARN of the user, session token, and end in ISO 8601."""


class TemporaryKeys(NamedTuple):
    """Keys of a session, as STS gives them."""

    key_id: str
    secret_key: str
    token: str


def temporary_keys() -> TemporaryKeys:
    """New keys, that nobody else has."""
    key_id = "ASIA" + "".join(secrets.choice(KEY_ALPHABET) for _ in range(16))
    return TemporaryKeys(key_id, secrets.token_urlsafe(30), secrets.token_urlsafe(120))


@corrects(
    TokenResponse.get_session_token,
    why="moto gives everybody the keys of AWS's documentation, for however long; STS gives keys of the user that asks for them, for 36 hours at most.",
)
def get_session_token(original: Callable[[TokenResponse], ActionResult], self: TokenResponse) -> ActionResult:
    require_seconds(self._get_int_param("DurationSeconds", DEFAULT_SECONDS))
    answer, who = original(self), caller()
    if who is None:
        return answer
    credentials = cast(dict[str, object], cast(dict[str, object], answer.result)["Credentials"])
    keys = temporary_keys()
    credentials |= {"AccessKeyId": keys.key_id, "SecretAccessKey": keys.secret_key, "SessionToken": keys.token}
    _table(who.account_id)[keys.key_id] = (who.arn, keys.token, f"{credentials['Expiration']}")
    return answer


def require_seconds(seconds: int) -> None:
    """Raises STSValidationError for a time that a user's session cannot have."""
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        is_short = seconds < SHORTEST_SECONDS
        bound = (
            f"greater than or equal to {SHORTEST_SECONDS}" if is_short else f"less than or equal to {LONGEST_SECONDS}"
        )
        raise STSValidationError(
            f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: "
            f"Member must have value {bound}"
        )


def session_of_user(key_id: str) -> UserSession | None:
    """The session of a user that a key belongs to, in whatever account."""
    tables = (_table(account) for account in list(sts_backends))
    return next((table[key_id] for table in tables if key_id in table), None)


def _table(account: str) -> dict[str, UserSession]:
    return kept_table(sts_backends[account]["aws"], "sessions_of_users", {})
