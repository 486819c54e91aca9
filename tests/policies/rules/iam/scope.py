"""Cases of the rules in `iam.scope`: IAM policies on every resource."""

from tests.support.policies.samples import (
    ANY_CALLER,
    EVERY_ROLE,
    EVERYTHING,
    FIRST_STATEMENT,
    FROM_HOME,
    FROM_ORGANIZATION,
    ORDERS_QUEUE_ARN,
    OVER_TLS,
    ROLE_POLICY,
    Case,
    Props,
    allow,
    failing_with,
    policy_case,
    statement,
)


def on_everything(action: str) -> Props:
    """A policy with the action on every resource."""
    return statement(Action=action, Resource="*")


CASES: list[Case] = [
    policy_case(
        "iam-no-star-resource",
        passes=[
            allow("sqs:SendMessage", ORDERS_QUEUE_ARN),
            allow(["ecr:GetAuthorizationToken", "ec2:DescribeInstances"]),
            allow("sqs:SendMessage", Condition=FROM_HOME),
            statement(**EVERYTHING),
        ],
        fails=[
            allow("sqs:SendMessage"),
            allow(["ec2:DescribeInstances", "s3:PutObject"]),
            allow("s3:GetObject", "arn:aws:*"),
        ],
    ),
    policy_case(
        "iam-no-privilege-escalation",
        passes=[
            allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/app"),
            allow("iam:PassRole"),
            allow(["iam:PassRole", "ecs:RunTask"], "arn:aws:iam::123456789012:role/app"),
        ],
        fails=[allow("iam:PutRolePolicy"), allow("iam:Attach*"), allow(["iam:PassRole", "lambda:CreateFunction"])],
    ),
    policy_case(
        "iam-no-credentials-exposure",
        passes=[allow("sts:AssumeRole", "arn:aws:iam::123456789012:role/app"), allow("sts:GetCallerIdentity")],
        fails=[allow("sts:AssumeRole"), allow("rds-db:connect"), allow("redshift:Get*")],
    ),
    policy_case(
        "iam-no-data-exfiltration",
        passes=[allow("s3:GetObject", "arn:aws:s3:::orders/*"), allow("s3:PutObject")],
        fails=[allow("s3:GetObject"), allow("secretsmanager:*"), allow(["sqs:SendMessage", "sqs:Receive*"])],
    ),
    policy_case(
        "iam-no-permissions-management",
        passes=[allow("kms:CreateGrant", "arn:aws:kms:eu-west-1:123456789012:key/abc"), allow("s3:GetBucketPolicy")],
        fails=[allow("kms:CreateGrant"), allow("s3:Put*"), allow("sqs:AddPermission")],
    ),
    *(
        failing_with(
            rule,
            ROLE_POLICY,
            passes=[statement(Action=action, Resource="*", Condition=FROM_ORGANIZATION)],
            fails=[(on_everything(action), "policy")],
        )
        for rule, action in (
            ("iam-no-credentials-exposure", "sts:AssumeRole"),
            ("iam-no-data-exfiltration", "secretsmanager:GetSecretValue"),
            ("iam-no-permissions-management", "s3:PutBucketPolicy"),
        )
    ),
    Case(
        rule="iam-no-star-resource",
        kind=ROLE_POLICY,
        passes=[allow("s3:PutObject", Condition={"StringEquals": {"aws:ResourceTag/team": "shop"}})],
        fails=[
            (allow("s3:PutObject", Condition=ANY_CALLER), FIRST_STATEMENT),
            (allow("s3:PutObject", Condition=OVER_TLS), FIRST_STATEMENT),
            (statement(Action="s3:PutObject", NotResource="arn:aws:s3:::mine/*"), FIRST_STATEMENT),
        ],
    ),
    Case(
        rule="iam-no-data-exfiltration",
        kind=ROLE_POLICY,
        passes=[allow("s3:Get*", Condition={"StringEquals": {"aws:ResourceTag/team": "shop"}})],
        fails=[
            (allow("s3:Get*", Condition=ANY_CALLER), FIRST_STATEMENT),
            (allow("s3:Get*", Condition=OVER_TLS), FIRST_STATEMENT),
            (statement(Action="s3:Get*", NotResource="arn:aws:s3:::mine/*"), FIRST_STATEMENT),
        ],
    ),
    Case(
        rule="iam-no-credentials-exposure",
        kind=ROLE_POLICY,
        passes=[allow("sts:Assume*", Condition={"StringEquals": {"aws:ResourceTag/team": "shop"}})],
        fails=[
            (allow("sts:Assume*", Condition=ANY_CALLER), FIRST_STATEMENT),
            (allow("sts:Assume*", Condition=OVER_TLS), FIRST_STATEMENT),
            (statement(Action="sts:Assume*", NotResource="arn:aws:s3:::mine/*"), FIRST_STATEMENT),
        ],
    ),
    Case(
        rule="iam-no-permissions-management",
        kind=ROLE_POLICY,
        passes=[allow("sqs:Add*", Condition={"StringEquals": {"aws:ResourceTag/team": "shop"}})],
        fails=[
            (allow("sqs:Add*", Condition=ANY_CALLER), FIRST_STATEMENT),
            (allow("sqs:Add*", Condition=OVER_TLS), FIRST_STATEMENT),
            (statement(Action="sqs:Add*", NotResource="arn:aws:s3:::mine/*"), FIRST_STATEMENT),
        ],
    ),
    Case(
        rule="iam-no-privilege-escalation",
        kind=ROLE_POLICY,
        passes=[
            allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/app-*"),
            allow("iam:PutRolePolicy", EVERY_ROLE, Condition={"StringEquals": {"iam:PermissionsBoundary": "arn:b"}}),
        ],
        fails=[
            (allow("iam:PutRolePolicy", EVERY_ROLE), FIRST_STATEMENT),
            (allow("iam:Put*", "arn:aws:iam::*:*"), FIRST_STATEMENT),
            (allow("iam:CreatePolicyVersion", "arn:aws-cn:iam::1:policy/*", Condition=OVER_TLS), FIRST_STATEMENT),
            (allow(["iam:PassRole", "ecs:RunTask"], EVERY_ROLE), FIRST_STATEMENT),
        ],
    ),
    *(
        Case(
            rule=rule,
            kind=ROLE_POLICY,
            passes=[allow(action, some)],
            fails=[
                (allow(action, all_of_them), FIRST_STATEMENT),
                (allow(action, ["arn:aws:sqs:eu-west-1:1:work", all_of_them]), FIRST_STATEMENT),
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
