"""A deployment role with just the permissions that a service needs: with one of them less, the update fails as on AWS."""

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from tests.support.sandbox.provider_driver import Driver, Live, ProviderCallError
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"
PERMISSIONS = [
    "ecs:CreateCluster", "ecs:CreateService", "ecs:DeleteCluster", "ecs:DeleteService",
    "ecs:DeregisterTaskDefinition", "ecs:DescribeClusters", "ecs:DescribeServices", "ecs:DescribeTaskDefinition",
    "ecs:RegisterTaskDefinition", "ecs:UpdateService", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy",
    "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole",
    "iam:ListRolePolicies", "iam:PassRole", "iam:PutRolePolicy", "logs:CreateLogGroup", "logs:DeleteLogGroup",
    "logs:DescribeLogGroups", "sns:CreateTopic", "sns:DeleteTopic", "sns:GetSubscriptionAttributes",
    "sns:GetTopicAttributes", "sns:Subscribe", "sns:Unsubscribe", "sqs:CreateQueue", "sqs:DeleteQueue",
    "sqs:GetQueueAttributes", "sqs:SetQueueAttributes",
]  # fmt: skip
CLIENT = AwsClient()
NUMBERS = itertools.count()


def document(*actions: str) -> str:
    """A policy that allows actions on everything."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(**principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(*actions: str) -> None:
    """Gives the deployment role these permissions and no others."""
    policy = {"RoleName": "deployer", "PolicyName": "deploys", "PolicyDocument": document(*actions)}
    CLIENT.call("iam", "put_role_policy", "eu-west-1", **policy)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with provider(retry_seconds=0) as (port, _):
        trusted = trust(AWS=f"arn:aws:iam::{ACCOUNT}:root")
        CLIENT.call("iam", "create_role", "eu-west-1", RoleName="deployer", AssumeRolePolicyDocument=trusted)
        yield port


@pytest.fixture(scope="module")
def subnet(port: int) -> Iterator[str]:
    """Id of a subnet that is there already."""
    driver = Driver(port, {"region": "eu-west-1"})
    vpc = driver.create("aws:ec2/vpc:Vpc", "main", {"cidrBlock": "10.9.0.0/16"})
    subnet = driver.create("aws:ec2/subnet:Subnet", "main", {"vpcId": vpc.id, "cidrBlock": "10.9.1.0/24"})
    yield subnet.id
    driver.close()


class Deployment:
    """A service with its queue, topic and role, made and destroyed by an instance."""

    def __init__(self, driver: Driver, subnet: str) -> None:
        self._driver, self._subnet, self._name = driver, subnet, f"shop-{next(NUMBERS)}"
        self.made: list[Live] = []

    def up(self) -> None:
        queue = self._made("aws:sqs/queue:Queue", "jobs", {"name": self._name})
        topic = self._made("aws:sns/topic:Topic", "news", {"name": self._name})
        lets = {
            "queueUrl": queue.id,
            "policy": document("sqs:SendMessage").replace('"Effect"', '"Principal": "*", "Effect"'),
        }
        self._made("aws:sqs/queuePolicy:QueuePolicy", "jobs", lets)
        joined = {"topic": topic.outputs["arn"], "protocol": "sqs", "endpoint": queue.outputs["arn"]}
        self._made("aws:sns/topicSubscription:TopicSubscription", "jobs", joined)
        group = self._made("aws:cloudwatch/logGroup:LogGroup", "api", {"name": self._name})
        trusted = trust(Service="ecs-tasks.amazonaws.com")
        role = self._made("aws:iam/role:Role", "api", {"name": self._name, "assumeRolePolicy": trusted})
        self._made("aws:iam/rolePolicy:RolePolicy", "api", {"role": role.id, "policy": document("sqs:SendMessage")})
        cluster = self._made("aws:ecs/cluster:Cluster", "main", {"name": self._name})
        options = {"awslogs-group": group.id, "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "api"}
        container = {"name": "api", "image": "nginx", "logConfiguration": {"logDriver": "awslogs", "options": options}}
        definition = self._made(
            "aws:ecs/taskDefinition:TaskDefinition",
            "api",
            {
                "family": self._name,
                "cpu": "256",
                "memory": "512",
                "networkMode": "awsvpc",
                "requiresCompatibilities": ["FARGATE"],
                "executionRoleArn": role.outputs["arn"],
                "containerDefinitions": json.dumps([container]),
            },
        )
        service = {
            "cluster": cluster.outputs["arn"],
            "desiredCount": 0,
            "launchType": "FARGATE",
            "name": self._name,
            "networkConfiguration": {"subnets": [self._subnet]},
            "taskDefinition": definition.outputs["arn"],
        }
        self._made("aws:ecs/service:Service", "api", service)

    def down(self) -> None:
        """Destroys everything, the last one first."""
        while self.made:
            self._driver.delete(self.made[-1])
            self.made.pop()

    def _made(self, token: str, name: str, inputs: Any) -> Live:
        self.made.append(self._driver.create(token, name, inputs))
        return self.made[-1]


@pytest.fixture
def deployment(port: int, subnet: str) -> Iterator[Deployment]:
    """A deployment with the role. What it leaves stays: each has names of its own."""
    driver = Driver(port, {"region": "eu-west-1", "assumeRoles": json.dumps([{"roleArn": ROLE, "sessionName": "ci"}])})
    yield Deployment(driver, subnet)
    driver.close()


def test_the_permissions_suffice(deployment: Deployment) -> None:
    allow(*PERMISSIONS)
    deployment.up()
    deployment.down()


@pytest.mark.parametrize("lacking", PERMISSIONS)
def test_without_one_of_them_the_update_fails_and_names_it(deployment: Deployment, lacking: str) -> None:
    allow(*(each for each in PERMISSIONS if each != lacking))
    with pytest.raises(ProviderCallError) as refused:
        deployment.up()
        deployment.down()
    assert f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci is not authorized to perform: " in str(refused.value)
    assert lacking.lower() in str(refused.value).lower()
