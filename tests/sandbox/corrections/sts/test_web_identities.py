"""A token of GitHub's opens a role as on AWS: by provider, audience, time and the conditions of the role's trust policy."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.authorization.web_tokens import GITHUB, token
from tests.support.sandbox.guarded_cloud import GuardedCloud, Keys, guarded_cloud

ACCOUNT = "123456789012"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
HOST = "token.actions.githubusercontent.com"
TRUST = {
    "Effect": "Allow",
    "Principal": {"Federated": PROVIDER},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {
        "StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{HOST}:sub": "repo:acme/shop:ref:refs/heads/*"},
    },
}
QUEUES = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}


def text(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Field(GuardedCloud):
    """GitHub's provider, a role `deploy` for one of its repositories, and a role that trusts ECS."""

    def __init__(self) -> None:
        super().__init__()
        self.iam = self.client("iam")
        self.iam.create_open_id_connect_provider(
            Url=GITHUB, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
        )
        self.iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=text(TRUST))
        self.iam.put_role_policy(RoleName="deploy", PolicyName="own", PolicyDocument=text(QUEUES))
        tasks = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        self.iam.create_role(RoleName="tasks", AssumeRolePolicyDocument=text(tasks))

    def assume(self, web_token: str, role: str = "deploy") -> Any:
        return self.client("sts").assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="ci", WebIdentityToken=web_token
        )

    def refusal(self, web_token: str, role: str) -> tuple[str, str]:
        with pytest.raises(ClientError) as refused:
            self.assume(web_token, role)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture(scope="module")
def cloud() -> Iterator[Field]:
    with guarded_cloud() as _:
        yield Field()


def test_a_workflow_becomes_the_role_that_trusts_its_repository(cloud: Field) -> None:
    answer = cloud.assume(token())
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"
    keys: Keys = answer["Credentials"]
    assert (answer["AssumedRoleUser"]["Arn"], answer["Provider"], answer["Audience"]) == (
        session,
        PROVIDER,
        "sts.amazonaws.com",
    )
    assert cloud.client("sts", keys).get_caller_identity()["Arn"] == session
    assert cloud.client("sqs", keys).list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    with pytest.raises(ClientError, match=r"is not authorized to perform: iam:ListUsers"):
        cloud.client("iam", keys).list_users()


@dataclass(frozen=True)
class Case:
    """What is wrong with a token, and AWS's answer."""

    says: str
    refused: tuple[str, str]
    claims: Mapping[str, object] = field(default_factory=dict)
    role: str = "deploy"


DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
CASES = [
    Case("another repository", DENIED, {"sub": "repo:acme/other:ref:refs/heads/main"}),
    Case("a pull request", DENIED, {"sub": "repo:acme/shop:pull_request"}),
    Case("a role that trusts no provider", DENIED, role="tasks"),
    Case("a role that is not there", DENIED, role="nobody"),
    Case("another audience", ("InvalidIdentityToken", "Incorrect token audience"), {"aud": "https://github.com/acme"}),
    Case(
        "a provider that IAM does not have",
        (
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://gitlab.com",
        ),
        {"iss": "https://gitlab.com"},
    ),
    Case("no subject", ("InvalidIdentityToken", "Missing a required claim: sub"), {"sub": None}),
]


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
def test_sts_refuses(cloud: Field, case: Case) -> None:
    assert cloud.refusal(token(**case.claims), case.role) == case.refused


def test_a_token_ends(cloud: Field) -> None:
    code, message = cloud.refusal(token(exp=1_700_000_000), "deploy")
    assert (code, message.split(": ")[0], message.split()[-1]) == (
        "ExpiredTokenException",
        "Token expired",
        "1700000000",
    )


def test_a_text_is_no_token(cloud: Field) -> None:
    expected = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    assert cloud.refusal("token", "deploy") == ("InvalidIdentityToken", expected)
    assert cloud.refusal("a.b.c", "deploy") == ("InvalidIdentityToken", expected)
