"""The policy of a subscribed queue: exact while it fits, bounded when it does not."""

import json
from typing import Any

import pytest

from slipway import ArgumentError
from slipway.messaging._queue_policy import queue_policy

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:work"


def topics(count: int, region: str = "eu-west-1", account: str = "123456789012") -> list[str]:
    return [f"arn:aws:sns:{region}:{account}:orders-{number:03}" for number in range(count)]


def allowed(topic_arns: list[str]) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(queue_policy(QUEUE, topic_arns))["Statement"]
    return [it for it in statements if it["Effect"] == "Allow"]


def test_no_topic_is_no_statement() -> None:
    assert allowed([]) == []


def test_a_topic_given_twice_is_named_once() -> None:
    [statement] = allowed(topics(1) * 2)
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": topics(1)}}


def test_the_last_policy_that_fits_names_every_topic_and_the_next_their_common_start() -> None:
    some = topics(100)
    last = some[-1] + "x" * (8192 - len(queue_policy(QUEUE, some)))
    [exact], [bounded] = allowed([*some[:-1], last]), allowed([*some[:-1], f"{last}x"])
    assert len(queue_policy(QUEUE, [*some[:-1], last])) == 8192, "the limit of SQS"
    assert exact["Condition"] == {"ArnEquals": {"aws:SourceArn": [*some[:-1], last]}}
    assert bounded["Condition"] == {"ArnLike": {"aws:SourceArn": ["arn:aws:sns:eu-west-1:123456789012:orders-0*"]}}


def test_the_bounded_form_never_reaches_beyond_the_accounts_and_regions_given() -> None:
    many = [*topics(100), *topics(100, account="210987654321"), *topics(100, region="us-east-1")]
    [statement] = allowed(many)
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == [
        "arn:aws:sns:eu-west-1:123456789012:orders-0*",
        "arn:aws:sns:eu-west-1:210987654321:orders-0*",
        "arn:aws:sns:us-east-1:123456789012:orders-0*",
    ]


def test_too_many_accounts_are_refused() -> None:
    many = [f"arn:aws:sns:eu-west-1:{account:012}:orders" for account in range(300)]
    with pytest.raises(ArgumentError) as caught:
        queue_policy(QUEUE, many)
    assert str(caught.value) == (
        f"Queue {QUEUE!r}: topic_arns and senders must fit a policy of 8192 bytes, got topics of 300 accounts and regions "
        "and 0 senders; put a topic of your own between"
    )


@pytest.mark.parametrize(
    ("region", "principal"),
    [
        ("eu-west-1", "sns.amazonaws.com"),
        ("us-east-1", "sns.amazonaws.com"),
        ("me-central-1", "sns.me-central-1.amazonaws.com"),
        ("eu-central-2", "sns.eu-central-2.amazonaws.com"),
    ],
)
def test_a_region_that_is_opted_into_delivers_by_its_own_principal(region: str, principal: str) -> None:
    [statement] = allowed(topics(1, region))
    assert statement["Principal"] == {"Service": principal}


def test_in_another_partition_every_region_delivers_by_the_common_principal() -> None:
    elsewhere = [it.replace("arn:aws:", "arn:aws-us-gov:") for it in topics(1, "us-gov-east-1")]
    [statement] = allowed(elsewhere)
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}


def test_principals_have_a_statement_each_with_a_name_of_its_own() -> None:
    found = allowed([*topics(1), *topics(1, "me-central-1"), *topics(1, "af-south-1")])
    assert [it["Sid"] for it in found] == ["AllowTopics", "AllowTopicsMeCentral1", "AllowTopicsAfSouth1"]


def test_within_an_opted_in_region_sns_has_its_common_name() -> None:
    policy = json.loads(queue_policy(QUEUE.replace("eu-west-1", "me-central-1"), topics(1, "me-central-1")))
    assert policy["Statement"][1]["Principal"] == {"Service": "sns.amazonaws.com"}
