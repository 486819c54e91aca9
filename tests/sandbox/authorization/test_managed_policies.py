"""AWS's own policies count as AWS publishes them."""

import boto3
import pytest
from moto import mock_aws

from slipway_sandbox.authorization.check import Refusal, refusal_of
from tests.support.sandbox.authorization.cloud import TRUST, app, call, text
from tests.support.sandbox.authorization.identities import REGION

EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def test_the_policy_for_execution_roles_lets_a_task_pull_and_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    with mock_aws():
        iam = boto3.Session("key", "secret", region_name=REGION).client("iam")
        iam.create_role(RoleName="app", Path="/team/", AssumeRolePolicyDocument=text(TRUST))
        token = call("ecr", "GetAuthorizationToken")
        assert isinstance(refusal_of(token, app()), Refusal)
        iam.attach_role_policy(RoleName="app", PolicyArn=EXECUTION)
        calls = [
            token,
            call("ecr", "BatchGetImage", repositoryName="web"),
            call("logs", "PutLogEvents", logGroupName="/ecs/web", logStreamName="a"),
            call("ecr", "PutImage", repositoryName="web"),
            call("logs", "CreateLogGroup", logGroupName="/ecs/web"),
        ]
        refused = [each.operation for each in calls if isinstance(refusal_of(each, app()), Refusal)]
    assert refused == ["PutImage", "CreateLogGroup"]
