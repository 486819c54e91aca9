"""Words of authorization: who asks, for what, which policies count, and the decision.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal

from slipway_sandbox.documents import Document


@dataclass(frozen=True)
class PolicyDocument:
    """The text of one policy.

    >>> PolicyDocument('{"Version": "2012-10-17", "Statement": []}', "app").name
    'app'
    """

    text: str
    """JSON."""
    name: str = ""
    """Name of an inline policy, ARN of a managed one, ARN of the resource that a resource policy belongs to."""


class PolicyKind(StrEnum):
    """Kinds of policies, in the words of AWS's messages."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    RESOURCE = "resource-based policy"


@dataclass(frozen=True)
class Principal:
    """Who asks."""

    arn: str
    """Such as arn:aws:iam::123456789012:user/ann, or arn:aws:sts::123456789012:assumed-role/app/session.
    A service has its name: sns.amazonaws.com."""
    account_id: str
    """Empty for a service."""
    kind: Literal["root", "user", "role", "service", "federated"]
    """`federated`: who has a token of the identity provider that `arn` names, in the account of the role that is asked for."""
    role_arn: str = ""
    """ARN of the role of a session, with its path."""
    user_id: str = ""
    """The value of aws:userid."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of the user or role; session tags override them."""
    session_policies: tuple[PolicyDocument, ...] = ()
    """Policies given to AssumeRole."""
    is_session_limited: bool = False
    """Whether AssumeRole was given session policies."""
    via: tuple[str, ...] = ()
    """Services that call in the principal's name, first to last: the value of aws:CalledVia."""
    aliases: tuple[str, ...] = ()
    """Further names of a service, such as sns.af-south-1.amazonaws.com of SNS in a region that is opted into."""
    user_arn: str = ""
    """ARN of the user behind a federated user of GetFederationToken."""

    @cached_property
    def identity(self) -> tuple[object, ...]:
        """All that a policy without conditions can name the principal by."""
        return (
            self.arn,
            self.account_id,
            self.kind,
            self.role_arn,
            self.user_id,
            self.aliases,
            self.user_arn,
        )


@dataclass(frozen=True)
class Call:
    """One call of an AWS API."""

    service: str
    """botocore's name: sqs."""
    operation: str
    """Such as SendMessage."""
    parameters: Mapping[str, object]
    """As botocore takes them."""
    region: str
    account_id: str
    """The account that the call goes to."""
    is_secure: bool = True
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Condition keys, in lower case, that only the caller knows, such as aws:sourcearn of a service."""


@dataclass(frozen=True)
class Request:
    """One action on one resource."""

    principal: Principal
    action: str
    """Such as sqs:SendMessage."""
    resource: str
    """ARN, or "*" for an action without resource types."""
    resource_account_id: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Condition key, in lower case, to its values."""
    unknown_keys: frozenset[str] = frozenset()
    """Condition keys, in lower case, whose values AWS knows and the sandbox does not.
    A family ends with its separator: aws:resourcetag/."""
    is_resource_known: bool = True
    """False when the call does not tell the resource; the ARN then ends with "*" and counts in the request's favour."""
    shown_resource: str = ""
    """The resource as the service's message names it. Empty: by its ARN."""


@dataclass(frozen=True)
class NotJudged:
    """A call that the sandbox cannot judge. It is let through and counted."""

    operation: str
    """Such as sqs:SendMessage."""
    why: str
    """One clause."""


@dataclass(frozen=True)
class Policies:
    """The policies that count for one request."""

    identity: tuple[PolicyDocument, ...] = ()
    boundary: PolicyDocument | None = None
    session: tuple[PolicyDocument, ...] | None = None
    """None without session policies."""
    resource: PolicyDocument | None = None

    @property
    def texts(self) -> tuple[object, ...]:
        """What they say, without their names."""
        return (
            tuple([document.text for document in self.identity]),
            self.boundary and self.boundary.text,
            self.session if self.session is None else tuple([document.text for document in self.session]),
            self.resource and self.resource.text,
        )


@dataclass(frozen=True)
class Reason:
    """Why a request is denied."""

    kind: PolicyKind
    """The kind of policy that denies the request, or that fails to allow it."""
    is_explicit: bool
    """Whether a statement denies the request; else no statement allows it."""
    policy: str = ""
    """Name of the policy that denies the request."""
    sid: str = ""
    """Sid of the statement that denies the request, or its number in the policy: `statement 2`."""


@dataclass(frozen=True)
class Remedy:
    """The smallest statement that would let a request in."""

    kind: PolicyKind
    """The kind of policy that needs the statement."""
    statement: Document
    """Effect, Action and Resource; Principal, too, in the policy of a resource."""


@dataclass(frozen=True)
class Decision:
    """The answer to a request."""

    is_allowed: bool
    reason: Reason | None = None
    """None for an allowed request."""
    would_allow: tuple[Remedy, ...] = ()
    """What each kind of policy lacks; empty for an allowed request, and for an explicit deny: no statement overrides it."""
    doubts: frozenset[str] = frozenset()
    """Unknown condition keys that were taken in the request's favour."""
