"""Who signs in to a cluster, and what they may do there: by access entries and their policies.

It answers Kubernetes's TokenReview and SubjectAccessReview. EKS too decides about access policies outside of RBAC.
Source: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
"""

import logging
from collections.abc import Mapping
from typing import NamedTuple, cast

from moto.eks.models import Cluster

from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.corrections.eks.access import creator_of, entry_of, policies_of
from slipway_sandbox.documents import Document
from slipway_sandbox.identities import administrator
from slipway_sandbox.identities.principals import Principals, Rejection

from .access_policies import Grant, allows
from .tokens import Token, TokenError, token_of

ARN = "canonicalArn"  # of the principal, in the extra fields of a user
CREATOR = ("kubernetes-admin", ("system:masters",))  # of a cluster without access entries

log = logging.getLogger(__name__)


class User(NamedTuple):
    """A user of Kubernetes."""

    name: str
    groups: tuple[str, ...]


class Access:
    """Answers reviews of one sandbox's clusters. `secret_key` is the administrator's."""

    def __init__(self, principals: Principals, secret_key: str) -> None:
        self._principals, self._secret_key = principals, secret_key

    def authentication(self, cluster: Cluster, spec: Mapping[str, object]) -> Document:
        """The status of a TokenReview."""
        try:
            token = token_of(str(spec.get("token", "")))
            principal = self._principal(token, cluster)
            user = user_of(cluster, principal)
        except TokenError as error:
            log.info("cluster %s refuses a token: %s", cluster.name, error)
            return {"authenticated": False, "error": str(error)}
        extra = {
            ARN: [principal.role_arn or principal.arn],
            "arn": [principal.arn],
            "accessKeyId": [token.signature.key_id],
            "principalId": [principal.user_id.partition(":")[0]],
        }
        if principal.role_arn:
            extra |= {"sessionName": [_session_name(principal)]}
        uid = f"aws-iam-authenticator:{principal.account_id}:{principal.user_id.partition(':')[0]}"
        shown: Document = {"username": user.name, "uid": uid, "groups": list(user.groups), "extra": extra}
        return {"authenticated": True, "user": shown}

    def authorization(self, cluster: Cluster, spec: Mapping[str, object]) -> Document:
        """The status of a SubjectAccessReview, by the access policies as they are now."""
        extra = cast(Mapping[str, list[str]], spec.get("extra") or {})
        attributes = cast(Mapping[str, Mapping[str, str]], spec)
        arn = next(iter(extra.get(ARN, [])), "")
        grants = [
            Grant(policy["policyArn"], tuple(policy["accessScope"].get("namespaces", [])))
            for policy in policies_of(cluster, arn)
        ]
        return {"allowed": allows(grants, attributes)}

    def _principal(self, token: Token, cluster: Cluster) -> Principal:
        """Who signed a token. Raises TokenError where nobody of this cloud has."""
        signature = token.signature
        principal = self._principals.of(signature)
        if isinstance(principal, Rejection):
            raise TokenError(principal.value)
        secret_key = self._secret_key
        if signature.key_id != administrator.KEY_ID:
            secret_key = self._principals.secret_key_of(signature.key_id)
        if not secret_key:
            raise TokenError(f"the sandbox knows no secret key of {signature.key_id}; sign in as a role or a user")
        token.require_signature(secret_key, cluster.name)
        return principal


def user_of(cluster: Cluster, principal: Principal) -> User:
    """The user that a principal is in a cluster. Raises TokenError where no entry lets it in."""
    arn = principal.role_arn or principal.arn
    entry = entry_of(cluster, arn)
    if entry is not None:
        return User(_name(entry["username"], principal), tuple(entry["kubernetesGroups"]))
    if arn == creator_of(cluster):
        return User(*CREATOR)
    raise TokenError(f"cluster {cluster.name} has no access entry for {arn}")


def _name(username: str, principal: Principal) -> str:
    session = _session_name(principal)
    values = {
        "{{SessionName}}": session.replace("@", "-"),
        "{{SessionNameRaw}}": session,
        "{{AccountID}}": principal.account_id,
        "{{EC2PrivateDNSName}}": session,
    }
    for variable, value in values.items():
        username = username.replace(variable, value)
    return username


def _session_name(principal: Principal) -> str:
    return principal.arn.rpartition("/")[2] if principal.role_arn else ""
