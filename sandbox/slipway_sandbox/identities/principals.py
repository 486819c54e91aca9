"""From a request's credentials to the principal that they belong to.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.exceptions import NotFoundException
from moto.iam.models import AccessKey, IAMBackend, ManagedPolicy, Role, User, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from slipway_sandbox.authorization.model import PolicyDocument, Principal
from slipway_sandbox.authorization.roles import session
from slipway_sandbox.corrections.sts.roles import policy_arns_of, tags_of
from slipway_sandbox.corrections.sts.session_tokens import UserSession, sessions_of_users
from slipway_sandbox.identities import administrator
from slipway_sandbox.identities.sessions import Sessions
from slipway_sandbox.identities.signatures import Signature

PARTITION = "aws"
ADMINISTRATOR = Principal(
    arn=f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:user/moto",
    account_id=DEFAULT_ACCOUNT_ID,
    kind="user",
    user_id="AKIAIOSFODNN7EXAMPLE",
)


class Rejection(Enum):
    """Why credentials are not taken."""

    UNKNOWN = "no user or session has this key"
    TOKEN = "the session token is not the key's"  # noqa: S105 - a sentence
    EXPIRED = "the session has ended"


class Principals:
    """Finds principals. `now` is the clock. Default: the machine's."""

    def __init__(self, sessions: Sessions, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._sessions, self._now = sessions, now

    def of(self, signature: Signature) -> Principal | Rejection:
        """The principal of a signature, or why there is none."""
        if signature.key_id == administrator.KEY_ID:
            return ADMINISTRATOR
        if opened := self._sessions.by_key(signature.key_id):
            refused = self._refused(opened.token, opened.expires_at, signature)
            return refused or session(opened.role_arn, opened.name)
        if user_session := sessions_of_users().get(signature.key_id):
            return self._user_session(user_session, signature)
        return self._of_iam(signature)

    def _of_iam(self, signature: Signature) -> Principal | Rejection:
        """The owner of a key that IAM knows: a user, or a session of AssumeRole."""
        found = _key(signature.key_id)
        if found is None:
            return Rejection.UNKNOWN
        backend, key = found
        if key.user_name is not None:
            return self._user(backend, key, signature)
        assumed = _assumed(backend.account_id, key.access_key_id)
        if assumed is None:
            return Rejection.UNKNOWN
        expires_at = assumed.expiration.replace(tzinfo=UTC)
        return self._refused(assumed.session_token, expires_at, signature) or _of_assumed(assumed)

    def _refused(self, token: str, expires_at: datetime, signature: Signature) -> Rejection | None:
        if signature.token != token:
            return Rejection.TOKEN if signature.token else Rejection.UNKNOWN
        return Rejection.EXPIRED if self._now() >= expires_at else None

    def _user_session(self, session: UserSession, signature: Signature) -> Principal | Rejection:
        arn, token, end = session
        if refused := self._refused(token, datetime.fromisoformat(end).replace(tzinfo=UTC), signature):
            return refused
        if arn == ADMINISTRATOR.arn:
            return ADMINISTRATOR
        account = arn.split(":")[4]
        user = iam_backends[account][PARTITION].users.get(arn.rpartition("/")[2])
        return _of_user(user, account) if user else Rejection.UNKNOWN

    def _user(self, backend: IAMBackend, key: AccessKey, signature: Signature) -> Principal | Rejection:
        user = backend.users.get(str(key.user_name))
        if user is None or key.status != "Active":
            return Rejection.UNKNOWN
        return Rejection.TOKEN if signature.token else _of_user(user, backend.account_id)


def role_of(arn: str) -> Role | None:
    """A role in moto; None where it has none."""
    try:
        return iam_backends[arn.split(":")[4]][PARTITION].get_role_by_arn(arn)
    except (NotFoundException, IndexError):
        return None


def _key(key_id: str) -> tuple[IAMBackend, AccessKey] | None:
    for account in list(iam_backends.values()):
        backend = account[PARTITION]
        if key := backend.access_keys.get(key_id):
            return backend, key
    return None


def _assumed(account: str, key_id: str) -> AssumedRole | None:
    return sts_backends[account][PARTITION].get_assumed_role_from_access_key(key_id)


def _of_user(user: User, account: str) -> Principal:
    tags = {tag["Key"]: tag["Value"] for tag in user.tags or []}
    return Principal(arn=user.arn, account_id=account, kind="user", user_id=user.id, tags=tags)


def _of_assumed(assumed: AssumedRole) -> Principal:
    policies = [PolicyDocument(assumed.policy, "Policy")] if assumed.policy else []
    managed = iam_backends[assumed.account_id][PARTITION].managed_policies
    arns = policy_arns_of(assumed)
    policies += [PolicyDocument(_text(managed[arn]), arn) for arn in arns if arn in managed]
    return session(
        assumed.role_arn,
        assumed.session_name,
        tags=tags_of(assumed),
        policies=tuple(policies),
        is_limited=bool(arns or assumed.policy),
    )


def _text(policy: ManagedPolicy) -> str:
    """The default version of a managed policy."""
    return next(str(each.document) for each in policy.versions if each.version_id == policy.default_version_id)
