"""For each further rule over IAM: what passes, what fails and where, and what must wait for `up`."""

import json
from typing import Any

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import EVERYTHING, FROM_HOME, ROLE, ROLE_POLICY, Case, Props, statement

ONE = "arn:aws:sqs:eu-west-1:123456789012:orders"
GITHUB = "token.actions.githubusercontent.com"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
FIRST = ["policy.Statement[0]"]
TRUST = ["assumeRolePolicy.Statement[0]"]


def allow(action: Any, resource: Any = "*", **more: Any) -> Props:
    """A policy of one statement."""
    return statement(Action=action, Resource=resource, **more)


def trust(principal: Any, **condition: Any) -> Props:
    """A role that trusts this principal."""
    one = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
    return {"assumeRolePolicy": json.dumps({"Statement": [one]})}


def policy(rule: str, good: list[Props], bad: list[Props]) -> Case:
    """The case of a rule about the statements of a policy."""
    return Case(rule, ROLE_POLICY, good, [(props, FIRST) for props in bad], [{"policy": UNKNOWN}])


def trusting(rule: str, good: list[Props], bad: list[Props]) -> Case:
    """The case of a rule about who may assume a role."""
    return Case(rule, ROLE, good, [(props, TRUST) for props in bad], [{"assumeRolePolicy": UNKNOWN}])


def github(subject: str | None) -> Props:
    """A role that trusts GitHub's workflows with this subject."""
    condition = {} if subject is None else {"StringLike": {f"{GITHUB}:sub": subject}}
    return trust({"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}, **condition)


IAM_CASES = [
    policy(
        "iam-no-star-action",
        [allow("sqs:*", ONE), allow("sqs:SendMessage", ONE), statement(**EVERYTHING)],
        [allow("*", ONE), allow(["sqs:SendMessage", "*:*"], ONE), statement(NotAction="iam:*", Resource=ONE)],
    ),
    policy(
        "iam-no-service-wildcard",
        [allow("sqs:Send*", ONE), allow("sqs:SendMessage", ONE), statement(**EVERYTHING)],
        [allow("sqs:*", ONE), allow(["sqs:SendMessage", "s3:*"], ONE), allow("ec2:**", ONE)],
    ),
    policy(
        "iam-no-kms-decrypt-all",
        [
            allow("kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/abc"),
            allow("kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}),
            allow("kms:Encrypt"),
        ],
        [
            allow("kms:Decrypt"),
            allow("kms:*", "arn:aws:kms:*:123456789012:key/*"),
            allow(["sqs:ReceiveMessage", "kms:ReEncrypt*"]),
        ],
    ),
    policy(
        "iam-passrole-scoped",
        [
            allow("iam:PassRole", "arn:aws:iam::123456789012:role/app"),
            allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}),
            allow("iam:GetRole"),
        ],
        [allow("iam:PassRole"), allow("iam:Pass*"), allow(["iam:PassRole"], "arn:aws:iam::123456789012:role/*")],
    ),
    Case("iam-no-inline-policy", ROLE_POLICY, [], [({}, ["policy is inline"])]),
    Case(
        "iam-no-inline-policy",
        ROLE,
        [{}, {"inlinePolicies": []}],
        [({"inlinePolicies": [{"name": "a"}]}, ["inlinePolicies is set"])],
        [{"inlinePolicies": UNKNOWN}],
    ),
    policy(
        "iam-no-star-resource",
        [
            allow("sqs:SendMessage", ONE),
            allow(["ecr:GetAuthorizationToken", "ec2:DescribeInstances"]),
            allow("sqs:SendMessage", Condition=FROM_HOME),
            statement(**EVERYTHING),
        ],
        [
            allow("sqs:SendMessage"),
            allow(["ec2:DescribeInstances", "s3:PutObject"]),
            allow("s3:GetObject", "arn:aws:*"),
        ],
    ),
    policy(
        "iam-no-privilege-escalation",
        [
            allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/app"),
            allow("iam:PassRole"),
            allow(["iam:PassRole", "ecs:RunTask"], "arn:aws:iam::123456789012:role/app"),
        ],
        [allow("iam:PutRolePolicy"), allow("iam:Attach*"), allow(["iam:PassRole", "lambda:CreateFunction"])],
    ),
    policy(
        "iam-no-credentials-exposure",
        [allow("sts:AssumeRole", "arn:aws:iam::123456789012:role/app"), allow("sts:GetCallerIdentity")],
        [allow("sts:AssumeRole"), allow("rds-db:connect"), allow("redshift:Get*")],
    ),
    policy(
        "iam-no-data-exfiltration",
        [allow("s3:GetObject", "arn:aws:s3:::orders/*"), allow("s3:PutObject")],
        [allow("s3:GetObject"), allow("secretsmanager:*"), allow(["sqs:SendMessage", "sqs:Receive*"])],
    ),
    policy(
        "iam-no-permissions-management",
        [allow("kms:CreateGrant", "arn:aws:kms:eu-west-1:123456789012:key/abc"), allow("s3:GetBucketPolicy")],
        [allow("kms:CreateGrant"), allow("s3:Put*"), allow("sqs:AddPermission")],
    ),
    trusting(
        "iam-role-trust-no-public",
        [
            trust({"Service": "ecs-tasks.amazonaws.com"}),
            trust("*", StringEquals={"aws:PrincipalOrgID": "o-1"}),
            trust({"AWS": "123456789012"}),
        ],
        [trust("*"), trust({"AWS": "*"}), trust("*", StringLike={"aws:PrincipalArn": "*"})],
    ),
    trusting(
        "iam-role-trust-no-account-root",
        [
            trust({"AWS": "arn:aws:iam::123456789012:role/deploy"}),
            trust({"AWS": "123456789012"}, StringEquals={"sts:ExternalId": "shop"}),
            trust({"Service": "ec2.amazonaws.com"}),
        ],
        [trust({"AWS": "arn:aws:iam::123456789012:root"}), trust({"AWS": "123456789012"})],
    ),
    trusting(
        "iam-role-confused-deputy",
        [
            trust({"Service": "ec2.amazonaws.com"}),
            trust({"Service": "ecs-tasks.amazonaws.com"}, **FROM_HOME),
            trust({"Service": "sns.amazonaws.com"}, ArnLike={"AWS:SourceArn": "arn:aws:sns:*:123456789012:*"}),
        ],
        [
            trust({"Service": "ecs-tasks.amazonaws.com"}),
            trust({"Service": ["ec2.amazonaws.com", "events.amazonaws.com"]}),
            trust({"Service": "vpc-flow-logs.amazonaws.com"}, StringEquals={"sts:ExternalId": "x"}),
        ],
    ),
    trusting(
        "iam-oidc-github-restricted",
        [github("repo:shop/api:ref:refs/heads/main"), github("repo:shop/api:*"), trust({"Federated": "cognito"})],
        [github(None), github("*"), github("repo:*/api:*"), github("repo:shop/*")],
    ),
    *(
        Case(
            rule,
            ATTACHMENT,
            [{"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, {"policyArn": f"arn:aws:iam::1:policy/{name}"}],
            [
                ({"policyArn": f"arn:aws:iam::aws:policy/{name}"}, ["policyArn is"]),
                ({"policyArn": f"arn:aws-cn:iam::aws:policy/{name}"}, ["policyArn is"]),
            ],
            [{"policyArn": UNKNOWN}],
        )
        for rule, name in (
            ("iam-no-admin-managed-policy", "AdministratorAccess"),
            ("iam-no-iam-full-access", "IAMFullAccess"),
            ("iam-no-cloudshell", "AWSCloudShellFullAccess"),
        )
    ),
    Case(
        "iam-no-admin-managed-policy",
        ROLE,
        [{}, {"managedPolicyArns": []}],
        [({"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}, ["managedPolicyArns[0]"])],
        [{"managedPolicyArns": UNKNOWN}],
    ),
    Case("iam-no-user", "aws:iam/user:User", [], [({}, ["type is User"])]),
    Case("iam-no-user", "aws:iam/accessKey:AccessKey", [], [({}, ["type is AccessKey"])]),
    Case("iam-no-user-policy", "aws:iam/userPolicy:UserPolicy", [], [({}, ["user has rights"])]),
    Case(
        "iam-no-user-policy",
        "aws:iam/policyAttachment:PolicyAttachment",
        [{}, {"roles": ["app"], "users": []}],
        [({"users": ["anna"]}, ["users has rights"])],
        [{"users": UNKNOWN}],
    ),
]
