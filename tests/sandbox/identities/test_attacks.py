"""Somebody tries to get around who they are. Each try has AWS's code and sentence."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.guarded_cloud import REGION, GuardedCloud, Keys, guarded_cloud

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
INVALID = ("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
QUEUES = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}


def text(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Field(GuardedCloud):
    """A role that may use queues, and a user who may do everything."""

    def __init__(self) -> None:
        super().__init__()
        self.iam, self.sts = self.client("iam"), self.client("sts")
        self.make_role()
        self.iam.create_user(UserName="ann")
        self.iam.put_user_policy(UserName="ann", PolicyName="all", PolicyDocument=text(EVERYTHING))
        self.ann: Keys = self.iam.create_access_key(UserName="ann")["AccessKey"]

    def make_role(self, **trust: Any) -> None:
        self.iam.create_role(RoleName="app", AssumeRolePolicyDocument=text({**TRUST, **trust}))
        self.iam.put_role_policy(RoleName="app", PolicyName="app", PolicyDocument=text(QUEUES))

    def delete_role(self) -> None:
        self.iam.delete_role_policy(RoleName="app", PolicyName="app")
        self.iam.delete_role(RoleName="app")

    def assume(self, **arguments: Any) -> Keys:
        keys: Keys = self.sts.assume_role(**{"RoleArn": ROLE, "RoleSessionName": "test", **arguments})["Credentials"]
        return keys


@pytest.fixture
def field() -> Iterator[Field]:
    with guarded_cloud() as _:
        yield Field()


def outcome(call: Callable[[], object]) -> tuple[str, str, int] | str:
    """Code, message and HTTP status of a refusal; `allowed` without one."""
    try:
        call()
    except ClientError as refused:
        error = refused.response["Error"]
        return error["Code"], error["Message"], refused.response["ResponseMetadata"]["HTTPStatusCode"]
    return "allowed"


def role_is_deleted(field: Field) -> object:
    keys = field.assume()
    field.delete_role()
    return field.client("sqs", keys).list_queues()


def role_is_made_anew(field: Field) -> object:
    keys = field.assume()
    field.delete_role()
    field.make_role()
    return field.client("sqs", keys).list_queues()


def task_of_a_role_made_anew(field: Field) -> object:
    session = field.sessions.of(ROLE, "task-1")
    field.delete_role()
    field.make_role()
    keys = {"AccessKeyId": session.key_id, "SecretAccessKey": session.secret_key, "SessionToken": session.token}
    return field.client("sqs", keys).list_queues()


def trust_is_taken_back(field: Field) -> object:
    keys = field.assume()
    stranger = {**TRUST, "Principal": {"AWS": "arn:aws:iam::222222222222:root"}}
    field.iam.update_assume_role_policy(RoleName="app", PolicyDocument=text(stranger))
    return field.client("sqs", keys).list_queues()


def key_is_inactive(field: Field) -> object:
    field.iam.update_access_key(UserName="ann", AccessKeyId=field.ann["AccessKeyId"], Status="Inactive")
    return field.client("sqs", field.ann).list_queues()


def key_is_deleted(field: Field) -> object:
    field.iam.delete_access_key(UserName="ann", AccessKeyId=field.ann["AccessKeyId"])
    return field.client("sqs", field.ann).list_queues()


def policy_that_widens(field: Field) -> object:
    return field.client("sns", field.assume(Policy=text(EVERYTHING))).list_topics()


def policy_that_is_no_json(field: Field) -> object:
    return field.client("sns", field.assume(Policy="{")).list_topics()


def tags_without_the_right(field: Field) -> object:
    return field.assume(Tags=[{"Key": "team", "Value": "shop"}])


def wrong_external_id(field: Field) -> object:
    field.delete_role()
    field.make_role(Condition={"StringEquals": {"sts:ExternalId": "42"}})
    return field.assume(ExternalId="43")


def session_name_with_a_slash(field: Field) -> object:
    return field.assume(RoleSessionName="a/b")


def session_token_of_a_session(field: Field) -> object:
    return field.client("sts", field.assume()).get_session_token()


def federation_token_of_a_session(field: Field) -> object:
    return field.client("sts", field.assume()).get_federation_token(Name="bob", Policy=text(EVERYTHING))


def session_token_for_too_short(field: Field) -> object:
    return field.client("sts", field.ann).get_session_token(DurationSeconds=899)


def session_token_for_too_long(field: Field) -> object:
    return field.client("sts", field.ann).get_session_token(DurationSeconds=129_601)


def iam_with_a_session_token(field: Field) -> object:
    return field.client("iam", field.client("sts", field.ann).get_session_token()["Credentials"]).list_users()


def session_token_for_a_session_of_a_user(field: Field) -> object:
    return field.client("sts", field.client("sts", field.ann).get_session_token()["Credentials"]).get_session_token()


def federated(field: Field, **arguments: Any) -> Keys:
    keys: Keys = field.client("sts", field.ann).get_federation_token(Name="bob", **arguments)["Credentials"]
    return keys


def federated_user_without_policy(field: Field) -> object:
    return field.client("sqs", federated(field)).list_queues()


def federated_user_with_a_policy(field: Field) -> object:
    return field.client("sqs", federated(field, Policy=text(QUEUES))).list_queues()


def federated_user_beyond_the_policy(field: Field) -> object:
    return field.client("sns", federated(field, Policy=text(QUEUES))).list_topics()


def federated_user_beyond_the_user(field: Field) -> object:
    field.iam.put_user_policy(
        UserName="ann",
        PolicyName="all",
        PolicyDocument=text({**QUEUES, "Action": ["sqs:*", "sts:GetFederationToken"]}),
    )
    return field.client("sns", federated(field, Policy=text(EVERYTHING))).list_topics()


def federated_user_at_iam(field: Field) -> object:
    return field.client("iam", federated(field, Policy=text(EVERYTHING))).list_users()


def federated_user_of_a_user_without_the_right(field: Field) -> object:
    field.iam.put_user_policy(UserName="ann", PolicyName="all", PolicyDocument=text(QUEUES))
    return federated(field, Policy=text(QUEUES))


def denied(who: str, action: str, because: str, code: str = "AccessDenied") -> tuple[str, str, int]:
    arn = f"arn:aws:sts::{ACCOUNT}:{who}"
    return code, f"User: {arn} is not authorized to perform: {action} {because}", 403


SESSION = "assumed-role/app/test"
ATTACKS: Mapping[Callable[[Field], object], tuple[str, str, int] | str] = {
    role_is_deleted: INVALID,
    role_is_made_anew: INVALID,
    task_of_a_role_made_anew: INVALID,
    trust_is_taken_back: "allowed",  # as on AWS: sessions live on, and a Deny on aws:TokenIssueTime ends them
    key_is_inactive: INVALID,
    key_is_deleted: INVALID,
    policy_that_widens: denied(
        SESSION,
        "SNS:ListTopics",
        f"on resource: arn:aws:sns:{REGION}:{ACCOUNT}:* because no identity-based policy allows the SNS:ListTopics action",
        "AuthorizationError",
    ),
    policy_that_is_no_json: ("MalformedPolicyDocument", "This policy contains invalid Json", 400),
    tags_without_the_right: (
        "AccessDenied",
        f"User: arn:aws:iam::{ACCOUNT}:user/moto is not authorized to perform: sts:TagSession on resource: {ROLE}",
        403,
    ),
    wrong_external_id: (
        "AccessDenied",
        f"User: arn:aws:iam::{ACCOUNT}:user/moto is not authorized to perform: sts:AssumeRole on resource: {ROLE}",
        403,
    ),
    session_name_with_a_slash: (
        "ValidationError",
        "1 validation error detected: Value 'a/b' at 'roleSessionName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        400,
    ),
    session_token_of_a_session: ("AccessDenied", "Cannot call GetSessionToken with session credentials", 403),
    federation_token_of_a_session: ("AccessDenied", "Cannot call GetFederationToken with session credentials", 403),
    session_token_for_a_session_of_a_user: (
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
        403,
    ),
    session_token_for_too_short: (
        "ValidationError",
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value greater than or equal to 900",
        400,
    ),
    session_token_for_too_long: (
        "ValidationError",
        "1 validation error detected: Value '129601' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value less than or equal to 129600",
        400,
    ),
    iam_with_a_session_token: INVALID,
    federated_user_without_policy: denied(
        "federated-user/bob",
        "sqs:listqueues",
        f"on resource: arn:aws:sqs:{REGION}:{ACCOUNT}: because no session policy allows the sqs:listqueues action",
    ),
    federated_user_with_a_policy: "allowed",
    federated_user_beyond_the_policy: denied(
        "federated-user/bob",
        "SNS:ListTopics",
        f"on resource: arn:aws:sns:{REGION}:{ACCOUNT}:* because no session policy allows the SNS:ListTopics action",
        "AuthorizationError",
    ),
    federated_user_beyond_the_user: denied(
        "federated-user/bob",
        "SNS:ListTopics",
        f"on resource: arn:aws:sns:{REGION}:{ACCOUNT}:* because no identity-based policy allows the SNS:ListTopics action",
        "AuthorizationError",
    ),
    federated_user_at_iam: INVALID,
    federated_user_of_a_user_without_the_right: (
        "AccessDenied",
        f"User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform: sts:GetFederationToken on resource: "
        f"arn:aws:sts::{ACCOUNT}:federated-user/bob because no identity-based policy allows the sts:GetFederationToken action",
        403,
    ),
}


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.__name__ for attack in ATTACKS])
def test_nobody_gets_around_who_they_are(field: Field, attack: Callable[[Field], object]) -> None:
    assert outcome(lambda: attack(field)) == ATTACKS[attack]


def test_a_federated_user_is_named_by_its_caller(field: Field) -> None:
    identity = field.client("sts", federated(field, Policy=text(QUEUES))).get_caller_identity()
    assert (identity["UserId"], identity["Arn"]) == (
        f"{ACCOUNT}:bob",
        f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
    )
