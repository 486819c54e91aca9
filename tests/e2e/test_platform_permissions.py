"""A permission that the platform's code needs and has not: it fails in the running container as on AWS, and a command says why."""

import json
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any

import pytest

from tests.e2e.conftest import Platform
from tests.support.commands import HANG_SECONDS

pytestmark = pytest.mark.e2e

NOTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}],
}


def ordered(platform: Platform) -> int:
    """The status of an order to the API."""
    request = urllib.request.Request(
        f"{platform.outputs()['apiUrl']}/orders",
        data=json.dumps({"id": "denied", "kind": "digital", "quantity": 1}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def denials(platform: Platform) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(platform.run("slipway", "sandbox", "denied", "--json").stdout)["denied"]
    return listed


def test_an_api_whose_role_may_not_publish_answers_502_and_the_command_denied_says_what_it_lacks(
    platform: Platform,
) -> None:
    iam = platform.client("iam")
    [role] = [entry["RoleName"] for entry in iam.list_roles()["Roles"] if entry["RoleName"].startswith("api-task")]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    whole = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    before = denials(platform)
    assert ordered(platform) == HTTPStatus.ACCEPTED
    assert denials(platform) == before, "the whole platform is refused nothing"
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(NOTHING))
    try:
        assert ordered(platform) == HTTPStatus.BAD_GATEWAY
        denial = denials(platform)[-1]
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(whole))
    topic = platform.outputs()["topicArn"]
    assert (denial["action"], denial["resource"], denial["code"]) == ("sns:Publish", topic, "AuthorizationError")
    assert denial["reason"] == (
        f"User: {denial['principal']} is not authorized to perform: SNS:Publish on resource: {topic} "
        "because no identity-based policy allows the SNS:Publish action"
    )
    assert denial["principal"].startswith(f"arn:aws:sts::123456789012:assumed-role/{role}/")
    assert denial["would_allow"] == [
        {
            "kind": "identity-based policy",
            "statement": {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic},
        }
    ]
    assert ordered(platform) == HTTPStatus.ACCEPTED
