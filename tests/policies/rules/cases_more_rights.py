"""Further examples of rights, that pass and that do not."""

import json

from tests.policies.rules.cases_more_documents import SOURCE, shown
from tests.support.policies.samples import ROLE, ROLE_POLICY, Props, statement

ATTACHMENT, USER_POLICY = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
)


def on_everything(action: str) -> Props:
    """A policy that allows the action on every resource."""
    return statement(Action=action, Resource="*")


MORE_RIGHTS = [
    shown("iam-no-user-policy", "aws:iam/policyAttachment:PolicyAttachment", [{"groups": ["developers"]}], []),
    shown("iam-no-user-policy", USER_POLICY, [], [({"user": "anna", "policyArn": "arn:a"}, "user has rights")]),
    shown(
        "iam-no-inline-policy",
        ROLE,
        [{"inlinePolicies": []}, {"inlinePolicies": None, "managedPolicyArns": ["a"]}],
        [({"inlinePolicies": [{"name": "a"}, {"name": "b"}]}, "inlinePolicies is set")],
    ),
    *(
        shown(
            rule,
            ROLE_POLICY,
            [statement(Action=action, Resource="*", Condition=SOURCE)],
            [(on_everything(action), "policy")],
        )
        for rule, action in (
            ("iam-no-credentials-exposure", "sts:AssumeRole"),
            ("iam-no-data-exfiltration", "secretsmanager:GetSecretValue"),
            ("iam-no-permissions-management", "s3:PutBucketPolicy"),
        )
    ),
    shown(
        "iam-role-trust-no-account-root",
        ROLE,
        [],
        [
            (
                {
                    "assumeRolePolicy": json.dumps(
                        {"Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "*"}}
                    )
                },
                "assumeRolePolicy.Statement",
            )
        ],
    ),
    *(
        shown(
            rule,
            kind,
            [
                {"policyArn": "arn:aws:iam::aws:policy/job-function/Billing"}
                if kind == ATTACHMENT
                else {"managedPolicyArns": []}
            ],
            [({"managedPolicyArns": ["a", f"arn:aws:iam::aws:policy/{name}"]}, "managedPolicyArns[1] is")]
            if kind == ROLE
            else [],
        )
        for rule, name in (
            ("iam-no-iam-full-access", "IAMFullAccess"),
            ("iam-no-cloudshell", "AWSCloudShellFullAccess"),
        )
        for kind in (ATTACHMENT, ROLE)
    ),
    *(
        shown(rule, kind, [], [(props, start)])
        for rule, kind, props, start in (
            ("iam-no-user", "aws:iam/user:User", {"name": "a", "path": None}, "type is User"),
            (
                "vpc-no-default-vpc",
                "aws:ec2/defaultSubnet:DefaultSubnet",
                {"availabilityZone": "eu-west-1a", "forceDestroy": None},
                "type is DefaultSubnet",
            ),
        )
    ),
]
