"""A decision is kept, and none is stale: what changes counts for the next call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from slipway_sandbox.authorization import cloud as lookups
from slipway_sandbox.authorization.check import Refusal, refusal_of
from slipway_sandbox.authorization.context import context_of
from slipway_sandbox.authorization.evaluation.later import GLOBAL, TAGS
from slipway_sandbox.authorization.model import Call, Principal
from tests.support.sandbox.authorization.cloud import Cloud, call, text
from tests.support.sandbox.authorization.identities import ACCOUNT, QUEUE, ROLE, allow, deny

URL = f"http://localhost/{ACCOUNT}/jobs"
SEND, DESCRIBE = call("sqs", "SendMessage", QueueUrl=URL), call("kms", "DescribeKey", KeyId="alias/shop")
TEAM = {"StringEquals": {"aws:ResourceTag/team": "shop"}}
OWN_TEAM = {"StringEquals": {"aws:PrincipalTag/team": "shop"}}
LIMIT = f"arn:aws:iam::{ACCOUNT}:policy/limit"


def session() -> Principal:
    """A session of the role, as the cloud knows it now."""
    return lookups.session(ROLE, "task")


def is_allowed(asked: Call) -> bool:
    return not isinstance(refusal_of(asked, session()), Refusal)


def queue_policy(cloud: Cloud, *statements: Any) -> None:
    value = text(*statements) if statements else ""
    cloud.client("sqs").set_queue_attributes(QueueUrl=URL, Attributes={"Policy": value})


def key_policy(cloud: Cloud, effect: str) -> None:
    statement = {"Effect": effect, "Principal": "*", "Action": "kms:*", "Resource": "*"}
    cloud.client("kms").put_key_policy(KeyId=cloud.key_arn, PolicyName="default", Policy=text(statement))


def limit(cloud: Cloud, service: str) -> None:
    """Another version of the boundary."""
    cloud.client("iam").create_policy_version(
        PolicyArn=LIMIT, PolicyDocument=text(allow(f"{service}:*")), SetAsDefault=True
    )


def with_boundary(cloud: Cloud) -> None:
    cloud.let(allow())
    cloud.client("iam").create_policy(PolicyName="limit", PolicyDocument=text(allow("sqs:*")))
    cloud.client("iam").put_role_permissions_boundary(RoleName="app", PermissionsBoundary=LIMIT)


def with_queue_tag(cloud: Cloud, team: str = "shop") -> None:
    cloud.client("sqs").tag_queue(QueueUrl=URL, Tags={"team": team})


def with_role_tag(cloud: Cloud, team: str = "shop") -> None:
    cloud.client("iam").tag_role(RoleName="app", Tags=[{"Key": "team", "Value": team}])


def with_key_policy(cloud: Cloud) -> None:
    cloud.let(allow())
    key_policy(cloud, "Allow")


def tagged_queue(cloud: Cloud) -> None:
    with_queue_tag(cloud)
    cloud.let({**allow("sqs:*"), "Condition": TEAM})


def tagged_role(cloud: Cloud) -> None:
    with_role_tag(cloud)
    cloud.let({**allow("sqs:*"), "Condition": OWN_TEAM})


@dataclass(frozen=True)
class Change:
    """What lets a call in, and what then takes the right away."""

    says: str
    before: Callable[[Cloud], object]
    after: Callable[[Cloud], object]
    asked: Call = SEND
    cleanup: Callable[[Cloud], object] = lambda cloud: None


CHANGES = [
    Change(
        "the identity's policy",
        lambda cloud: cloud.let(allow("sqs:*", QUEUE)),
        lambda cloud: cloud.let(allow("sqs:*", QUEUE), deny("sqs:*")),
    ),
    Change(
        "the resource's policy",
        lambda cloud: cloud.let(allow()),
        lambda cloud: queue_policy(
            cloud, {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
        ),
        cleanup=queue_policy,
    ),
    Change(
        "the key's policy",
        with_key_policy,
        lambda cloud: key_policy(cloud, "Deny"),
        asked=DESCRIBE,
        cleanup=lambda cloud: key_policy(cloud, "Allow"),
    ),
    Change(
        "a tag of the resource",
        tagged_queue,
        lambda cloud: with_queue_tag(cloud, "other"),
    ),
    Change(
        "a tag of the role",
        tagged_role,
        lambda cloud: with_role_tag(cloud, "other"),
    ),
    Change(
        "the boundary",
        with_boundary,
        lambda cloud: limit(cloud, "s3"),
        cleanup=lambda cloud: cloud.client("iam").delete_role_permissions_boundary(RoleName="app"),
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=[change.says for change in CHANGES])
def test_the_next_call_knows_a_change(cloud: Cloud, change: Change) -> None:
    change.before(cloud)
    before = [is_allowed(change.asked), is_allowed(change.asked)]
    change.after(cloud)
    after = is_allowed(change.asked)
    change.cleanup(cloud)
    assert (before, after) == ([True, True], False)


def test_a_session_policy_is_judged_for_its_own_session_alone(cloud: Cloud) -> None:
    cloud.let(allow())
    limited = lookups.session(ROLE, "task", policies=(), is_limited=True)
    outcomes = [refusal_of(SEND, who) for who in (session(), limited, session())]
    assert [isinstance(outcome, Refusal) for outcome in outcomes] == [False, True, False]


def test_a_decision_on_one_object_holds_for_those_that_the_same_patterns_cover(cloud: Cloud) -> None:
    files = "arn:aws:s3:::files"
    cloud.let(allow("s3:PutObject", f"{files}/a/*"), deny("s3:PutObject", f"{files}/a/secret-*"))
    keys = ["a/1", "a/2", "b/1", "a/secret-1", "a/secret-2", "a/3"]
    allowed = [key for key in keys if is_allowed(call("s3", "PutObject", Bucket="files", Key=key))]
    assert allowed == ["a/1", "a/2", "a/3"]


def test_an_object_of_a_variable_is_judged_for_itself(cloud: Cloud) -> None:
    cloud.let(allow("s3:PutObject", "arn:aws:s3:::files/${aws:userid}/*"))
    own = session().user_id
    allowed = [
        key
        for key in (f"{own}/1", "other/1", f"{own}/2")
        if is_allowed(call("s3", "PutObject", Bucket="files", Key=key))
    ]
    assert allowed == [f"{own}/1", f"{own}/2"]


def test_a_statement_added_to_a_topic_counts_until_it_is_removed(cloud: Cloud) -> None:
    sns, stranger = cloud.client("sns"), "222222222222"
    topic = sns.create_topic(Name="shared")["TopicArn"]
    publish = call("sns", "Publish", TopicArn=topic, Message="x")
    caller = Principal(f"arn:aws:iam::{stranger}:user/ann", stranger, "user")
    refused = [isinstance(refusal_of(publish, caller), Refusal)]
    sns.add_permission(TopicArn=topic, Label="shared", AWSAccountId=[stranger], ActionName=["Publish"])
    refused.append(isinstance(refusal_of(publish, caller), Refusal))
    sns.remove_permission(TopicArn=topic, Label="shared")
    refused.append(isinstance(refusal_of(publish, caller), Refusal))
    assert refused == [True, False, True]


def test_the_global_keys_of_a_call_are_listed(cloud: Cloud) -> None:
    users = Principal(f"arn:aws:iam::{ACCOUNT}:user/ann", ACCOUNT, "user", via=("sns.amazonaws.com",), user_id="AIDA")
    service, token = Principal("sns.amazonaws.com", "", "service"), Principal("provider", ACCOUNT, "federated")
    told = {
        key
        for who in (users, service, token, session())
        for key in context_of(call("ec2", "CreateTags", Tags=[{"Key": "a", "Value": "b"}]), who, ACCOUNT)
        if key.startswith("aws:") and not key.startswith(TAGS)
    }
    assert told == GLOBAL
