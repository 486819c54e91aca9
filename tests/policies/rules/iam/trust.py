"""Cases of the rules in `iam.trust`: IAM roles: who may assume them."""

import json

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import ANY_CALLER, FROM_HOME, OVER_TLS, ROLE, Case, Props, failing_with


def trust(principal: object, **condition: object) -> Props:
    """A role with trust in this principal."""
    one = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
    return {"assumeRolePolicy": json.dumps({"Statement": [one]})}


FIRST_TRUST = ["assumeRolePolicy.Statement[0]"]


def trusting(rule: str, passes: list[Props], fails: list[Props]) -> Case:
    """The case of a rule about who may assume a role."""
    return Case(rule, ROLE, passes, [(props, FIRST_TRUST) for props in fails], [{"assumeRolePolicy": UNKNOWN}])


GITHUB = "token.actions.githubusercontent.com"


def github(subject: str | None) -> Props:
    """A role with trust in GitHub's workflows of this subject."""
    condition = {} if subject is None else {"StringLike": {f"{GITHUB}:sub": subject}}
    return trust({"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}, **condition)


ENTERPRISE = f"{GITHUB}/shop"

EKS_PROVIDER = "arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"

CASES: list[Case] = [
    trusting(
        "iam-role-trust-no-public",
        passes=[
            trust({"Service": "ecs-tasks.amazonaws.com"}),
            trust("*", StringEquals={"aws:PrincipalOrgID": "o-1"}),
            trust({"AWS": "123456789012"}),
        ],
        fails=[trust("*"), trust({"AWS": "*"}), trust("*", StringLike={"aws:PrincipalArn": "*"})],
    ),
    trusting(
        "iam-role-trust-no-account-root",
        passes=[
            trust({"AWS": "arn:aws:iam::123456789012:role/deploy"}),
            trust({"AWS": "123456789012"}, StringEquals={"sts:ExternalId": "shop"}),
            trust({"Service": "ec2.amazonaws.com"}),
        ],
        fails=[trust({"AWS": "arn:aws:iam::123456789012:root"}), trust({"AWS": "123456789012"})],
    ),
    trusting(
        "iam-role-confused-deputy",
        passes=[
            trust({"Service": "ec2.amazonaws.com"}),
            trust({"Service": "ecs-tasks.amazonaws.com"}, **FROM_HOME),
            trust({"Service": "sns.amazonaws.com"}, ArnLike={"AWS:SourceArn": "arn:aws:sns:*:123456789012:*"}),
        ],
        fails=[
            trust({"Service": "ecs-tasks.amazonaws.com"}),
            trust({"Service": ["ec2.amazonaws.com", "events.amazonaws.com"]}),
            trust({"Service": "vpc-flow-logs.amazonaws.com"}, StringEquals={"sts:ExternalId": "x"}),
        ],
    ),
    trusting(
        "iam-oidc-github-restricted",
        passes=[
            github("repo:shop/api:ref:refs/heads/main"),
            github("repo:shop/api:*"),
            trust({"Federated": "cognito"}),
        ],
        fails=[github(None), github("*"), github("repo:*/api:*"), github("repo:shop/*")],
    ),
    failing_with(
        "iam-role-trust-no-account-root",
        ROLE,
        passes=[],
        fails=[
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
    Case(
        rule="iam-oidc-github-restricted",
        kind=ROLE,
        passes=[
            trust(
                {"Federated": f"arn:aws:iam::1:oidc-provider/{ENTERPRISE}"},
                StringLike={f"{ENTERPRISE}:sub": "repo:a/b:*"},
            )
        ],
        fails=[
            (trust({"Federated": f"arn:aws:iam::1:oidc-provider/{ENTERPRISE}"}), FIRST_TRUST),
            (
                trust(
                    {"Federated": f"arn:aws:iam::1:oidc-provider/{GITHUB}"},
                    StringNotLike={f"{GITHUB}:sub": "repo:a/b:*"},
                ),
                FIRST_TRUST,
            ),
        ],
    ),
    Case(
        rule="iam-role-trust-no-public",
        kind=ROLE,
        passes=[
            trust({"Service": "ec2.amazonaws.com.cn"}),
            trust({"AWS": "arn:aws-us-gov:iam::1:role/deploy"}),
            trust({"Federated": "arn:aws:iam::1:saml-provider/okta"}),
            trust(
                {"Federated": EKS_PROVIDER},
                StringEquals={"oidc.eks.eu-west-1.amazonaws.com/id/A:sub": "system:serviceaccount:a:b"},
            ),
        ],
        fails=[
            (trust({"Federated": EKS_PROVIDER}), FIRST_TRUST),
            (trust({"Federated": ["accounts.google.com"]}, **OVER_TLS), FIRST_TRUST),
            (trust({"Service": "*"}), FIRST_TRUST),
            (trust({"AWS": ["1", "*"]}, **OVER_TLS), FIRST_TRUST),
        ],
    ),
    Case(
        rule="iam-role-trust-no-account-root",
        kind=ROLE,
        passes=[trust({"AWS": "arn:aws:iam::1:root"}, Bool={"aws:MultiFactorAuthPresent": "true"})],
        fails=[(trust({"AWS": "arn:aws:iam::1:root"}, **ANY_CALLER), FIRST_TRUST)],
    ),
    Case(
        rule="iam-role-confused-deputy",
        kind=ROLE,
        passes=[trust({"Service": "logs.eu-west-1.amazonaws.com"}, StringEquals={"aws:SourceAccount": 123456789012})],
        fails=[
            (trust({"Service": "logs.eu-west-1.amazonaws.com"}), FIRST_TRUST),
            (trust({"Service": "sns.amazonaws.com"}, ArnLike={"aws:SourceArn": "*"}), FIRST_TRUST),
        ],
    ),
]
