"""What services may not do for somebody is denied by the judge of all calls, and listed with the statement that is missing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from slipway_sandbox import corrections
from slipway_sandbox.corrections.policies import asking
from slipway_sandbox.identities import verdicts
from slipway_sandbox.identities.denials import Denial, Denials
from tests.support.sandbox.messaging_cloud import (
    ACCOUNT,
    ALARM,
    ALARMS,
    BUCKET,
    EVENTS,
    QUEUE,
    REGION,
    RULE,
    S3,
    TOPIC,
    Cloud,
    publishing,
    sending,
    using,
)

SNS = "sns.amazonaws.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/events"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/events"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    corrections.install()
    with mock_aws():
        yield Cloud(boto3.Session("test", "test"))


@pytest.fixture
def denials() -> Iterator[Denials]:
    """What is denied meanwhile."""
    kept = Denials()
    asking.attach(lambda call, who: verdicts.refusal_of(call, who, kept, datetime.now(UTC)))
    yield kept
    asking.detach()


def shown(denial: Denial) -> tuple[str, str, str, list[Any]]:
    """Who, what, on which resource, and the statements that would let it in."""
    statements = [lacking["statement"] for lacking in denial["would_allow"]]
    return denial["principal"], denial["action"], denial["resource"], statements


def lacking(service: str, action: str, resource: str, source: str = "") -> tuple[str, str, str, list[Any]]:
    """A denial for a statement that the resource's policy lacks."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action}
    statement["Resource"] = "*" if action.startswith("kms:") else resource
    if source:
        statement["Condition"] = {"ArnEquals": {"aws:SourceArn": source}}
    return service, action, resource, [statement]


def test_a_topic_that_a_queue_does_not_let_in_is_listed_with_the_statement_that_the_queue_lacks(
    cloud: Cloud, denials: Denials
) -> None:
    url, sns = cloud.queue(), cloud.client("sns")
    sns.create_topic(Name="alerts")
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE, Attributes={"RawMessageDelivery": "true"})
    sns.publish(TopicArn=TOPIC, Message="{}")
    [denial] = denials.report()["denied"]
    assert shown(denial) == lacking(SNS, "sqs:SendMessage", QUEUE, TOPIC)
    assert denial["reason"] == (
        f"User: {SNS} is not authorized to perform: sqs:sendmessage on resource: {QUEUE} "
        "because no resource-based policy allows the sqs:sendmessage action"
    )
    [statement] = denial["would_allow"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement["statement"]]})
    cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.publish(TopicArn=TOPIC, Message="{}")
    assert cloud.messages(url) == [{}], "the statement lets it in"


def test_a_key_that_is_closed_to_a_topic_is_listed(cloud: Cloud, denials: Denials) -> None:
    key = cloud.key(using(EVENTS))
    cloud.queue(sending(SNS), key=key)
    sns = cloud.client("sns")
    sns.create_topic(Name="alerts")
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)
    sns.publish(TopicArn=TOPIC, Message="{}")
    assert [shown(each) for each in denials.report()["denied"]] == [lacking(SNS, "kms:GenerateDataKey", key, TOPIC)]


def test_buckets_rules_and_alarms_are_listed_too(cloud: Cloud, denials: Denials) -> None:
    cloud.queue()
    cloud.topic(publishing(S3))
    with pytest.raises(Exception, match="Unable to validate the following destination configurations"):
        cloud.notify()
    cloud.happen(Arn=QUEUE)
    cloud.happen(Arn=TOPIC)
    cloud.alarm()
    assert [shown(each) for each in denials.report()["denied"]] == [
        lacking(S3, "sqs:SendMessage", QUEUE, BUCKET),
        lacking(EVENTS, "sqs:SendMessage", QUEUE, RULE),
        lacking(EVENTS, "sns:Publish", TOPIC),
        lacking(ALARMS, "sns:Publish", TOPIC, ALARM),
    ]


def test_a_rule_writes_into_a_log_group_that_a_policy_of_logs_opens(cloud: Cloud, denials: Denials) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="/events")
    cloud.happen(Arn=GROUP)
    assert logs.filter_log_events(logGroupName="/events")["events"] == []
    assert [each["action"] for each in denials.report()["denied"]] == ["logs:PutLogEvents"]
    services = {"Service": [EVENTS, "delivery.logs.amazonaws.com"]}
    statement = {"Effect": "Allow", "Principal": services, "Action": ["logs:CreateLogStream", "logs:PutLogEvents"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": f"{GROUP}:*"}]})
    logs.put_resource_policy(policyName="events", policyDocument=policy)
    cloud.happen(Arn=GROUP)
    assert len(logs.filter_log_events(logGroupName="/events")["events"]) == 1


def role(cloud: Cloud, trusted: str, action: str, **condition: Any) -> None:
    """A role for targets, that a service may assume and that may do one thing."""
    statement = {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}
    trust = statement | ({"Condition": condition} if condition else {})
    own = {"Effect": "Allow", "Action": action, "Resource": "*"}
    iam = cloud.client("iam")
    iam.create_role(RoleName="events", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    document = json.dumps({"Version": "2012-10-17", "Statement": [own]})
    iam.put_role_policy(RoleName="events", PolicyName="own", PolicyDocument=document)


ROLES: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "that may send": (EVENTS, "sqs:SendMessage", {}, ""),
    "for this rule": (EVENTS, "sqs:SendMessage", {"ArnEquals": {"aws:SourceArn": RULE}}, ""),
    "for another rule": (EVENTS, "sqs:SendMessage", {"ArnEquals": {"aws:SourceArn": f"{RULE}-2"}}, "sts:AssumeRole"),
    "of another service": (SNS, "sqs:SendMessage", {}, "sts:AssumeRole"),
    "that may not send": (EVENTS, "sqs:ReceiveMessage", {}, "sqs:SendMessage"),
}


@pytest.mark.parametrize("name", ROLES)
def test_a_target_with_a_role_is_reached_with_the_roles_rights_alone(cloud: Cloud, denials: Denials, name: str) -> None:
    trusted, action, condition, denied = ROLES[name]
    url = cloud.queue()
    role(cloud, trusted, action, **condition)
    cloud.happen(Arn=QUEUE, RoleArn=ROLE)
    assert len(cloud.messages(url)) == (0 if denied else 1)
    assert [each["action"] for each in denials.report()["denied"]] == ([denied] if denied else [])


def test_a_target_whose_role_does_not_exist_gets_nothing(cloud: Cloud) -> None:
    url = cloud.queue(sending(EVENTS))
    cloud.happen(Arn=QUEUE, RoleArn=ROLE)
    assert cloud.messages(url) == []


@pytest.mark.parametrize(("action", "lines"), [("logs:*", 1), ("sqs:*", 0)])
def test_sns_writes_what_it_could_not_deliver_with_the_rights_of_the_topics_role(
    cloud: Cloud, denials: Denials, action: str, lines: int
) -> None:
    cloud.queue()
    role(cloud, SNS, action, StringEquals={"aws:SourceAccount": ACCOUNT})
    sns, logs = cloud.client("sns"), cloud.client("logs")
    sns.create_topic(Name="alerts", Attributes={"SQSFailureFeedbackRoleArn": ROLE})
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)
    sns.publish(TopicArn=TOPIC, Message="{}")
    groups = logs.describe_log_groups(logGroupNamePrefix="sns/")["logGroups"]
    assert [group["logGroupName"] for group in groups] == [f"sns/{REGION}/{ACCOUNT}/alerts/Failure"] * lines
    actions = [each["action"] for each in denials.report()["denied"]]
    assert actions == ["sqs:SendMessage", *([] if lines else ["logs:PutLogEvents"])]
