"""Rules for IAM policies.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html
"""

from policies import statements
from policies.registry import CRITICAL, MANDATORY, Deferred, Finding, Outcomes, rule
from policies.values import Resource

ROLE = "aws:iam/role:Role"


@rule(
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    ROLE,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP IAM.1", "CIS 2.14", "NIST AC-6"),
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-1",
    fix="name the actions and resources that are needed; slipway's services grant their task role nothing but what "
    "its own queue or topic needs",
)
def iam_no_admin_policy(owner: Resource) -> Outcomes:
    """IAM policies do not grant every action on every resource.

    NotAction and NotResource with Allow grant all but a few, and count. A condition does not make it pass, as in
    AWS's control.
    """
    written = [one["policy"] for one in owner["inlinePolicies"].elements()] if owner.type == ROLE else [owner["policy"]]
    for text in written:
        document = owner.parsed(text)
        if document.unknown:
            yield Deferred(text.path)
            continue
        for one in statements.statements(document):
            if statements.allows(one) and statements.every_action(one) and statements.every_resource(one):
                yield Finding(one.path, "allows every action on every resource")
