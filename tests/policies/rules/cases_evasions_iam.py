"""What slips past a careless reader of IAM policies, and what looks wrong and is not: other spellings, by rule."""

import json

from tests.policies.rules.cases_iam import FIRST, GITHUB, TRUST, allow, trust
from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import ROLE, ROLE_POLICY, Case, statement

EVERY_ROLE = "arn:aws:iam::123456789012:role/*"
ANY_CALLER = {"StringLike": {"aws:PrincipalArn": "*"}}
OVER_TLS = {"Bool": {"aws:SecureTransport": True}}

EKS = "arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"
ENTERPRISE = f"{GITHUB}/shop"

IAM_EVASIONS = [
    Case(
        "iam-no-admin-policy",
        ROLE_POLICY,
        [{"policy": ""}],
        [
            ({"policy": json.dumps({"statement": {"effect": "Allow"}})}, ["policy is not a policy document"]),
            ({"policy": json.dumps({"Statement": {"effect": "Allow"}})}, ["policy.Statement is not a statement"]),
            ({"policy": "{}"}, ["policy is not a policy document"]),
            (statement(Action="*", NotResource="arn:aws:s3:::mine/*"), FIRST),
        ],
    ),
    Case(
        "iam-oidc-github-restricted",
        ROLE,
        [
            trust(
                {"Federated": f"arn:aws:iam::1:oidc-provider/{ENTERPRISE}"},
                StringLike={f"{ENTERPRISE}:sub": "repo:a/b:*"},
            )
        ],
        [
            (trust({"Federated": f"arn:aws:iam::1:oidc-provider/{ENTERPRISE}"}), TRUST),
            (
                trust(
                    {"Federated": f"arn:aws:iam::1:oidc-provider/{GITHUB}"},
                    StringNotLike={f"{GITHUB}:sub": "repo:a/b:*"},
                ),
                TRUST,
            ),
        ],
    ),
    *(
        Case(
            rule,
            ROLE_POLICY,
            [allow(action, Condition={"StringEquals": {"aws:ResourceTag/team": "shop"}})],
            [
                (allow(action, Condition=ANY_CALLER), FIRST),
                (allow(action, Condition=OVER_TLS), FIRST),
                (statement(Action=action, NotResource="arn:aws:s3:::mine/*"), FIRST),
            ],
        )
        for rule, action in (
            ("iam-no-star-resource", "s3:PutObject"),
            ("iam-no-data-exfiltration", "s3:Get*"),
            ("iam-no-credentials-exposure", "sts:Assume*"),
            ("iam-no-permissions-management", "sqs:Add*"),
            ("iam-no-kms-decrypt-all", "kms:D*"),
        )
    ),
    Case(
        "iam-no-privilege-escalation",
        ROLE_POLICY,
        [
            allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/app-*"),
            allow("iam:PutRolePolicy", EVERY_ROLE, Condition={"StringEquals": {"iam:PermissionsBoundary": "arn:b"}}),
        ],
        [
            (allow("iam:PutRolePolicy", EVERY_ROLE), FIRST),
            (allow("iam:Put*", "arn:aws:iam::*:*"), FIRST),
            (allow("iam:CreatePolicyVersion", "arn:aws-cn:iam::1:policy/*", Condition=OVER_TLS), FIRST),
            (allow(["iam:PassRole", "ecs:RunTask"], EVERY_ROLE), FIRST),
        ],
    ),
    Case(
        "iam-passrole-scoped",
        ROLE_POLICY,
        [allow("iam:PassRole", EVERY_ROLE, Condition={"StringLike": {"iam:PassedToService": ["ecs*.amazonaws.com"]}})],
        [
            (allow("iam:PassRole", Condition={"StringLike": {"iam:PassedToService": "*"}}), FIRST),
            (allow("iam:PassRole", Condition={"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}), FIRST),
            (allow("iam:PassRole", "arn:aws:iam::123456789012:*"), FIRST),
        ],
    ),
    Case(
        "iam-no-admin-managed-policy",
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        [{"policyArns": []}, {"policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}],
        [({"policyArns": ["arn:a", "arn:aws-cn:iam::aws:policy/AdministratorAccess"]}, ["policyArns[1] is"])],
        [{"policyArns": UNKNOWN}],
    ),
    Case(
        "iam-no-user-policy",
        "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
        [{"userName": "anna", "policyArns": []}],
        [({"userName": "anna", "policyArns": ["arn:a"]}, ["policyArns give"])],
        [{"policyArns": UNKNOWN}],
    ),
    Case(
        "iam-role-trust-no-public",
        ROLE,
        [
            trust({"Service": "ec2.amazonaws.com.cn"}),
            trust({"AWS": "arn:aws-us-gov:iam::1:role/deploy"}),
            trust({"Federated": "arn:aws:iam::1:saml-provider/okta"}),
            trust(
                {"Federated": EKS},
                StringEquals={"oidc.eks.eu-west-1.amazonaws.com/id/A:sub": "system:serviceaccount:a:b"},
            ),
        ],
        [
            (trust({"Federated": EKS}), TRUST),
            (trust({"Federated": ["accounts.google.com"]}, **OVER_TLS), TRUST),
            (trust({"Service": "*"}), TRUST),
            (trust({"AWS": ["1", "*"]}, **OVER_TLS), TRUST),
        ],
    ),
    Case(
        "iam-role-trust-no-account-root",
        ROLE,
        [trust({"AWS": "arn:aws:iam::1:root"}, Bool={"aws:MultiFactorAuthPresent": "true"})],
        [(trust({"AWS": "arn:aws:iam::1:root"}, **ANY_CALLER), TRUST)],
    ),
    Case(
        "iam-role-confused-deputy",
        ROLE,
        [trust({"Service": "logs.eu-west-1.amazonaws.com"}, StringEquals={"aws:SourceAccount": 123456789012})],
        [
            (trust({"Service": "logs.eu-west-1.amazonaws.com"}), TRUST),
            (trust({"Service": "sns.amazonaws.com"}, ArnLike={"aws:SourceArn": "*"}), TRUST),
        ],
    ),
    *(
        Case(
            rule,
            ROLE_POLICY,
            [allow(action, some)],
            [
                (allow(action, all_of_them), FIRST),
                (allow(action, ["arn:aws:sqs:eu-west-1:1:work", all_of_them]), FIRST),
            ],
        )
        for rule, action, some, all_of_them in (
            ("iam-no-data-exfiltration", "s3:GetObject", "arn:aws:s3:::orders/*", "arn:aws:s3:::*/*"),
            ("iam-no-data-exfiltration", "s3:GetObject", "arn:aws:s3:::orders-*", "arn:aws-cn:s3:::*"),
            (
                "iam-no-data-exfiltration",
                "secretsmanager:GetSecretValue",
                "arn:aws:secretsmanager:eu-west-1:1:secret:shop/*",
                "arn:aws:secretsmanager:eu-west-1:1:secret:*",
            ),
            (
                "iam-no-data-exfiltration",
                "ssm:GetParameter",
                "arn:aws:ssm:*:1:parameter/shop/*",
                "arn:aws:ssm:*:1:parameter/*",
            ),
            ("iam-no-credentials-exposure", "sts:AssumeRole", "arn:aws:iam::*:role/deploy", EVERY_ROLE),
            (
                "iam-no-credentials-exposure",
                "ssm:StartSession",
                "arn:aws:ec2:*:1:instance/i-1",
                "arn:aws:ec2:*:1:instance/*",
            ),
            ("iam-no-permissions-management", "kms:PutKeyPolicy", "arn:aws:kms:*:1:key/a", "arn:aws:kms:*:1:key/*"),
        )
    ),
]
