"""Topic: encrypted, over TLS only, and open to the accounts that are named."""

import json
from typing import Any

import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.refusals import Refused, RefusedName, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY

Topic = COMPONENTS["Topic"]
ARN = "arn:aws:sns:eu-west-1:123456789012:orders"


def topic(args: dict[str, Any]) -> Built:
    return build(lambda: Topic("orders", args))


def test_a_default_topic_is_exactly_this() -> None:
    built = topic({})
    wanted = {"kmsMasterKeyId": "alias/aws/sns", "signatureVersion": 2, "tags": {"Name": "orders"}}
    assert built.one("topic:Topic", "orders").inputs == wanted
    assert built.counts() == {"aws:sns/topic:Topic": 1, "aws:sns/topicPolicy:TopicPolicy": 1}
    assert json.loads(built.one("TopicPolicy", "orders").inputs["policy"])["Statement"] == [
        {
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": "arn:aws:sns:eu-west-1:123456789012:orders",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_a_fifo_topic_has_no_signature_version() -> None:
    inputs = topic({"fifo": True, "kms_key_arn": KEY, "tags": {"Name": "mine"}}).one("topic:Topic", "orders").inputs
    assert inputs == {"fifoTopic": True, "kmsMasterKeyId": KEY, "tags": {"Name": "mine"}}


SPELLING = "the name must be letters, digits and hyphens and start with a letter"
WRONG_NAMES = [
    RefusedName("my orders", {}, f"{SPELLING}, got 'my orders'"),
    RefusedName("a" * 244, {}, "the name must be at most 243 characters, got 244; AWS allows 256 and 13 are appended"),
    RefusedName(
        "a" * 46,
        {"log_failed_deliveries": True},
        "the name must be at most 45 characters, got 46; AWS allows 64 and 19 are appended",
    ),
]


@pytest.mark.parametrize("case", WRONG_NAMES, ids=lambda case: case.name[:10])
def test_a_name_that_no_topic_or_role_may_have_is_refused(case: RefusedName) -> None:
    assert refusal(lambda: Topic(case.name, case.args)) == f"Topic {case.name!r}: {case.says}"


def test_other_accounts_may_publish_and_subscribe_queues_only() -> None:
    args = {"kms_key_arn": KEY, "publisher_account_ids": ["111122223333"], "subscriber_account_ids": ["444455556666"]}
    policy = json.loads(topic(args).one("TopicPolicy", "orders").inputs["policy"])
    assert policy["Statement"][2:] == [
        {
            "Sid": "AllowPublishers",
            "Effect": "Allow",
            "Principal": {"AWS": ["111122223333"]},
            "Action": "sns:Publish",
            "Resource": ARN,
        },
        {
            "Sid": "AllowSubscribers",
            "Effect": "Allow",
            "Principal": {"AWS": ["444455556666"]},
            "Action": "sns:Subscribe",
            "Resource": ARN,
            "Condition": {"StringEquals": {"sns:Protocol": "sqs"}},
        },
    ]


def test_failed_deliveries_are_logged_by_a_role_for_the_groups_of_sns() -> None:
    built = topic({"log_failed_deliveries": True, "tags": {"team": "shop"}})
    role = "arn:aws:iam:eu-west-1:123456789012:orders-deliveries"
    assert built.one("topic:Topic", "orders").inputs["sqsFailureFeedbackRoleArn"] == role
    grant = built.one("rolePolicy:RolePolicy", "orders-deliveries").inputs
    assert grant["role"] == "orders-deliveries"
    assert json.loads(grant["policy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:PutRetentionPolicy"],
            "Resource": "arn:aws:logs:eu-west-1:123456789012:log-group:sns/*",
        }
    ]
    made = dict(built.one("role:Role", "orders-deliveries").inputs)
    assert json.loads(made.pop("assumeRolePolicy"))["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ]
    assert made == {
        "description": "Writes the delivery log of orders",
        "tags": {"Name": "orders-deliveries", "team": "shop"},
    }


def test_a_fifo_topic_of_high_throughput_counts_within_groups() -> None:
    args = {"fifo": True, "high_throughput": True, "content_based_deduplication": True}
    inputs = topic(args).one("topic:Topic", "orders").inputs
    assert (inputs["fifoThroughputScope"], inputs["contentBasedDeduplication"]) == ("MessageGroup", True)


@pytest.mark.parametrize(
    ("days", "policy"), [(None, None), (30, '{"MessageRetentionPeriod": 30}'), (0, "{}")], ids=["none", "some", "ended"]
)
def test_an_archive_is_kept_ended_or_not_spoken_of(days: int | None, policy: str | None) -> None:
    inputs = (
        topic({"fifo": True} | ({} if days is None else {"archive_days": days})).one("topic:Topic", "orders").inputs
    )
    assert inputs.get("archivePolicy") == policy


WRONG = [
    Refused(
        {"high_throughput": True},
        "high_throughput needs fifo, got a standard one; set fifo or leave high_throughput out",
    ),
    Refused(
        {"content_based_deduplication": True},
        "content_based_deduplication needs fifo, got a standard one; set fifo or leave content_based_deduplication out",
    ),
    Refused(
        {"subscriber_account_ids": ["1234"]},
        "subscriber_account_ids[0] must be an account id of 12 digits, got '1234'",
    ),
    Refused(
        {"subscriber_account_ids": ["*"]},
        "subscriber_account_ids[0] must be an account id of 12 digits, got '*'",
    ),
    Refused(
        {"subscriber_account_ids": ["111122223333", "111122223333"]},
        "subscriber_account_ids must be distinct, got '111122223333' twice; remove one",
    ),
    Refused(
        {"publisher_account_ids": ["111122223333"]},
        "publisher_account_ids needs a kms_key_arn of your own, got none; no other account can use the account's own key "
        "for SNS, give a key with a policy for them",
    ),
    Refused(
        {"publisher_account_ids": ["111122223333"], "kms_key_arn": "alias/aws/sns"},
        "publisher_account_ids needs a kms_key_arn of your own, got 'alias/aws/sns'; no other account can use the "
        "account's own key for SNS, give a key with a policy for them",
    ),
    Refused({"kms_key_arn": "alias/messages"}, "kms_key_arn must be the ARN of a KMS key, got 'alias/messages'"),
    Refused({"archive_days": 7}, "archive_days needs fifo, got a standard one; set fifo or leave archive_days out"),
    Refused({"fifo": True, "archive_days": 366}, "archive_days must be a whole number 0-365, got 366"),
    Refused({"fifos": True}, "fifos is not an argument; did you mean fifo?"),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.says[:40])
def test_a_topic_that_cannot_work_is_refused(case: Refused) -> None:
    assert refusal(lambda: Topic("orders", case.args)) == f"Topic 'orders': {case.says}"
