"""The rights that a role has needed make the policy that it needs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from slipway_sandbox.identities.rights import policy
from tests.sandbox.conftest import Box
from tests.support.sandbox.guarded_cloud import GuardedCloud, Keys, guarded_cloud

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"
JOBS = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"
TRUST = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}


def text(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def cloud() -> Iterator[GuardedCloud]:
    with guarded_cloud() as made:
        made.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=text(TRUST))
        yield made


def session(cloud: GuardedCloud) -> Keys:
    keys: Keys = cloud.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="ci")["Credentials"]
    return keys


def deploy(cloud: GuardedCloud) -> None:
    """What the role does."""
    sqs = cloud.client("sqs", session(cloud))
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.tag_queue(QueueUrl=url, Tags={"team": "shop"})
    cloud.client("ec2", session(cloud)).describe_vpcs()


def allow(cloud: GuardedCloud, document: Any) -> None:
    cloud.client("iam").put_role_policy(RoleName="deploy", PolicyName="own", PolicyDocument=json.dumps(document))


def test_with_the_policy_of_its_calls_a_role_can_make_them_and_no_others(cloud: GuardedCloud) -> None:
    allow(cloud, {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    deploy(cloud)
    needed = policy(cloud.denials.rights.report()[ROLE])
    assert needed["Statement"] == [
        {"Effect": "Allow", "Action": ["ec2:DescribeVpcs"], "Resource": ["*"]},
        {"Effect": "Allow", "Action": ["sqs:CreateQueue", "sqs:TagQueue"], "Resource": [JOBS]},
    ]
    allow(cloud, needed)
    deploy(cloud)
    with pytest.raises(ClientError, match="is not authorized to perform: sqs:deletequeue"):
        cloud.client("sqs", session(cloud)).delete_queue(QueueUrl=f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/jobs")


def test_a_refused_call_is_a_right_that_is_needed(cloud: GuardedCloud) -> None:
    with pytest.raises(ClientError, match="sqs:createqueue"):
        deploy(cloud)
    assert cloud.denials.rights.report()[ROLE] == {"sqs:CreateQueue": [JOBS]}


def test_a_role_that_has_called_nothing_is_no_traceback(shared_box: Box) -> None:
    said = shared_box.refusal("rights", "nobody-at-all")
    assert said.startswith("'nobody-at-all' has called nothing, ")
    assert said.endswith("deploy as it first: `slipway sandbox run --as nobody-at-all -- pulumi up`")
