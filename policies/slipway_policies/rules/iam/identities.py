"""Rules for users, access keys and attached AWS managed policies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from slipway_policies.engine.registry import ADVISORY, CRITICAL, MANDATORY, MEDIUM, Deferred, Finding, Outcomes, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.rules.iam.policies import BEST_PRACTICES, CONTROLS, ROLE

ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
)
OURS = "slipway's services write the policy that each role needs"


def _attached(owner: Resource) -> list[Value]:
    """The ARNs of the attached managed policies."""
    several = owner["managedPolicyArns"] if owner.type == ROLE else owner["policyArns"]
    return [*several.elements(), *([] if owner["policyArn"].absent else [owner["policyArn"]])]


def _not_attached(owner: Resource, policy: str, problem: str) -> Outcomes:
    for arn in _attached(owner):
        if arn.unknown:
            yield Deferred(arn.path)
        elif arn.text().endswith(f":iam::aws:policy/{policy}"):
            yield Finding(arn.path, problem)


@rule(
    *ATTACHMENTS,
    ROLE,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP IAM.1", "CIS 2.14"),
    link=f"{CONTROLS}#iam-1",
    fix=f"write a policy with only the needed actions and resources; {OURS}",
)
def iam_no_admin_managed_policy(owner: Resource) -> Outcomes:
    """Nobody and nothing has AWS's AdministratorAccess."""
    yield from _not_attached(owner, "AdministratorAccess", "is AdministratorAccess")


@rule(
    *ATTACHMENTS,
    ROLE,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("NIST AC-6",),
    link=BEST_PRACTICES,
    fix=f"write a policy with only the needed actions and resources; {OURS}",
)
def iam_no_iam_full_access(owner: Resource) -> Outcomes:
    """The AWS managed policy IAMFullAccess is attached to nothing: it lets its holder become an administrator."""
    yield from _not_attached(owner, "IAMFullAccess", "is IAMFullAccess")


@rule(
    *ATTACHMENTS,
    ROLE,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("CIS 2.20",),
    link="https://docs.aws.amazon.com/cloudshell/latest/userguide/sec-auth-with-identities.html",
    fix=f"attach a policy without cloudshell:GetFileUploadUrls and GetFileDownloadUrls; {OURS}",
)
def iam_no_cloudshell(owner: Resource) -> Outcomes:
    """Nobody may carry files out through CloudShell."""
    yield from _not_attached(owner, "AWSCloudShellFullAccess", "is AWSCloudShellFullAccess")


@rule(
    "aws:iam/user:User",
    "aws:iam/accessKey:AccessKey",
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST IA-2",),
    link=BEST_PRACTICES,
    fix="use a role: IAM Identity Center for people, OIDC for pipelines, task roles for code, as slipway's services do",
)
def iam_no_user(owner: Resource) -> Outcomes:
    """Programs create no users and no access keys: their secrets never expire and are in the state."""
    yield Finding("type", f"is {owner.type.rpartition(':')[2]}")


@rule(
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP IAM.2", "CIS 2.13"),
    link=f"{CONTROLS}#iam-2",
    fix="attach the policy to a group or role; slipway's components attach to roles only",
)
def iam_no_user_policy(owner: Resource) -> Outcomes:
    """Users get their permissions from groups and roles."""
    named = {"PolicyAttachment": "users", "UserPolicyAttachmentsExclusive": "policyArns"}
    listed = named.get(owner.type.rpartition(":")[2])
    if listed is None:
        yield Finding("user", "has its own policies")
    elif owner[listed].unknown:
        yield Deferred(listed)
    elif list(owner[listed].elements()):
        yield Finding(listed, "get the policy directly" if listed == "users" else "are attached to a user")
