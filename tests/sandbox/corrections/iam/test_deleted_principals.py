"""A policy goes on to name the role or user that was deleted, and does not trust another one of its name."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.guarded_cloud import REGION, GuardedCloud, Keys, guarded_cloud

ACCOUNT = "123456789012"
ROLE, ANN = f"arn:aws:iam::{ACCOUNT}:role/app", f"arn:aws:iam::{ACCOUNT}:user/ann"
TRUST = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
SENDS = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
RECIPIENTS = {"Effect": "Allow", "Principal": {"AWS": [ROLE, ANN]}, "Action": "sns:Publish", "Resource": "*"}


def text(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Field(GuardedCloud):
    """A role and a user without rights of their own, whom a queue, a topic, a bucket and another role let in."""

    def __init__(self) -> None:
        super().__init__()
        self.iam, self.sqs = self.client("iam"), self.client("sqs")
        self.make()
        self.url = self.sqs.create_queue(QueueName="jobs")["QueueUrl"]
        self.let_in({"AWS": ROLE})
        self.topic = self.client("sns").create_topic(Name="news")["TopicArn"]
        self.client("sns").set_topic_attributes(
            TopicArn=self.topic, AttributeName="Policy", AttributeValue=text(RECIPIENTS)
        )
        place = {"LocationConstraint": REGION}
        self.client("s3").create_bucket(Bucket="files", CreateBucketConfiguration=place)
        kept_out = {"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "s3:*", "Resource": "*"}
        self.client("s3").put_bucket_policy(Bucket="files", Policy=text(kept_out))
        self.iam.create_role(
            RoleName="target", AssumeRolePolicyDocument=text({**TRUST, "Principal": {"AWS": [ROLE, ANN]}})
        )

    def make(self) -> None:
        self.iam.create_role(RoleName="app", AssumeRolePolicyDocument=text(TRUST))
        self.iam.create_user(UserName="ann")

    def make_anew(self) -> None:
        self.iam.delete_role(RoleName="app")
        self.iam.delete_user(UserName="ann")
        self.make()

    def let_in(self, principal: Any) -> None:
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": text({**SENDS, "Principal": principal})})

    def send(self) -> str:
        """Sends as a new session of the role; the code of the refusal, else nothing."""
        keys: Keys = self.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="test")["Credentials"]
        try:
            self.client("sqs", keys).send_message(QueueUrl=self.url, MessageBody="x")
        except ClientError as refused:
            return str(refused.response["Error"]["Code"])
        return ""


@pytest.fixture
def field() -> Iterator[Field]:
    with guarded_cloud() as _:
        yield Field()


def test_a_role_made_anew_is_not_the_role_that_a_policy_trusts(field: Field) -> None:
    before = field.send()
    field.make_anew()
    anew = field.send()
    field.let_in({"AWS": ROLE})
    assert (before, anew, field.send()) == ("", "AccessDenied", "")


def test_every_policy_shows_the_id_of_a_principal_that_is_gone(field: Field) -> None:
    role_id = field.iam.get_role(RoleName="app")["Role"]["RoleId"]
    user_id = field.iam.get_user(UserName="ann")["User"]["UserId"]
    field.make_anew()
    queue = json.loads(
        field.sqs.get_queue_attributes(QueueUrl=field.url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    )
    topic = json.loads(field.client("sns").get_topic_attributes(TopicArn=field.topic)["Attributes"]["Policy"])
    bucket = json.loads(field.client("s3").get_bucket_policy(Bucket="files")["Policy"])
    trust = field.iam.get_role(RoleName="target")["Role"]["AssumeRolePolicyDocument"]
    assert queue["Statement"] == [{**SENDS, "Principal": {"AWS": role_id}}]
    assert topic["Statement"] == [{**RECIPIENTS, "Principal": {"AWS": [role_id, user_id]}}]
    assert bucket["Statement"][0]["NotPrincipal"] == {"AWS": role_id}
    assert trust["Statement"] == [{**TRUST, "Principal": {"AWS": [role_id, user_id]}}]


def test_the_policy_of_an_event_bus_shows_the_id_of_a_principal_that_is_gone(field: Field) -> None:
    events = field.client("events")
    role_id = field.iam.get_role(RoleName="app")["Role"]["RoleId"]
    bus = events.describe_event_bus()["Arn"]
    puts = {"Sid": "app", "Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "events:PutEvents", "Resource": bus}
    account = {**puts, "Sid": "account", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    events.put_permission(Policy=text(puts, account))
    field.make_anew()
    policy = json.loads(events.describe_event_bus()["Policy"])
    assert policy["Statement"] == [{**puts, "Principal": {"AWS": role_id}}, account]


def test_a_role_that_cannot_be_deleted_keeps_its_trust(field: Field) -> None:
    field.iam.put_role_policy(RoleName="app", PolicyName="app", PolicyDocument=text(SENDS))
    with pytest.raises(ClientError, match="must delete policies first"):
        field.iam.delete_role(RoleName="app")
    assert field.send() == ""
