"""The judge decides as IAM's documentation says.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from typing import Any, NamedTuple

import pytest

from slipway_sandbox.authorization.judge import judge
from slipway_sandbox.authorization.model import Policies, PolicyDocument, PolicyKind, Principal, Reason, Remedy, Request
from slipway_sandbox.documents import Document
from tests.support.sandbox.authorization.identities import (
    ACCOUNT,
    ANN,
    APP,
    KEY,
    QUEUE,
    ROLE,
    ROOT,
    SESSION,
    SNS,
    STRANGER,
    allow,
    deny,
    policy,
    wish,
)

LACKS_IDENTITY = Reason(PolicyKind.IDENTITY, False)
LACKS_BOUNDARY = Reason(PolicyKind.BOUNDARY, False)
LACKS_SESSION = Reason(PolicyKind.SESSION, False)
LACKS_RESOURCE = Reason(PolicyKind.RESOURCE, False)
EVERYTHING, NOTHING = policy(allow()), policy()
ACCOUNT_ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def to(principal: Any, action: str = "sqs:*") -> PolicyDocument:
    """A resource's policy that lets one principal in."""
    return policy(allow(action, Principal=principal), name=QUEUE)


class Case(NamedTuple):
    """Who asks, which policies there are, and why it is denied; None for a request that is let in."""

    says: str
    principal: Principal
    policies: Policies
    reason: Reason | None


CASES = [
    Case("without a policy nobody may do anything", APP, Policies(), LACKS_IDENTITY),
    Case("an identity policy suffices", APP, Policies((EVERYTHING,)), None),
    Case("the account's root needs no policy", ROOT, Policies(), None),
    Case(
        "a deny of the identity wins over the resource's allow",
        APP,
        Policies((policy(deny(Sid="No")),), resource=to({"AWS": SESSION})),
        Reason(PolicyKind.IDENTITY, True, "app", "No"),
    ),
    Case(
        "a deny of the resource wins over the identity's allow",
        APP,
        Policies((EVERYTHING,), resource=policy(allow(Principal="*"), deny(Principal={"AWS": ROLE}), name=QUEUE)),
        Reason(PolicyKind.RESOURCE, True, QUEUE, "statement 2"),
    ),
    Case(
        "a deny of the resource holds for root, too",
        ROOT,
        Policies(resource=policy(deny(Principal="*"), name=QUEUE)),
        Reason(PolicyKind.RESOURCE, True, QUEUE, "statement 1"),
    ),
    Case("a boundary alone allows nothing", APP, Policies(boundary=EVERYTHING), LACKS_IDENTITY),
    Case("a boundary limits the identity's policies", APP, Policies((EVERYTHING,), NOTHING), LACKS_BOUNDARY),
    Case("a session policy limits them, too", APP, Policies((EVERYTHING,), session=(NOTHING,)), LACKS_SESSION),
    Case("a session policy alone allows nothing", APP, Policies(session=(EVERYTHING,)), LACKS_IDENTITY),
    Case("one of several session policies suffices", APP, Policies((EVERYTHING,), session=(NOTHING, EVERYTHING)), None),
    Case("the resource's policy suffices for a user", ANN, Policies(resource=to({"AWS": ANN.arn})), None),
    Case("… in spite of a boundary", ANN, Policies((), NOTHING, resource=to({"AWS": ANN.arn})), None),
    Case("the resource's policy suffices for a role", APP, Policies(resource=to({"AWS": ROLE})), None),
    Case("… but a boundary limits it", APP, Policies((), NOTHING, resource=to({"AWS": ROLE})), LACKS_BOUNDARY),
    Case("… and a session policy", APP, Policies(session=(NOTHING,), resource=to({"AWS": ROLE})), LACKS_SESSION),
    Case("nothing limits what a session itself is given", APP, Policies((), NOTHING, (NOTHING,), to({"AWS": SESSION})), None),
    Case("… nor what everybody is given", APP, Policies((), NOTHING, (NOTHING,), to("*")), None),
    Case("a role that was deleted keeps its id", APP, Policies(resource=to({"AWS": "AROAAPP"})), None),
    Case("the account's own name leaves it to the identity", APP, Policies(resource=to({"AWS": ACCOUNT})), LACKS_IDENTITY),
    Case("a role of another path is another role", APP, Policies(resource=to({"AWS": ROLE.replace("/team", "")})), LACKS_IDENTITY),
    Case("across accounts the identity's policy is not enough", STRANGER, Policies((EVERYTHING,)), LACKS_RESOURCE),
    Case("… nor is the resource's", STRANGER, Policies(resource=to({"AWS": STRANGER.arn})), LACKS_IDENTITY),
    Case("… both together are", STRANGER, Policies((EVERYTHING,), resource=to({"AWS": STRANGER.arn})), None),
    Case("… and the resource may name the account", STRANGER, Policies((EVERYTHING,), resource=to({"AWS": STRANGER.account_id})), None),
    Case("… a boundary counts there even for a user", STRANGER, Policies((EVERYTHING,), NOTHING, resource=to("*")), LACKS_BOUNDARY),
    Case("a service needs the resource's policy", SNS, Policies(), LACKS_RESOURCE),
    Case("… and nothing else", SNS, Policies(resource=to({"Service": "sns.amazonaws.com"})), None),
    Case("… that names it", SNS, Policies(resource=to({"Service": ["s3.amazonaws.com"]})), LACKS_RESOURCE),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_each_kind_of_policy_counts_as_aws_says(case: Case) -> None:
    decision = judge(wish(case.principal), case.policies)
    assert (decision.is_allowed, decision.reason) == (case.reason is None, case.reason), case.says


DEFAULT_KEY_POLICY = policy(allow("kms:*", Principal={"AWS": ACCOUNT_ROOT}), name=KEY)
KMS_CASES = [
    Case("a key's policy that names only others closes the key", APP, Policies((EVERYTHING,), resource=policy(allow(Principal={"AWS": ANN.arn}))), LACKS_RESOURCE),
    Case("… for root, too", ROOT, Policies(resource=policy(allow(Principal={"AWS": ANN.arn}))), LACKS_RESOURCE),
    Case("the default policy leaves it to IAM", APP, Policies((EVERYTHING,), resource=DEFAULT_KEY_POLICY), None),
    Case("… where IAM has no policy, there is no way in", APP, Policies(resource=DEFAULT_KEY_POLICY), LACKS_IDENTITY),
    Case("a key's policy alone lets in whom it names", APP, Policies(resource=policy(allow("kms:Decrypt", Principal={"AWS": ROLE}))), None),
]  # fmt: skip


@pytest.mark.parametrize("case", KMS_CASES, ids=lambda case: case.says)
def test_a_key_is_closed_to_iam_unless_its_policy_lets_the_account_in(case: Case) -> None:
    decision = judge(wish(case.principal, "kms:Decrypt", KEY), case.policies)
    assert decision.reason == case.reason, case.says


def trust(principal: Any, **more: Any) -> PolicyDocument:
    """A role's trust policy."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return policy(statement, name=ROLE)


TRUST_CASES = [
    Case("a role that trusts the user by name needs nothing else", ANN, Policies(resource=trust({"AWS": ANN.arn})), None),
    Case("a role that trusts the account leaves it to IAM", ANN, Policies(resource=trust({"AWS": ACCOUNT_ROOT})), LACKS_IDENTITY),
    Case("… which may allow it", ANN, Policies((EVERYTHING,), resource=trust({"AWS": ACCOUNT_ROOT})), None),
    Case("an administrator cannot assume a role that trusts others", ANN, Policies((EVERYTHING,), resource=trust({"Service": "ecs.amazonaws.com"})), LACKS_RESOURCE),
    Case("a stranger needs the external id", STRANGER, Policies((EVERYTHING,), resource=trust({"AWS": STRANGER.arn}, Condition={"StringEquals": {"sts:ExternalId": "7"}})), LACKS_RESOURCE),
]  # fmt: skip


@pytest.mark.parametrize("case", TRUST_CASES, ids=lambda case: case.says)
def test_a_role_is_assumed_only_by_those_whom_it_trusts(case: Case) -> None:
    decision = judge(wish(case.principal, "sts:AssumeRole", ROLE), case.policies)
    assert decision.reason == case.reason, case.says


class Exemption(NamedTuple):
    """Whom a Deny with NotPrincipal leaves out."""

    says: str
    not_principal: Any
    boundary: PolicyDocument | None
    is_allowed: bool


EXEMPTIONS = [
    Exemption("the account and the role", [ACCOUNT_ROOT, ROLE], None, True),
    Exemption("the account and the session", [ACCOUNT, SESSION], None, True),
    Exemption("the role without its account is denied", [ROLE], None, False),
    Exemption("the account without the role is denied", [ACCOUNT_ROOT], None, False),
    Exemption("others are denied", [ACCOUNT_ROOT, ANN.arn], None, False),
    Exemption("a role with a boundary is always denied", [ACCOUNT_ROOT, ROLE], EVERYTHING, False),
]


@pytest.mark.parametrize("case", EXEMPTIONS, ids=lambda case: case.says)
def test_a_deny_with_not_principal_leaves_out_account_and_role_together(case: Exemption) -> None:
    statement = {"Effect": "Deny", "NotPrincipal": {"AWS": case.not_principal}, "Action": "*", "Resource": "*"}
    policies = Policies((EVERYTHING,), case.boundary, resource=policy(statement))
    assert judge(wish(), policies).is_allowed is case.is_allowed, case.says


CARLOS = Principal(f"arn:aws:iam::{ACCOUNT}:user/carlossalazar", ACCOUNT, "user")
LOGS = "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar-logs"
OWN = "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar"


def test_the_documented_example_of_carlos_ends_as_documented() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html"""
    identity = policy(
        allow(["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*", Sid="AllowS3ListRead"),
        allow("s3:*", [f"{OWN}/*", OWN], Sid="AllowS3Self"),
        deny("s3:*", "arn:aws:s3:::*log*", Sid="DenyS3Logs"),
        name="carlos",
    )
    shared = policy(allow(["s3:GetObject", "s3:PutObject"], f"{OWN}/*", Principal={"AWS": CARLOS.arn}))
    logs = policy(allow("s3:*", f"{LOGS}/*", Principal={"AWS": CARLOS.arn}))
    reasons = [
        judge(Request(CARLOS, "s3:PutObject", f"{bucket}/a", ACCOUNT), Policies((identity,), resource=document)).reason
        for bucket, document in ((OWN, shared), (LOGS, logs))
    ]
    assert reasons == [None, Reason(PolicyKind.IDENTITY, True, "carlos", "DenyS3Logs")]


def test_a_denial_tells_the_smallest_statement_for_each_policy_that_lacks_it() -> None:
    decision = judge(wish(), Policies(boundary=NOTHING))
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
    assert decision.would_allow == (Remedy(PolicyKind.IDENTITY, statement), Remedy(PolicyKind.BOUNDARY, statement))


def test_a_denial_of_a_resource_names_the_principal_in_the_statement() -> None:
    decision = judge(wish(SNS), Policies())
    statement: Document = {
        "Effect": "Allow",
        "Principal": {"Service": SNS.arn},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
    }
    assert decision.would_allow == (Remedy(PolicyKind.RESOURCE, statement),)


def test_no_statement_overrides_an_explicit_deny() -> None:
    assert judge(wish(), Policies((policy(deny()),))).would_allow == ()


def test_a_doubtful_statement_counts_only_where_no_other_suffices() -> None:
    near = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    doubtful = policy(allow(Principal={"AWS": SESSION}, Condition=near))
    request = wish(unknown_keys=frozenset({"aws:sourcevpc"}))
    sure = judge(request, Policies((EVERYTHING,), resource=doubtful))
    unsure = judge(request, Policies(resource=doubtful))
    assert (sure.is_allowed, sure.doubts) == (True, frozenset())
    assert (unsure.is_allowed, unsure.doubts) == (True, frozenset({"aws:sourcevpc"}))
