"""A call is judged by the policies that the cloud has."""

from typing import Any

import pytest

from slipway_sandbox.authorization.check import NotJudged, Refusal, refusal_of
from slipway_sandbox.authorization.model import Call, PolicyDocument, PolicyKind, Principal
from tests.support.sandbox.authorization.cloud import TRUST, Cloud, app, call, text
from tests.support.sandbox.authorization.identities import (
    ACCOUNT,
    OTHER_ACCOUNT,
    QUEUE,
    REGION,
    ROLE,
    SESSION,
    SNS,
    STRANGER,
    allow,
    deny,
)

URL = f"http://localhost/{ACCOUNT}/jobs"
SEND = call("sqs", "SendMessage", QueueUrl=URL)
ANN = Principal(f"arn:aws:iam::{ACCOUNT}:user/ann", ACCOUNT, "user")


def lacks(found: Refusal | NotJudged | None) -> PolicyKind:
    """The kind of policy that does not allow the call."""
    assert isinstance(found, Refusal), found
    assert found.decision.reason is not None
    return found.decision.reason.kind


def of_queue(cloud: Cloud, *statements: Any) -> None:
    """Give the queue this policy."""
    value = text(*statements) if statements else ""
    cloud.client("sqs").set_queue_attributes(QueueUrl=URL, Attributes={"Policy": value})


def test_a_role_may_do_what_its_inline_policy_allows(cloud: Cloud) -> None:
    cloud.let(allow("sqs:SendMessage", QUEUE))
    assert refusal_of(SEND, app()) is None
    assert lacks(refusal_of(call("sqs", "DeleteMessage", QueueUrl=URL), app())) is PolicyKind.IDENTITY


def test_a_role_may_do_what_an_attached_policy_allows_in_its_default_version(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    cloud.let(deny("s3:*"))
    arn = iam.create_policy(PolicyName="sends", PolicyDocument=text(allow("sqs:*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="app", PolicyArn=arn)
    assert refusal_of(SEND, app()) is None
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=text(deny("sqs:*", Sid="Closed")), SetAsDefault=True)
    refused = refusal_of(SEND, app())
    assert isinstance(refused, Refusal)
    assert refused.message.endswith(f" with an explicit deny in an identity-based policy: {arn}")
    assert refused.decision.reason is not None
    assert (refused.decision.reason.policy, refused.decision.reason.sid) == (arn, "Closed")
    iam.detach_role_policy(RoleName="app", PolicyArn=arn)


def test_a_boundary_limits_a_role(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    cloud.let(allow())
    arn = iam.create_policy(PolicyName="limit", PolicyDocument=text(allow("s3:*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=arn)
    assert lacks(refusal_of(SEND, app())) is PolicyKind.BOUNDARY
    iam.delete_role_permissions_boundary(RoleName="app")
    assert refusal_of(SEND, app()) is None


def test_session_policies_limit_a_session(cloud: Cloud) -> None:
    cloud.let(allow())
    limited = app(session_policies=(PolicyDocument(text(allow("s3:*"))),), is_session_limited=True)
    assert lacks(refusal_of(SEND, limited)) is PolicyKind.SESSION


def test_a_user_has_the_policies_of_its_groups(cloud: Cloud) -> None:
    assert lacks(refusal_of(SEND, ANN)) is PolicyKind.IDENTITY
    iam = cloud.client("iam")
    iam.create_group(GroupName="senders")
    iam.put_group_policy(GroupName="senders", PolicyName="sends", PolicyDocument=text(allow("sqs:SendMessage")))
    iam.add_user_to_group(GroupName="senders", UserName="ann")
    assert refusal_of(SEND, ANN) is None


@pytest.mark.usefixtures("cloud")
def test_a_user_that_iam_does_not_know_is_the_sandboxs_administrator() -> None:
    assert refusal_of(SEND, Principal(f"arn:aws:iam::{ACCOUNT}:user/moto", ACCOUNT, "user")) is None


@pytest.mark.usefixtures("cloud")
def test_a_session_of_a_role_that_is_gone_may_do_nothing() -> None:
    gone = Principal(SESSION, ACCOUNT, "role", ROLE.replace("app", "gone"))
    assert lacks(refusal_of(SEND, gone)) is PolicyKind.IDENTITY


def test_another_account_needs_the_queues_policy_and_its_own(cloud: Cloud) -> None:
    of_queue(cloud)
    admin = Principal(f"arn:aws:iam::{OTHER_ACCOUNT}:user/moto", OTHER_ACCOUNT, "user")
    assert lacks(refusal_of(SEND, admin)) is PolicyKind.RESOURCE
    of_queue(cloud, allow("sqs:SendMessage", QUEUE, Principal={"AWS": OTHER_ACCOUNT}))
    assert refusal_of(SEND, admin) is None
    assert refusal_of(SEND, STRANGER) is None


def test_a_service_is_let_in_by_the_queues_policy_for_its_source(cloud: Cloud) -> None:
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"}}
    principal = {"Service": "sns.amazonaws.com"}
    of_queue(cloud, allow("sqs:SendMessage", QUEUE, Principal=principal, Condition=condition))
    outcomes = {}
    for topic in ("alerts", "others"):
        source = {"aws:sourcearn": (f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}",)}
        sent = Call("sqs", "SendMessage", {"QueueUrl": URL}, REGION, ACCOUNT, context=source)
        outcomes[topic] = refusal_of(sent, SNS)
    of_queue(cloud)
    assert outcomes["alerts"] is None
    assert lacks(outcomes["others"]) is PolicyKind.RESOURCE


def test_the_trust_policy_tells_who_may_assume_a_role(cloud: Cloud) -> None:
    assume = call("sts", "AssumeRole", RoleArn=ROLE, RoleSessionName="a")
    assert refusal_of(assume, Principal("ecs-tasks.amazonaws.com", "", "service")) is None
    assert lacks(refusal_of(assume, ANN)) is PolicyKind.RESOURCE
    trusted = {**TRUST, "Principal": {"AWS": ANN.arn}, "Condition": {"StringEquals": {"sts:ExternalId": "7"}}}
    cloud.client("iam").update_assume_role_policy(RoleName="app", PolicyDocument=text(TRUST, trusted))
    with_id = call("sts", "AssumeRole", RoleArn=ROLE, RoleSessionName="a", ExternalId="7")
    assert (lacks(refusal_of(assume, ANN)), refusal_of(with_id, ANN)) == (PolicyKind.RESOURCE, None)


@pytest.mark.parametrize("region", [REGION, "moon-1"])
def test_a_key_that_does_not_exist_is_kmss_matter(cloud: Cloud, region: str) -> None:
    cloud.let(allow())
    missing = f"arn:aws:kms:{region}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    assert refusal_of(call("kms", "Decrypt", KeyId=missing), app()) is None


def test_a_key_that_the_caller_may_not_use_stops_the_message(cloud: Cloud) -> None:
    sent = call("sqs", "SendMessage", QueueUrl=URL.replace("jobs", "secret-jobs"))
    cloud.let(allow("sqs:SendMessage"))
    refused = refusal_of(sent, app())
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.status, refused.request.action) == (
        "KMS.AccessDeniedException", 400, "kms:GenerateDataKey",
    )  # fmt: skip
    via = {"StringEquals": {"kms:ViaService": f"sqs.{REGION}.amazonaws.com"}}
    cloud.let(allow("sqs:SendMessage"), allow(["kms:GenerateDataKey", "kms:Decrypt"], cloud.key_arn, Condition=via))
    assert refusal_of(sent, app()) is None
    assert lacks(refusal_of(call("kms", "Decrypt", KeyId=cloud.key_arn), app())) is PolicyKind.IDENTITY


def test_a_grant_makes_up_for_a_missing_permission_on_a_key(cloud: Cloud) -> None:
    cloud.let(allow("sqs:*"))
    decrypt = call("kms", "Decrypt", KeyId=cloud.key_arn)
    assert lacks(refusal_of(decrypt, app())) is PolicyKind.IDENTITY
    kms = cloud.client("kms")
    grant = kms.create_grant(KeyId=cloud.key_arn, GranteePrincipal=ROLE, Operations=["Decrypt"])["GrantId"]
    assert refusal_of(decrypt, app()) is None
    assert lacks(refusal_of(call("kms", "Encrypt", KeyId=cloud.key_arn), app())) is PolicyKind.IDENTITY
    cloud.let(deny("kms:Decrypt"))
    assert lacks(refusal_of(decrypt, app())) is PolicyKind.IDENTITY
    kms.revoke_grant(KeyId=cloud.key_arn, GrantId=grant)


def test_tags_of_a_resource_count_where_a_policy_asks_for_them(cloud: Cloud) -> None:
    cloud.let(allow("sqs:*", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
    cloud.client("sqs").tag_queue(QueueUrl=URL, Tags={"team": "blue"})
    assert lacks(refusal_of(SEND, app())) is PolicyKind.IDENTITY
    cloud.client("sqs").tag_queue(QueueUrl=URL, Tags={"team": "red"})
    assert refusal_of(SEND, app()) is None


def test_tags_of_a_role_count_where_a_policy_asks_for_them(cloud: Cloud) -> None:
    cloud.let(allow("iam:*", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
    delete = call("iam", "DeleteRole", RoleName="app")
    assert lacks(refusal_of(delete, app())) is PolicyKind.IDENTITY
    cloud.client("iam").tag_role(RoleName="app", Tags=[{"Key": "team", "Value": "red"}])
    assert refusal_of(delete, app()) is None
    cloud.client("iam").untag_role(RoleName="app", TagKeys=["team"])


def test_a_condition_that_the_sandbox_cannot_know_lets_the_call_through_and_says_so(cloud: Cloud) -> None:
    cloud.let(allow("sqs:*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))
    assert refusal_of(SEND, app()) == NotJudged("sqs:SendMessage", "its policies ask for aws:sourcevpce")
    cloud.let(allow("sqs:*"), deny("sqs:*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}))
    assert refusal_of(SEND, app()) == NotJudged("sqs:SendMessage", "its policies ask for aws:sourcevpce")
    cloud.let(allow("sqs:*"), allow("sqs:*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))
    assert refusal_of(SEND, app()) is None, "another statement suffices"
    cloud.let(allow("sqs:*", f"arn:aws:sqs:{REGION}:{ACCOUNT}:${{aws:SourceVpc}}-jobs"))
    assert refusal_of(SEND, app()) == NotJudged("sqs:SendMessage", "its policies ask for aws:sourcevpc")


def test_a_policy_that_is_no_json_is_not_judged(cloud: Cloud) -> None:
    cloud.let(allow())
    broken = app(session_policies=(PolicyDocument("{"),), is_session_limited=True)
    assert refusal_of(SEND, broken) == NotJudged("sqs:SendMessage", "a policy is no JSON")
