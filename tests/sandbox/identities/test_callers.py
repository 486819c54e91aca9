"""Who calls the sandbox's AWS: the administrator, users, sessions of roles, another account, and nobody."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from slipway_sandbox.identities.principals import Principals, Rejection
from slipway_sandbox.identities.reading.signatures import Signature
from slipway_sandbox.identities.sessions import Sessions
from tests.sandbox.conftest import Box
from tests.support.commands import HANG_SECONDS

ACCOUNT, OTHER = "123456789012", "222222222222"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    ],
}
INVALID = "The security token included in the request is invalid."

Keys = Mapping[str, str | None]
"""AccessKeyId, SecretAccessKey and, for a session, SessionToken."""
Clients = Callable[[str, Keys], Any]


@pytest.fixture
def clients(shared_box: Box) -> Iterator[Clients]:
    """Makes a boto3 client of a service with keys."""
    port = shared_box.status()["ports"]["moto"]

    def client(service: str, keys: Keys) -> Any:
        return boto3.client(
            service,
            "eu-west-1",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )

    yield client


@pytest.fixture(scope="module")
def ann(shared_box: Box) -> Iterator[Keys]:
    """Keys of the user ann, who may do everything."""
    iam = shared_box.client("iam")
    iam.create_user(UserName="ann")
    iam.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    keys = iam.create_access_key(UserName="ann")["AccessKey"]
    yield keys
    iam.delete_access_key(UserName="ann", AccessKeyId=keys["AccessKeyId"])
    iam.detach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.delete_user(UserName="ann")


@pytest.fixture(scope="module")
def reader(shared_box: Box) -> Iterator[str]:
    """ARN of a role that the account trusts, for at most two hours."""
    iam = shared_box.client("iam")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST), MaxSessionDuration=7200)
    iam.attach_role_policy(RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    yield ROLE
    iam.detach_role_policy(RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.delete_role(RoleName="reader")


def assumed(box: Box, role: str, **arguments: object) -> Keys:
    """Keys of a session of a role, assumed by the administrator."""
    answer = box.client("sts").assume_role(RoleArn=role, RoleSessionName="test", **arguments)
    keys: Keys = answer["Credentials"]
    return keys


def refusal(call: Callable[[], object]) -> tuple[str, str, int]:
    """Code, message and HTTP status of a refused call."""
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"], refused.value.response["ResponseMetadata"]["HTTPStatusCode"]


@dataclass(frozen=True)
class Protocol:
    """A read-only call of a service, and its refusal of a key that nobody has."""

    service: str
    operation: str
    refused: tuple[str, str, int]


PROTOCOLS = [
    Protocol("iam", "list_users", ("InvalidClientTokenId", INVALID, 403)),
    Protocol("sqs", "list_queues", ("InvalidClientTokenId", INVALID, 403)),
    Protocol("ecs", "list_clusters", ("UnrecognizedClientException", INVALID, 400)),
    Protocol("eks", "list_clusters", ("UnrecognizedClientException", INVALID, 400)),
    Protocol("route53", "list_hosted_zones", ("InvalidClientTokenId", INVALID, 403)),
    Protocol(
        "ec2", "describe_vpcs", ("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    ),
    Protocol(
        "s3",
        "list_buckets",
        ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    ),
]


@pytest.mark.parametrize("case", PROTOCOLS, ids=[case.service for case in PROTOCOLS])
def test_a_key_that_nobody_has_is_refused_in_the_words_of_the_service(clients: Clients, case: Protocol) -> None:
    client = clients(case.service, {"AccessKeyId": "AKIAIOSFODNN7NOBODY1", "SecretAccessKey": "x"})
    assert refusal(getattr(client, case.operation)) == case.refused


def test_the_keys_of_the_shell_are_an_administrator(shared_box: Box) -> None:
    assert shared_box.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/moto"


def test_the_keys_of_a_user_are_that_user_until_they_are_deactivated(
    shared_box: Box, clients: Clients, ann: Keys
) -> None:
    sts = clients("sts", ann)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ann"
    iam = shared_box.client("iam")
    iam.update_access_key(UserName="ann", AccessKeyId=ann["AccessKeyId"], Status="Inactive")
    assert refusal(sts.get_caller_identity) == ("InvalidClientTokenId", INVALID, 403)
    iam.update_access_key(UserName="ann", AccessKeyId=ann["AccessKeyId"], Status="Active")


def test_session_tokens_are_of_the_user_who_asked(shared_box: Box, clients: Clients, ann: Keys) -> None:
    for name, sts in (("ann", clients("sts", ann)), ("moto", shared_box.client("sts"))):
        keys = sts.get_session_token()["Credentials"]
        assert clients("sts", keys).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{name}"
        stolen = clients("sts", {**keys, "SessionToken": "another"})
        assert refusal(stolen.get_caller_identity) == ("InvalidClientTokenId", INVALID, 403)


def test_the_keys_of_a_session_are_a_session_of_the_role(shared_box: Box, clients: Clients, reader: str) -> None:
    keys = assumed(shared_box, reader)
    identity = clients("sts", keys).get_caller_identity()
    role_id = shared_box.client("iam").get_role(RoleName="reader")["Role"]["RoleId"]
    assert (identity["Arn"], identity["UserId"]) == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/test",
        f"{role_id}:test",
    )


@pytest.mark.parametrize("token", ["another", None])
def test_keys_of_a_session_need_its_token(shared_box: Box, clients: Clients, reader: str, token: str | None) -> None:
    keys = {**assumed(shared_box, reader), "SessionToken": token}
    assert refusal(clients("sts", keys).get_caller_identity) == ("InvalidClientTokenId", INVALID, 403)


def test_a_session_lasts_as_long_as_the_role_allows(shared_box: Box, reader: str) -> None:
    keys = assumed(shared_box, reader, DurationSeconds=7200)
    assert timedelta(0) < keys["Expiration"] - datetime.now(UTC) <= timedelta(hours=2)  # type: ignore[operator] # a time
    assert refusal(lambda: assumed(shared_box, reader, DurationSeconds=7201)) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        400,
    )


def test_a_role_assumed_by_a_role_lasts_an_hour(shared_box: Box, clients: Clients, reader: str) -> None:
    sts = clients("sts", assumed(shared_box, reader))
    again = {"RoleArn": reader, "RoleSessionName": "again"}
    assert sts.assume_role(**again)["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/again"
    assert refusal(lambda: sts.assume_role(**again, DurationSeconds=3601)) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        400,
    )


def test_a_session_policy_limits_a_session(shared_box: Box, clients: Clients, reader: str) -> None:
    limit = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
    keys = assumed(shared_box, reader, Policy=json.dumps(limit))
    clients("sqs", keys).list_queues()
    assert refusal(clients("ecs", keys).list_clusters) == (
        "AccessDeniedException",
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/test is not authorized to perform: ecs:ListClusters on resource: * "
        "because no session policy allows the ecs:ListClusters action",
        400,
    )


def test_a_role_is_assumed_with_the_external_id_that_it_asks_for(shared_box: Box) -> None:
    asking = {**TRUST["Statement"][0], "Condition": {"StringEquals": {"sts:ExternalId": "42"}}}  # type: ignore[dict-item]
    iam, role = shared_box.client("iam"), f"arn:aws:iam::{ACCOUNT}:role/asking"
    iam.create_role(RoleName="asking", AssumeRolePolicyDocument=json.dumps({**TRUST, "Statement": [asking]}))
    assert assumed(shared_box, role, ExternalId="42")["SessionToken"]
    for wrong in ({}, {"ExternalId": "43"}):
        assert refusal(lambda: assumed(shared_box, role, **wrong)) == (  # noqa: B023 - called here
            "AccessDenied",
            f"User: arn:aws:iam::{ACCOUNT}:user/moto is not authorized to perform: sts:AssumeRole on resource: {role}",
            403,
        )
    iam.delete_role(RoleName="asking")


def test_another_account_is_another_cloud_behind_the_role_of_its_organization(
    shared_box: Box, clients: Clients
) -> None:
    keys = assumed(shared_box, f"arn:aws:iam::{OTHER}:role/OrganizationAccountAccessRole")
    sqs = clients("sqs", keys)
    assert clients("sts", keys).get_caller_identity()["Account"] == OTHER
    url = sqs.create_queue(QueueName="far")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    assert attributes == {"QueueArn": f"arn:aws:sqs:eu-west-1:{OTHER}:far"}
    assert shared_box.client("sqs").list_queues(QueueNamePrefix="far").get("QueueUrls", []) == []
    sqs.delete_queue(QueueUrl=url)


def test_a_presigned_url_is_its_signers(shared_box: Box, clients: Clients, ann: Keys) -> None:
    s3 = shared_box.client("s3")
    s3.create_bucket(Bucket="presigned", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="presigned", Key="greeting", Body=b"hello")
    url = clients("s3", ann).generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "greeting"})
    assert requests.get(url, timeout=HANG_SECONDS).text == "hello"
    refused = requests.get(url.replace(ann["AccessKeyId"], "AKIAIOSFODNN7NOBODY1"), timeout=HANG_SECONDS)
    assert (refused.status_code, "<Code>InvalidAccessKeyId</Code>" in refused.text) == (403, True)
    s3.delete_object(Bucket="presigned", Key="greeting")
    s3.delete_bucket(Bucket="presigned")


def test_a_session_of_a_task_ends_in_time() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    sessions = Sessions(lambda: now)
    session = sessions.of(ROLE, "task-1")
    signature = Signature(session.key_id, session.token, "eu-west-1", "sqs")
    late = Principals(sessions, lambda: now + timedelta(hours=6))
    assert late.of(signature) is Rejection.EXPIRED


def test_a_bucket_that_denies_plain_http_denies_nobody_who_signs(shared_box: Box, clients: Clients, ann: Keys) -> None:
    s3 = shared_box.client("s3")
    s3.create_bucket(Bucket="encrypted-transport", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="encrypted-transport", Key="greeting", Body=b"hello")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::encrypted-transport/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    s3.put_bucket_policy(Bucket="encrypted-transport", Policy=json.dumps(policy))
    own = clients("s3", ann)
    assert own.get_object(Bucket="encrypted-transport", Key="greeting")["Body"].read() == b"hello"
    deny["Condition"] = {"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/ann"}}
    s3.put_bucket_policy(Bucket="encrypted-transport", Policy=json.dumps(policy))
    assert refusal(lambda: own.get_object(Bucket="encrypted-transport", Key="greeting")) == (
        "AccessDenied",
        f"User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform: s3:GetObject on resource: "
        '"arn:aws:s3:::encrypted-transport/greeting" with an explicit deny in a resource-based policy',
        403,
    )
    s3.delete_object(Bucket="encrypted-transport", Key="greeting")
    s3.delete_bucket(Bucket="encrypted-transport")
