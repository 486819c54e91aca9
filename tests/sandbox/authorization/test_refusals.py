"""Code, status and sentence of a refusal, as each service has them."""

import json
from typing import Any, NamedTuple

import pytest

from slipway_sandbox.authorization.check import Refusal, refusal_of
from slipway_sandbox.authorization.model import Call, Decision, PolicyKind, Reason, Request
from slipway_sandbox.authorization.refusals import decoded, message
from tests.support.sandbox.authorization.cloud import Cloud, app, call
from tests.support.sandbox.authorization.identities import ACCOUNT, ANN, QUEUE, REGION, ROLE, SESSION

HERE = f"{REGION}:{ACCOUNT}"
WHO = f"User: {SESSION} is not authorized to perform: "


class Case(NamedTuple):
    """A call without permission, and what AWS answers: code, status, and the words after `to perform: `."""

    service: str
    operation: str
    parameters: dict[str, Any]
    code: str
    status: int
    says: str


def lacks(action: str, resource: str = "") -> str:
    """AWS's words for a missing permission."""
    place = f" on resource: {resource}" if resource else ""
    return f"{action}{place} because no identity-based policy allows the {action} action"


CASES = [
    Case("sqs", "SendMessage", {"QueueUrl": f"http://x/{ACCOUNT}/jobs"}, "AccessDenied", 403, lacks("sqs:sendmessage", QUEUE)),
    Case("sns", "Publish", {"TopicArn": f"arn:aws:sns:{HERE}:alerts"}, "AuthorizationError", 403, lacks("SNS:Publish", f"arn:aws:sns:{HERE}:alerts")),
    Case("s3", "PutObject", {"Bucket": "shop", "Key": "a"}, "AccessDenied", 403, lacks("s3:PutObject", '"arn:aws:s3:::shop/a"')),
    Case("s3", "ListBuckets", {}, "AccessDenied", 403, lacks("s3:ListAllMyBuckets")),
    Case("ecs", "StopTask", {"task": "1"}, "AccessDeniedException", 400, lacks("ecs:StopTask", f"arn:aws:ecs:{HERE}:task/default/1")),
    Case("ecs", "ListTaskDefinitions", {}, "AccessDeniedException", 400, lacks("ecs:ListTaskDefinitions", "*")),
    Case("ecr", "GetAuthorizationToken", {}, "AccessDeniedException", 400, lacks("ecr:GetAuthorizationToken", "*")),
    Case("logs", "PutLogEvents", {"logGroupName": "/a", "logStreamName": "b"}, "AccessDeniedException", 400, lacks("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:/a:log-stream:b")),
    Case("secretsmanager", "GetSecretValue", {"SecretId": "db"}, "AccessDeniedException", 400, lacks("secretsmanager:GetSecretValue", "db")),
    Case("ssm", "GetParameters", {"Names": ["/a"]}, "AccessDeniedException", 400, lacks("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/a")),
    Case("dynamodb", "GetItem", {"TableName": "a"}, "AccessDeniedException", 400, lacks("dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/a")),
    Case("events", "PutEvents", {"Entries": [{}]}, "AccessDeniedException", 400, lacks("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/default")),
    Case("scheduler", "ListSchedules", {}, "AccessDeniedException", 403, lacks("scheduler:ListSchedules", "*")),
    Case("eks", "DescribeCluster", {"name": "a"}, "AccessDeniedException", 403, lacks("eks:DescribeCluster", f"arn:aws:eks:{HERE}:cluster/a")),
    Case("cloudwatch", "PutMetricData", {}, "AccessDenied", 403, lacks("cloudwatch:PutMetricData")),
    Case("iam", "GetRole", {"RoleName": "app"}, "AccessDenied", 403, lacks("iam:GetRole", ROLE)),
    Case("iam", "ListRoles", {}, "AccessDenied", 403, lacks("iam:ListRoles", f"arn:aws:iam::{ACCOUNT}:role/")),
    Case("logs", "DescribeLogGroups", {}, "AccessDeniedException", 400, lacks("logs:DescribeLogGroups", f"arn:aws:logs:{HERE}:log-group::log-stream:")),
    Case("route53", "ListHostedZones", {}, "AccessDenied", 403, lacks("route53:ListHostedZones")),
    Case("sqs", "ListQueues", {}, "AccessDenied", 403, lacks("sqs:listqueues", f"arn:aws:sqs:{HERE}:")),
    Case("sts", "AssumeRole", {"RoleArn": ROLE}, "AccessDenied", 403, f"sts:AssumeRole on resource: {ROLE}"),
    Case("elbv2", "DescribeLoadBalancers", {}, "AccessDenied", 403, lacks("elasticloadbalancing:DescribeLoadBalancers")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.service}-{case.operation}")
@pytest.mark.usefixtures("cloud")
def test_a_service_refuses_in_its_own_words(case: Case) -> None:
    found = refusal_of(call(case.service, case.operation, **case.parameters), app())
    assert isinstance(found, Refusal)
    assert (found.code, found.status, found.message) == (case.code, case.status, WHO + case.says)


@pytest.mark.usefixtures("cloud")
def test_ec2_refuses_with_a_message_that_can_be_decoded() -> None:
    found = refusal_of(call("ec2", "DescribeInstances"), app())
    assert isinstance(found, Refusal)
    start, _, secret = found.message.partition(" Encoded authorization failure message: ")
    assert (found.code, found.status) == ("UnauthorizedOperation", 403)
    assert start == f"You are not authorized to perform this operation. {WHO}{lacks('ec2:DescribeInstances')}."
    details = json.loads(decoded(secret))
    assert (details["allowed"], details["explicitDeny"]) == (False, False)
    assert details["context"]["principal"] == {"id": "AROAAPP:task", "arn": SESSION}
    assert (details["context"]["action"], details["context"]["resource"]) == ("ec2:DescribeInstances", "*")


def test_a_text_that_is_no_encoded_message_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no encoded authorization message$"):
        decoded("bm90aGluZw")


def test_a_secret_whose_key_is_closed_says_so(cloud: Cloud) -> None:
    cloud.let({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": cloud.secret_arn})
    found = refusal_of(call("secretsmanager", "GetSecretValue", SecretId="db"), app())
    assert isinstance(found, Refusal)
    assert (found.code, found.status, found.message) == ("AccessDeniedException", 400, "Access to KMS is not allowed")


MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/limit"
ENDINGS = [
    (Reason(PolicyKind.IDENTITY, False), "because no identity-based policy allows the ecs:RunTask action"),
    (Reason(PolicyKind.BOUNDARY, False), "because no permissions boundary allows the ecs:RunTask action"),
    (Reason(PolicyKind.SESSION, False), "because no session policy allows the ecs:RunTask action"),
    (Reason(PolicyKind.RESOURCE, False), "because no resource-based policy allows the ecs:RunTask action"),
    (Reason(PolicyKind.IDENTITY, True), "with an explicit deny in an identity-based policy"),
    (Reason(PolicyKind.BOUNDARY, True), "with an explicit deny in a permissions boundary"),
    (Reason(PolicyKind.SESSION, True), "with an explicit deny in a session policy"),
    (Reason(PolicyKind.RESOURCE, True, QUEUE), "with an explicit deny in a resource-based policy"),
    (Reason(PolicyKind.IDENTITY, True, "inline"), "with an explicit deny in an identity-based policy"),
    (Reason(PolicyKind.BOUNDARY, True, MANAGED), f"with an explicit deny in a permissions boundary: {MANAGED}"),
]


@pytest.mark.parametrize(("reason", "ending"), ENDINGS)
def test_the_sentence_tells_the_kind_of_policy(reason: Reason, ending: str) -> None:
    request = Request(ANN, "ecs:RunTask", "*", ACCOUNT)
    said = message(Call("ecs", "RunTask", {}, REGION, ACCOUNT), request, Decision(False, reason))
    assert said == f"User: {ANN.arn} is not authorized to perform: ecs:RunTask on resource: * {ending}"


def test_a_trust_policy_that_denies_is_named_as_such() -> None:
    request = Request(ANN, "sts:AssumeRole", ROLE, ACCOUNT)
    denied = Decision(False, Reason(PolicyKind.RESOURCE, True))
    said = message(Call("sts", "AssumeRole", {}, REGION, ACCOUNT), request, denied)
    assert said.endswith(f"on resource: {ROLE} with an explicit deny in the role trust policy")
