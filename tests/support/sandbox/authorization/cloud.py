"""A cloud in this process with one resource of each kind that authorization looks up."""

import json
from dataclasses import dataclass, field
from typing import Any

import boto3

from slipway_sandbox.authorization.model import Call, Principal
from tests.support.sandbox.authorization.identities import ACCOUNT, APP, REGION, ROLE

TRUST = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
EXECUTION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/execution"


def text(*statements: Any) -> str:
    """A policy as AWS takes it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@dataclass(frozen=True)
class Cloud:
    """The cloud, and the ARNs that it chose."""

    session: boto3.Session
    key_arn: str
    secret_arn: str
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Client of a service, made once: that takes long."""
        if service not in self.clients:
            self.clients[service] = self.session.client(service)
        return self.clients[service]

    def let(self, *statements: Any, role: str = "app") -> None:
        """Give a role these statements, and no others."""
        self.client("iam").put_role_policy(RoleName=role, PolicyName="app", PolicyDocument=text(*statements))


def filled(session: boto3.Session) -> Cloud:
    """A queue, a topic, a secret and a parameter under one key; roles, a task definition, a bucket and a profile."""
    iam, kms, sqs, sns, ssm = (session.client(name) for name in ("iam", "kms", "sqs", "sns", "ssm"))
    iam.create_role(RoleName="app", Path="/team/", AssumeRolePolicyDocument=text(TRUST))
    iam.create_role(RoleName="execution", AssumeRolePolicyDocument=text(TRUST))
    iam.create_user(UserName="ann")
    iam.create_instance_profile(InstanceProfileName="bastion")
    iam.add_role_to_instance_profile(InstanceProfileName="bastion", RoleName="app")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/shop", TargetKeyId=key)
    sqs.create_queue(QueueName="jobs")
    sqs.create_queue(QueueName="secret-jobs", Attributes={"KmsMasterKeyId": "alias/shop"})
    sns.create_topic(Name="alerts", Attributes={"KmsMasterKeyId": key})
    secret = session.client("secretsmanager").create_secret(Name="db", SecretString="x", KmsKeyId=key)["ARN"]
    ssm.put_parameter(Name="/shop/token", Value="x", Type="SecureString", KeyId=key)
    session.client("ecs").register_task_definition(
        family="web", taskRoleArn=ROLE, executionRoleArn=EXECUTION_ROLE, containerDefinitions=[]
    )
    place = {"LocationConstraint": REGION}
    session.client("s3").create_bucket(Bucket="shop", CreateBucketConfiguration=place)
    return Cloud(session, key, secret)


def call(service: str, operation: str, /, **parameters: Any) -> Call:
    """A call to the first account."""
    return Call(service, operation, parameters, REGION, ACCOUNT)


def app(**more: Any) -> Principal:
    """A session of the role `app`."""
    return Principal(APP.arn, ACCOUNT, "role", ROLE, APP.user_id, **more)
