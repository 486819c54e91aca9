"""STS: AssumeRole.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import re
from collections.abc import Callable
from typing import cast

from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.sts.exceptions import STSValidationError
from moto.sts.models import AssumedRole
from moto.sts.responses import TokenResponse

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections._keeping import keep, kept
from slipway_sandbox.corrections.sts.callers import caller
from slipway_sandbox.corrections.sts.session_policies import require_policy

LONGEST_NAME = 64
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,}", re.ASCII)
SHORTEST_SECONDS, LONGEST_SECONDS = 900, 43_200
CHAINED_SECONDS = 3_600  # a role assumed by a session of a role
DEFAULT_SECONDS = 3_600

TAGS, POLICY_ARNS, ROLE_ID = "session_tags", "session_policy_arns", "role_id"


@corrects(
    TokenResponse.assume_role,
    why="moto gives every session, however long, of any role, and forgets its tags, its managed policies and which role of that name it is; STS does not.",
)
def assume_role(original: Callable[[TokenResponse], ActionResult], self: TokenResponse) -> ActionResult:
    require_session(self)
    answer = original(self)
    session = remember_session(self, answer)
    keep(session, TAGS, {str(tag["Key"]): str(tag["Value"]) for tag in self._get_param("Tags") or []})
    return answer


def require_session(request: TokenResponse) -> None:
    """Raises STSValidationError or MalformedPolicyDocumentException for a session that STS does not open."""
    _require_session_name(str(request._get_param("RoleSessionName", "")))  # noqa: SLF001 - moto's reader of parameters
    seconds = request._get_int_param("DurationSeconds", DEFAULT_SECONDS)  # noqa: SLF001 - as above
    _require_duration(str(request._get_param("RoleArn", "")), seconds)  # noqa: SLF001 - as above
    require_policy(str(request._get_param("Policy") or ""))  # noqa: SLF001 - as above


def remember_session(request: TokenResponse, answer: ActionResult) -> AssumedRole:
    """Keeps on a new session what moto forgets: its managed policies, and which role of that name it is."""
    session = cast(AssumedRole, cast(dict[str, object], answer.result)["Credentials"])
    arns = request._get_param("PolicyArns") or []  # noqa: SLF001 - moto's reader of parameters
    keep(session, POLICY_ARNS, tuple(str(entry["arn"]) for entry in arns))
    keep(session, ROLE_ID, session.user_id.partition(":")[0])
    return session


def role_id_of_session(session: AssumedRole) -> str:
    """The unique id of the role that was assumed; empty in a snapshot of an earlier version."""
    return kept(session, ROLE_ID, "")


def tags_of(session: AssumedRole) -> dict[str, str]:
    """The tags given to AssumeRole."""
    return kept(session, TAGS, {})


def policy_arns_of(session: AssumedRole) -> tuple[str, ...]:
    """The managed policies given to AssumeRole."""
    return kept(session, POLICY_ARNS, ())


def _require_session_name(name: str) -> None:
    if len(name) <= LONGEST_NAME and not SESSION_NAME.fullmatch(name):  # moto refuses a longer one
        raise STSValidationError(
            f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        )


def _require_duration(role_arn: str, seconds: int) -> None:
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        bound = (
            f"greater than or equal to {SHORTEST_SECONDS}"
            if seconds < SHORTEST_SECONDS
            else f"less than or equal to {LONGEST_SECONDS}"
        )
        raise STSValidationError(
            f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: "
            f"Member must have value {bound}"
        )
    who = caller()
    if who is not None and who.has_role and seconds > CHAINED_SECONDS:
        raise STSValidationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    if seconds > _longest(role_arn):
        raise STSValidationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _longest(role_arn: str) -> int:
    """MaxSessionDuration of a role."""
    account = role_arn.split(":")[4]
    try:
        role = iam_backends[account]["aws"].get_role_by_arn(role_arn)
    except NotFoundException:
        return DEFAULT_SECONDS
    return int(role.max_session_duration or DEFAULT_SECONDS)
