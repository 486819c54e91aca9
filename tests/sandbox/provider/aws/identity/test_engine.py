"""A deployment role on the real engine: what it may not do fails the update, and the user reads AWS's sentence."""

import json
import os
from pathlib import Path

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from tests.support.sandbox.provider_world import provider
from tests.support.sandbox.pulumi_project import project_of

os.environ.update(MOTO_ENVIRONMENT)

ACCOUNT = "123456789012"
PROGRAM = Path(__file__).parents[1] / "programs" / "queue_and_topic.py"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"
QUEUES = ["sqs:CreateQueue", "sqs:GetQueueAttributes", "sqs:DeleteQueue"]
TOPICS = ["sns:CreateTopic", "sns:GetTopicAttributes", "sns:DeleteTopic"]
CLIENT = AwsClient()


def policy(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def allow(actions: list[str]) -> None:
    document = policy(Action=actions, Resource="*")
    CLIENT.call("iam", "put_role_policy", "eu-west-1", RoleName="deployer", PolicyName="own", PolicyDocument=document)


def test_a_deployment_role_deploys_what_it_may_and_the_engine_says_what_it_may_not(tmp_path: Path) -> None:
    with provider() as (port, _):
        trust = policy(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Action="sts:AssumeRole")
        CLIENT.call("iam", "create_role", "eu-west-1", RoleName="deployer", AssumeRolePolicyDocument=trust)
        project = project_of(PROGRAM, tmp_path, port)

        project.run("config", "set", "--path", "aws:assumeRoles[0].roleArn", f"{ROLE}s")
        shown = project.run("up", "--yes", "--skip-preview", ok=False)
        assert f"IAM Role ({ROLE}s) cannot be assumed." in shown
        assert f"Error: AssumeRole: AccessDenied: User: arn:aws:iam::{ACCOUNT}:user/moto is not authorized" in shown

        project.run("config", "set", "--path", "aws:assumeRoles[0].roleArn", ROLE)
        project.run("config", "set", "--path", "aws:assumeRoles[0].sessionName", "ci")
        allow(QUEUES)
        shown = project.run("up", "--yes", "--skip-preview", ok=False)
        assert (
            "aws:sns/topic:Topic 'news': CreateTopic failed with AuthorizationError: "
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci is not authorized to perform: SNS:CreateTopic on resource: "
            f"arn:aws:sns:eu-west-1:{ACCOUNT}:news because no identity-based policy allows the SNS:CreateTopic action"
        ) in " ".join(shown.split())

        allow(QUEUES + TOPICS)
        project.run("up", "--yes", "--skip-preview")
        project.run("preview", "--expect-no-changes")
        exported = project.run("stack", "export")
        assert "ASIA" not in exported
        assert "SessionToken" not in exported

        unknown = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7NOBODY1", "AWS_SECRET_ACCESS_KEY": "hush"}
        shown = project.run("preview", ok=False, **unknown)
        assert "Invalid credentials configured." in shown
        assert "hush" not in shown
        project.run("destroy", "--yes", "--skip-preview")
