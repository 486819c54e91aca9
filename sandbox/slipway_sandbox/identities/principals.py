"""From a request's credentials to the principal that they belong to.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import Enum
from functools import partial

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import AccessKey, IAMBackend, ManagedPolicy, Role, User, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from slipway_sandbox.authorization.cloud import PARTITION, role_of, session_of
from slipway_sandbox.authorization.model import PolicyDocument, Principal
from slipway_sandbox.corrections.sts.federation import FederatedSession, federated_session
from slipway_sandbox.corrections.sts.roles import policy_arns_of, role_id_of_session, tags_of
from slipway_sandbox.corrections.sts.session_tokens import UserSession, session_of_user
from slipway_sandbox.identities import administrator
from slipway_sandbox.identities.reading.signatures import Signature
from slipway_sandbox.identities.sessions import Sessions

NOW = partial(datetime.now, UTC)
WITHOUT_IAM = "iam"  # sessions of users may not call it
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

    def __init__(self, sessions: Sessions, now: Callable[[], datetime] = NOW) -> None:
        self._sessions, self._now = sessions, now

    def of(self, signature: Signature) -> Principal | Rejection:
        """The principal of a signature, or why there is none."""
        if signature.key_id == administrator.KEY_ID:
            return ADMINISTRATOR
        if opened := self._sessions.by_key(signature.key_id):
            refused = self._refused(opened.token, opened.expires_at, signature)
            role = role_of(opened.role_arn)
            return refused or (Rejection.UNKNOWN if _is_gone(role, opened.role_id) else session_of(role, opened.name))
        if user_session := session_of_user(signature.key_id):
            return self._user_session(user_session, signature)
        if federated := federated_session(signature.key_id):
            return self._federated(federated, signature)
        return self._of_iam(signature)

    def secret_key_of(self, key_id: str) -> str:
        """The secret key of a user's access key or of a role's session; empty for any other key.

        Of the sessions of GetSessionToken and GetFederationToken only the tokens are kept.
        """
        if opened := self._sessions.by_key(key_id):
            return opened.secret_key
        found = _key(key_id)
        if found is None:
            return ""
        backend, key = found
        if key.user_name is not None:
            return str(key.secret_access_key)
        assumed = _assumed(backend.account_id, key_id)
        return str(assumed.secret_access_key) if assumed else ""

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
        refused = self._refused(assumed.session_token, expires_at, signature)
        return refused or _of_assumed(assumed)

    def _refused(self, token: str, expires_at: datetime, signature: Signature) -> Rejection | None:
        if signature.token != token:
            return Rejection.TOKEN if signature.token else Rejection.UNKNOWN
        return Rejection.EXPIRED if self._now() >= expires_at else None

    def _user_session(self, session: UserSession, signature: Signature) -> Principal | Rejection:
        arn, token, end = session
        if refused := self._refused(token, datetime.fromisoformat(end).replace(tzinfo=UTC), signature):
            return refused
        return Rejection.UNKNOWN if signature.service == WITHOUT_IAM else _user_of(arn)

    def _federated(self, session: FederatedSession, signature: Signature) -> Principal | Rejection:
        """The federated user of a session of GetFederationToken: what the user and the session's policies both allow."""
        if refused := self._refused(
            session["token"], datetime.fromisoformat(session["end"]).replace(tzinfo=UTC), signature
        ):
            return refused
        user = _user_of(session["user_arn"])
        if isinstance(user, Rejection) or signature.service == WITHOUT_IAM:
            return Rejection.UNKNOWN
        return Principal(
            arn=f"arn:aws:sts::{user.account_id}:federated-user/{session['name']}",
            account_id=user.account_id,
            kind="user",
            user_arn=user.arn,
            user_id=f"{user.account_id}:{session['name']}",
            tags={**user.tags, **session["tags"]},
            session_policies=_session_policies(session["policy"], session["policy_arns"], user.account_id),
            is_session_limited=True,
        )

    def _user(self, backend: IAMBackend, key: AccessKey, signature: Signature) -> Principal | Rejection:
        user = backend.users.get(str(key.user_name))
        if user is None or key.status != "Active":
            return Rejection.UNKNOWN
        return Rejection.TOKEN if signature.token else _of_user(user, backend.account_id)


def _is_gone(role: Role | None, role_id: str) -> bool:
    """Whether the role of a session is there no more. A snapshot of an earlier version has no ids."""
    return role is None or bool(role_id and role.id != role_id)


def _user_of(arn: str) -> Principal | Rejection:
    """A user who asked for a session."""
    if arn == ADMINISTRATOR.arn:
        return ADMINISTRATOR
    account = arn.split(":")[4]
    user = iam_backends[account][PARTITION].users.get(arn.rpartition("/")[2])
    return _of_user(user, account) if user else Rejection.UNKNOWN


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


def _of_assumed(assumed: AssumedRole) -> Principal | Rejection:
    role = role_of(assumed.role_arn)
    if _is_gone(role, role_id_of_session(assumed)):
        return Rejection.UNKNOWN
    arns = policy_arns_of(assumed)
    return session_of(
        role,
        assumed.session_name,
        tags=tags_of(assumed),
        policies=_session_policies(assumed.policy or "", arns, assumed.account_id),
        is_limited=bool(arns or assumed.policy),
    )


def _session_policies(policy: str, arns: Iterable[str], account: str) -> tuple[PolicyDocument, ...]:
    """The policies that a session was asked for with: an inline one, and managed ones."""
    managed = iam_backends[account][PARTITION].managed_policies
    inline = [PolicyDocument(policy, "Policy")] if policy else []
    return (*inline, *(PolicyDocument(_text(managed[arn]), arn) for arn in arns if arn in managed))


def _text(policy: ManagedPolicy) -> str:
    """The default version of a managed policy."""
    return next(str(each.document) for each in policy.versions if each.version_id == policy.default_version_id)
