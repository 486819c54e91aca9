"""FanOut: what would lose messages is refused in one sentence, before anything is registered."""

from typing import Any

import pytest

from slipway import ArgumentError
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY, QUEUE, TOPIC

FanOut = COMPONENTS["FanOut"]

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"queues": {}}, ': queues must have at least one entry, got none; for example {"billing": {}}'),
    (
        {"fifo": True, "archive_days": 1, "queues": {"billing": {"replay_from": "yesterday"}}},
        ": queues.billing.replay_from must be a time in UTC, got 'yesterday'; write it like 2026-11-25T08:00:00Z",
    ),
    (
        {"fifo": True, "queues": {"billing": {"replay_from": "2026-11-25T08:00:00Z"}}},
        ": queues.billing.replay_from needs archive_days, got none; a topic replays archived messages only",
    ),
    (
        {"topic_arn": f"{TOPIC}.fifo", "fifo": True, "archive_days": 1, "queues": {"billing": {}}},
        ": set topic_arn or archive_days, got both; the archive belongs to a created topic",
    ),
    (
        {"archive_days": 1, "queues": {"billing": {}}},
        ": archive_days needs fifo, got a standard one; set fifo or leave archive_days out",
    ),
    (
        {"queues": {"billing": {"queue_arn": f"{QUEUE}.fifo"}}},
        f": queues.billing.queue_arn must be a standard queue as the topic is one, got '{QUEUE}.fifo'; a standard topic "
        "delivers to standard queues only; set fifo, or name another queue",
    ),
    (
        {"fifo": True, "queues": {"billing": {"queue_arn": f"{QUEUE}.fifo", "dead_letter_queue_arn": QUEUE}}},
        f": queues.billing.dead_letter_queue_arn must be a fifo queue as queue_arn is one, got {QUEUE!r}; SNS takes no "
        "other kind",
    ),
    (
        {"queues": {"billing": {"queue_arn": QUEUE, "dead_letter_queue_arn": f"{QUEUE}-dead.fifo"}}},
        ": queues.billing.dead_letter_queue_arn must be a standard queue as queue_arn is one, got "
        f"'{QUEUE}-dead.fifo'; SNS takes no other kind",
    ),
    (
        {"queues": {"billing": {"queue_arn": QUEUE, "dead_letter_queue_arn": "dead"}}},
        ": queues.billing.dead_letter_queue_arn must be the ARN of a queue, got 'dead'; write it like "
        "arn:aws:sqs:eu-west-1:123456789012:billing",
    ),
    (
        {"queues": {"billing": {"queue_arn": "billing"}}},
        ": queues.billing.queue_arn must be the ARN of a queue, got 'billing'; write it like "
        "arn:aws:sqs:eu-west-1:123456789012:billing",
    ),
    (
        {"topic_arn": TOPIC, "log_failed_deliveries": True, "queues": {"billing": {}}},
        ": set topic_arn or log_failed_deliveries, got both; the log belongs to a created topic",
    ),
    ({"queues": ["billing"]}, ": queues must be a mapping, got ['billing']"),
    (
        {"queues": {"my queue": {}}},
        " queue 'my queue': the name must be letters, digits and hyphens and start with a letter, "
        "got 'orders-my queue'",
    ),
    (
        {"queues": {"b" * 56: {}}},
        f" queue '{'b' * 56}': the name must be at most 62 characters, got 63; AWS allows 80 and 18 are appended",
    ),
    (
        {"alarm_topic_arn": f"{TOPIC}.fifo", "queues": {"billing": {}}},
        f": alarm_topic_arn must be a standard topic, got '{TOPIC}.fifo'; CloudWatch gives no message group",
    ),
    (
        {"queues": {"billing": {"raw": True}}},
        ": queues.billing.raw is not an argument; the arguments are age_alarm_seconds, "
        "dead_letter_queue_arn, filter_policy, filter_policy_scope, max_receives, queue_arn, raw_message_delivery, "
        "replay_from, retention_seconds, visibility_timeout_seconds",
    ),
    (
        {"queues": {"billing": {"max_receives": 1001}}},
        ": queues.billing.max_receives must be a whole number 1-1000, got 1001",
    ),
    (
        {"queues": {"billing": {"filter_policy": {"kind": []}}}},
        ": queues.billing.filter_policy.kind must have at least one entry, got none; for example [physical]",
    ),
    (
        {"queues": {"billing": {"filter_policy": {"kind": "physical"}}}},
        ": queues.billing.filter_policy.kind must be a list, got 'physical'",
    ),
    (
        {"queues": {"billing": {"filter_policy": {key: ["v"] for key in "abcdef"}}}},
        ": queues.billing.filter_policy must name at most 5 attributes, got 6; that is the limit of SNS",
    ),
    (
        {"queues": {"billing": {"filter_policy": {"a": [str(it) for it in range(76)], "b": ["1", "2"]}}}},
        ": queues.billing.filter_policy must have at most 150 combinations of values, got 152; that is the limit of SNS",
    ),
    (
        {"topic_arn": "orders", "queues": {"billing": {}}},
        ": topic_arn must be the ARN of a topic, got 'orders'; write it like arn:aws:sns:eu-west-1:123456789012:orders",
    ),
    (
        {"topic_arn": TOPIC, "fifo": True, "queues": {"billing": {}}},
        f": topic_arn must be a fifo topic, since fifo is set, got {TOPIC!r}; a standard topic delivers to "
        "standard queues only",
    ),
    (
        {"more_topic_arns": {"returns": TOPIC}, "fifo": True, "queues": {"billing": {}}},
        f": more_topic_arns.returns must be a fifo topic, since fifo is set, got {TOPIC!r}; a standard topic "
        "delivers to standard queues only",
    ),
    (
        {"more_topic_arns": {"returns": "arn:aws:sqs:eu-west-1:123456789012:work"}, "queues": {"billing": {}}},
        ": more_topic_arns.returns must be the ARN of a topic, got 'arn:aws:sqs:eu-west-1:123456789012:work'; write it "
        "like arn:aws:sns:eu-west-1:123456789012:orders",
    ),
    (
        {"queue_kms_key_arn": "alias/aws/sqs", "queues": {"billing": {}}},
        ": queue_kms_key_arn must not be a key of AWS on a subscribed queue, got 'alias/aws/sqs'; its policy cannot let "
        "SNS in, and every message would be dropped in silence; give a key of your own, set create_kms_key, or leave it out",
    ),
    (
        {"queue_kms_key_arn": KEY, "create_kms_key": True, "queues": {"billing": {}}},
        ": set queue_kms_key_arn or create_kms_key, got both",
    ),
    (
        {"kms_key_arn": KEY, "create_kms_key": True, "queues": {"billing": {}}},
        ": set kms_key_arn or create_kms_key, got both",
    ),
    (
        {"high_throughput": True, "queues": {"billing": {}}},
        ": high_throughput needs fifo, got a standard one; set fifo or leave high_throughput out",
    ),
    (
        {"content_based_deduplication": True, "queues": {"billing": {}}},
        ": content_based_deduplication needs fifo, got a standard one; set fifo or leave content_based_deduplication out",
    ),
    (
        {"queues": {"billing": {"filter_policy_scope": "Body", "filter_policy": {"kind": ["a"]}}}},
        ": queues.billing.filter_policy_scope must be one of MessageAttributes, MessageBody, got 'Body'",
    ),
    (
        {"queues": {"billing": {"filter_policy_scope": "MessageBody"}}},
        ": queues.billing.filter_policy_scope needs filter_policy, got none; leave it out",
    ),
    (
        {"queues": {"billing": {"dead_letter_queue_arn": QUEUE}}},
        ": queues.billing.dead_letter_queue_arn needs queues.billing.queue_arn, got none; a created queue has a created "
        "dead-letter queue",
    ),
    (
        {"queues": {"billing": {"queue_arn": QUEUE, "max_receives": 3}}},
        ": set queues.billing.queue_arn or queues.billing.max_receives, got both; it is set on that queue",
    ),
    (
        {"topic_arn": TOPIC, "kms_key_arn": KEY, "queues": {"billing": {}}},
        ": set topic_arn or kms_key_arn, got both; the key belongs to a created topic",
    ),
]


@pytest.mark.parametrize(("args", "sentence"), WRONG)
def test_a_fan_out_that_would_lose_messages_is_refused(args: dict[str, Any], sentence: str) -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            FanOut("orders", args)
        assert str(caught.value) == f"FanOut 'orders'{sentence}"

    assert build(construct).resources == []


def test_a_name_too_long_for_the_role_of_the_log_is_refused() -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            FanOut("a" * 46, {"log_failed_deliveries": True, "queues": {"b": {}}})
        rule = "the name must be at most 45 characters, got 46; AWS allows 64 and 19 are appended"
        assert str(caught.value) == f"FanOut '{'a' * 46}': {rule}"

    assert build(construct).resources == []
