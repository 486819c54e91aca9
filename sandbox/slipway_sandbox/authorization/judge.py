"""The decision on a request: one pure function, without clock, network or cloud.

An explicit deny of any policy wins. Within an account the identity's policies or the resource's policy suffice; across
accounts both must allow the request. Boundary and session policies limit what the identity's policies allow.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from slipway_sandbox.authorization.evaluation.asked import asked_of
from slipway_sandbox.authorization.evaluation.principals import OUTSIDE, Naming, is_exempt, naming
from slipway_sandbox.authorization.evaluation.statements import Statement, statements_about
from slipway_sandbox.authorization.model import (
    Decision,
    Policies,
    PolicyDocument,
    PolicyKind,
    Principal,
    Reason,
    Remedy,
    Request,
)
from slipway_sandbox.documents import Json

CACHED = 4096
TRUSTED = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity")


def judge(request: Request, policies: Policies) -> Decision:
    """Whether AWS would let a request in, and why not.

    >>> from slipway_sandbox.authorization.model import Principal
    >>> ann = Principal("arn:aws:iam::123456789012:user/ann", "123456789012", "user")
    >>> judge(Request(ann, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs", "123456789012"), Policies()).is_allowed
    False

    Raises ValueError when a policy is no JSON.
    """
    texts = policies.texts
    asked = asked_of(request.action, texts)
    key = (
        texts,
        request.principal.identity,
        request.action,
        asked.of_resource(request),
        request.resource_account_id,
        request.unknown_keys,
        tuple([request.context.get(key) for key in asked.keys]) if asked.keys else (),
    )
    decision = _allowed.get(key)
    if decision is None:
        decision = _Case(request, policies).decision()
        if decision.is_allowed:  # a denial tells more than its verdict
            _keep(key, decision)
    return decision


_allowed: dict[tuple[object, ...], Decision] = {}
"""Decisions by all that they depend on, so none is ever stale."""


def _keep(key: tuple[object, ...], decision: Decision) -> None:
    if len(_allowed) >= CACHED:
        _allowed.clear()
    _allowed[key] = decision


@dataclass
class _Case:
    request: Request
    policies: Policies
    doubts: set[str] = field(default_factory=set)
    counts_doubtful: bool = False
    """Whether statements with unknown conditions allow the request, too. First those without doubt are tried."""

    @property
    def action(self) -> str:
        return self.request.action.lower()

    def decision(self) -> Decision:
        reason = self._denial() or self._lack()
        if reason is not None and not reason.is_explicit and self.request.unknown_keys:
            self.counts_doubtful = True
            reason = self._lack()
        doubts = frozenset(self.doubts)
        if reason is None:
            return Decision(is_allowed=True, doubts=doubts)
        return Decision(False, reason, () if reason.is_explicit else self._remedies(reason), doubts)

    def _denial(self) -> Reason | None:
        """The first statement that denies the request."""
        for kind, documents in self._documents():
            for document in documents:
                for statement in statements_about(document, self.action):
                    if statement.effect == "Deny" and self._denies(statement, kind):
                        return Reason(kind, True, document.name, statement.name)
        return None

    def _documents(self) -> Iterator[tuple[PolicyKind, Iterable[PolicyDocument]]]:
        policies = self.policies
        yield PolicyKind.IDENTITY, policies.identity
        yield PolicyKind.BOUNDARY, [policies.boundary] if policies.boundary else []
        yield PolicyKind.SESSION, policies.session or []
        yield PolicyKind.RESOURCE, [policies.resource] if policies.resource else []

    def _denies(self, statement: Statement, kind: PolicyKind) -> bool:
        if kind is PolicyKind.RESOURCE and not self._denies_principal(statement):
            return False
        if not statement.applies(self.request):
            return False
        doubts = statement.doubts(self.request)
        self.doubts |= doubts
        return not doubts

    def _denies_principal(self, statement: Statement) -> bool:
        principal = self.request.principal
        if statement.not_principal is not None:
            has_boundary = self.policies.boundary is not None
            return not is_exempt(statement.not_principal, principal, has_boundary=has_boundary)
        return naming(statement.principal, principal) > Naming.NOBODY

    def _lack(self) -> Reason | None:
        """The first kind of policy that should allow the request and does not."""
        principal, named = self.request.principal, self._naming()
        if principal.kind in OUTSIDE:
            return None if named else Reason(PolicyKind.RESOURCE, False)
        is_same_account = principal.account_id == self.request.resource_account_id
        if is_same_account and named is Naming.DIRECT:
            return None
        has_identity = principal.kind == "root" or (is_same_account and named is Naming.ROLE)
        lacks_resource = not named and (not is_same_account or is_closed(self.request, self.policies))
        if lacks_resource and (is_same_account or has_identity or self._allows(self.policies.identity)):
            return Reason(PolicyKind.RESOURCE, False)
        return self._lack_of_identity(has_identity=has_identity)

    def _lack_of_identity(self, *, has_identity: bool) -> Reason | None:
        policies = self.policies
        if not has_identity and not self._allows(policies.identity):
            return Reason(PolicyKind.IDENTITY, False)
        if policies.boundary is not None and not self._allows([policies.boundary]):
            return Reason(PolicyKind.BOUNDARY, False)
        if policies.session is not None and not self._allows(policies.session):
            return Reason(PolicyKind.SESSION, False)
        return None

    def _naming(self) -> Naming:
        """How closely the resource's policy names the principal in a statement that allows the request."""
        closest = Naming.NOBODY
        resource = self.policies.resource
        for statement in statements_about(resource, self.action) if resource else ():
            level = _naming(statement, self.request.principal)
            if level > closest and self._lets_in(statement):
                closest = level
        return closest

    def _allows(self, documents: Iterable[PolicyDocument]) -> bool:
        return any(
            self._lets_in(statement) for document in documents for statement in statements_about(document, self.action)
        )

    def _lets_in(self, statement: Statement) -> bool:
        if statement.effect != "Allow" or not statement.applies(self.request):
            return False
        doubts = statement.doubts(self.request)
        if doubts and self.counts_doubtful:
            self.doubts |= doubts
        return self.counts_doubtful or not doubts

    def _remedies(self, reason: Reason) -> tuple[Remedy, ...]:
        """What the policies lack: first the kind of the reason, then the others that must allow the request, too."""
        request, policies = self.request, self.policies
        remedies = [_remedy(reason.kind, request)]
        if reason.kind is PolicyKind.RESOURCE:
            return tuple(remedies)
        is_across = request.principal.account_id != request.resource_account_id
        others: list[tuple[PolicyKind, bool]] = [
            (PolicyKind.BOUNDARY, policies.boundary is not None and not self._allows([policies.boundary])),
            (PolicyKind.SESSION, policies.session is not None and not self._allows(policies.session)),
            (PolicyKind.RESOURCE, is_across and not self._naming()),
        ]
        remedies += [_remedy(kind, request) for kind, is_lacking in others if is_lacking and kind is not reason.kind]
        return tuple(remedies)


def is_closed(request: Request, policies: Policies) -> bool:
    """Whether identity policies count only where the resource's policy lets the account in: KMS keys and trust policies.

    A key without a policy does not exist, and its service says so.
    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    action = request.action.lower()
    is_key = action.startswith("kms:") and ":key/" in request.resource and policies.resource is not None
    return is_key or action.startswith(TRUSTED)


def _naming(statement: Statement, principal: Principal) -> Naming:
    if statement.not_principal is not None:
        exempt = is_exempt(statement.not_principal, principal, has_boundary=False)
        return Naming.NOBODY if exempt else Naming.DIRECT
    return naming(statement.principal, principal)


def _remedy(kind: PolicyKind, request: Request) -> Remedy:
    statement: dict[str, Json] = {"Effect": "Allow"}
    principal = request.principal
    if kind is PolicyKind.RESOURCE:
        kind_of_name = {"service": "Service", "federated": "Federated"}.get(principal.kind, "AWS")
        statement["Principal"] = {kind_of_name: principal.role_arn or principal.arn}
    statement["Action"] = request.action
    if kind is PolicyKind.RESOURCE and request.action.lower().startswith(TRUSTED):
        return Remedy(kind, statement)  # a trust policy has no Resource
    is_key = kind is PolicyKind.RESOURCE and request.action.startswith("kms:")
    statement["Resource"] = "*" if is_key else request.resource
    if principal.kind == "service" and (source := request.context.get("aws:sourcearn")):
        statement["Condition"] = {"ArnEquals": {"aws:SourceArn": source[0]}}
    return Remedy(kind, statement)
