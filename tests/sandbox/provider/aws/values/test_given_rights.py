"""Rights that come with a resource whose program asks for none: a key and a topic let their account in, others nobody.

Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient, AwsError
from tests.support.sandbox.provider_driver import Driver
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)
ROOT = "arn:aws:iam::123456789012:root"
REGION = "eu-west-1"


class World:
    """A provider, and what AWS answers."""

    def __init__(self, driver: Driver, client: AwsClient) -> None:
        self.driver, self.client = driver, client

    def ask(self, service: str, operation: str, **params: Any) -> Any:
        return self.client.call(service, operation, REGION, **params)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    client = AwsClient()
    with provider(client=client) as (port, _):
        driver = Driver(port, {"region": REGION})
        yield World(driver, client)
        driver.close()


def test_a_key_is_its_accounts(world: World) -> None:
    key = world.driver.create("aws:kms/key:Key", "data", {})
    policy = json.loads(world.ask("kms", "get_key_policy", KeyId=key.id, PolicyName="default")["Policy"])
    [statement] = policy["Statement"]
    assert statement["Principal"] == {"AWS": ROOT}
    assert (statement["Effect"], statement["Action"], statement["Resource"]) == ("Allow", "kms:*", "*")


def test_a_topic_lets_its_account_publish_and_subscribe(world: World) -> None:
    topic = world.driver.create("aws:sns/topic:Topic", "events", {})
    policy = json.loads(world.ask("sns", "get_topic_attributes", TopicArn=topic.id)["Attributes"]["Policy"])
    [statement] = policy["Statement"]
    assert (policy["Id"], statement["Sid"]) == ("__default_policy_ID", "__default_statement_ID")
    assert (statement["Effect"], statement["Principal"], statement["Resource"]) == ("Allow", {"AWS": "*"}, topic.id)
    assert {"SNS:Publish", "SNS:Subscribe"} <= set(statement["Action"])
    assert statement["Condition"] == {"StringEquals": {"AWS:SourceOwner": "123456789012"}}


def test_a_bucket_is_its_owners(world: World) -> None:
    bucket = world.driver.create("aws:s3/bucket:Bucket", "files", {})
    answer = world.ask("s3", "get_bucket_acl", Bucket=bucket.id)
    [grant] = answer["Grants"]
    assert (grant["Permission"], grant["Grantee"]["ID"]) == ("FULL_CONTROL", answer["Owner"]["ID"])
    with pytest.raises(AwsError, match="NoSuchBucketPolicy"):
        world.ask("s3", "get_bucket_policy", Bucket=bucket.id)


def test_queues_repositories_and_secrets_have_no_policy(world: World) -> None:
    queue = world.driver.create("aws:sqs/queue:Queue", "orders", {})
    attributes = world.ask("sqs", "get_queue_attributes", QueueUrl=queue.id, AttributeNames=["All"])["Attributes"]
    assert "Policy" not in attributes
    repository = world.driver.create("aws:ecr/repository:Repository", "app", {})
    with pytest.raises(AwsError, match="RepositoryPolicyNotFoundException"):
        world.ask("ecr", "get_repository_policy", repositoryName=repository.id)
    secret = world.driver.create("aws:secretsmanager/secret:Secret", "token", {})
    assert "ResourcePolicy" not in world.ask("secretsmanager", "get_resource_policy", SecretId=secret.id)
