"""FanOut: what would lose messages is refused in one sentence, before anything is registered."""

import pytest

from tests.support.components.refusals import Refused, RefusedName, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY, QUEUE, TOPIC

FanOut = COMPONENTS["FanOut"]

WRONG = [
    Refused({"queues": {}}, 'queues must have at least one entry, got none; for example {"billing": {}}'),
    Refused(
        {"fifo": True, "archive_days": 1, "queues": {"billing": {"replay_from": "yesterday"}}},
        "queues.billing.replay_from must be a time in UTC, got 'yesterday'; write it like 2026-11-25T08:00:00Z",
    ),
    Refused(
        {"fifo": True, "queues": {"billing": {"replay_from": "2026-11-25T08:00:00Z"}}},
        "queues.billing.replay_from needs archive_days, got none; a topic replays archived messages only",
    ),
    Refused(
        {"topic_arn": f"{TOPIC}.fifo", "fifo": True, "archive_days": 1, "queues": {"billing": {}}},
        "set topic_arn or archive_days, got both; the archive belongs to a created topic",
    ),
    Refused(
        {"archive_days": 1, "queues": {"billing": {}}},
        "archive_days needs fifo, got a standard one; set fifo or leave archive_days out",
    ),
    Refused(
        {"queues": {"billing": {"queue_arn": f"{QUEUE}.fifo"}}},
        f"queues.billing.queue_arn must be a standard queue as the topic is one, got '{QUEUE}.fifo'; a standard topic "
        "delivers to standard queues only; set fifo, or name another queue",
    ),
    Refused(
        {"fifo": True, "queues": {"billing": {"queue_arn": f"{QUEUE}.fifo", "dead_letter_queue_arn": QUEUE}}},
        f"queues.billing.dead_letter_queue_arn must be a fifo queue as queue_arn is one, got {QUEUE!r}; SNS takes no "
        "other kind",
    ),
    Refused(
        {"queues": {"billing": {"queue_arn": QUEUE, "dead_letter_queue_arn": f"{QUEUE}-dead.fifo"}}},
        "queues.billing.dead_letter_queue_arn must be a standard queue as queue_arn is one, got "
        f"'{QUEUE}-dead.fifo'; SNS takes no other kind",
    ),
    Refused(
        {"queues": {"billing": {"queue_arn": QUEUE, "dead_letter_queue_arn": "dead"}}},
        "queues.billing.dead_letter_queue_arn must be the ARN of a queue, got 'dead'; write it like "
        "arn:aws:sqs:eu-west-1:123456789012:billing",
    ),
    Refused(
        {"queues": {"billing": {"queue_arn": "billing"}}},
        "queues.billing.queue_arn must be the ARN of a queue, got 'billing'; write it like "
        "arn:aws:sqs:eu-west-1:123456789012:billing",
    ),
    Refused(
        {"topic_arn": TOPIC, "log_failed_deliveries": True, "queues": {"billing": {}}},
        "set topic_arn or log_failed_deliveries, got both; the log belongs to a created topic",
    ),
    Refused(
        {"fifo": True, "archive_days": 366, "queues": {"billing": {}}},
        "archive_days must be a whole number 0-365, got 366",
    ),
    Refused(
        {"additional_topic_arns": {"": TOPIC}, "queues": {"billing": {}}},
        "the keys of additional_topic_arns must be letters, digits and hyphens and start with a letter, got ''",
    ),
    Refused(
        {"additional_topic_arns": {"x": TOPIC}, "queues": {"a": {}, "from-x-a": {}}},
        "the keys of additional_topic_arns and queues must give different names to all resources, got 'from-x-a' and 'x.a', "
        "which both give 'orders-from-x-a'; rename one",
    ),
    Refused(
        {"fifo": True, "archive_days": 1, "queues": {"billing": {"replay_from": "2026-13-45T08:00:00Z"}}},
        "queues.billing.replay_from must be a time in UTC, got '2026-13-45T08:00:00Z'; write it like 2026-11-25T08:00:00Z",
    ),
    Refused(
        {"queues": {"billing": {"filter_policy": {}}}},
        'queues.billing.filter_policy must have at least one entry, got none; for example {"kind": ["physical"]}',
    ),
    Refused({"queues": ["billing"]}, "queues must be a mapping, got ['billing']"),
    Refused(
        {"alarm_topic_arn": f"{TOPIC}.fifo", "queues": {"billing": {}}},
        f"alarm_topic_arn must be a standard topic, got '{TOPIC}.fifo'; CloudWatch gives no message group",
    ),
    Refused(
        {"queues": {"billing": {"raw": True}}},
        "queues.billing.raw is not an argument; the arguments are age_alarm_seconds, "
        "dead_letter_queue_arn, filter_policy, filter_policy_scope, max_receives, queue_arn, raw_message_delivery, "
        "replay_from, retention_seconds, senders, visibility_timeout_seconds",
    ),
    Refused(
        {"queues": {"billing": {"max_receives": 1001}}},
        "queues.billing.max_receives must be a whole number 1-1000, got 1001",
    ),
    Refused(
        {"queues": {"billing": {"filter_policy": {"kind": []}}}},
        "queues.billing.filter_policy.kind must have at least one entry, got none; for example [physical]",
    ),
    Refused(
        {"queues": {"billing": {"filter_policy": {"kind": "physical"}}}},
        "queues.billing.filter_policy.kind must be a list, got 'physical'",
    ),
    Refused(
        {"queues": {"billing": {"filter_policy": {key: ["v"] for key in "abcdef"}}}},
        "queues.billing.filter_policy must name at most 5 attributes, got 6; that is the limit of SNS",
    ),
    Refused(
        {"queues": {"billing": {"filter_policy": {"a": [str(it) for it in range(76)], "b": ["1", "2"]}}}},
        "queues.billing.filter_policy must have at most 150 combinations of values, got 152; that is the limit of SNS",
    ),
    Refused(
        {"topic_arn": "orders", "queues": {"billing": {}}},
        "topic_arn must be the ARN of a topic, got 'orders'; write it like arn:aws:sns:eu-west-1:123456789012:orders",
    ),
    Refused(
        {"topic_arn": TOPIC, "fifo": True, "queues": {"billing": {}}},
        f"topic_arn must be a fifo topic, since fifo is set, got {TOPIC!r}; a standard topic delivers to "
        "standard queues only",
    ),
    Refused(
        {"additional_topic_arns": {"returns": TOPIC}, "fifo": True, "queues": {"billing": {}}},
        f"additional_topic_arns.returns must be a fifo topic, since fifo is set, got {TOPIC!r}; a standard topic "
        "delivers to standard queues only",
    ),
    Refused(
        {"additional_topic_arns": {"returns": "arn:aws:sqs:eu-west-1:123456789012:work"}, "queues": {"billing": {}}},
        "additional_topic_arns.returns must be the ARN of a topic, got 'arn:aws:sqs:eu-west-1:123456789012:work'; write it "
        "like arn:aws:sns:eu-west-1:123456789012:orders",
    ),
    Refused(
        {"queue_kms_key_arn": "alias/aws/sqs", "queues": {"billing": {}}},
        "queue_kms_key_arn must not be a key of AWS where services send, got 'alias/aws/sqs'; its policy lets no service "
        "in, and every message would be dropped in silence; give a key of your own, set create_kms_key, or leave it out",
    ),
    Refused(
        {"queue_kms_key_arn": KEY, "create_kms_key": True, "queues": {"billing": {}}},
        "set queue_kms_key_arn or create_kms_key, got both",
    ),
    Refused(
        {"kms_key_arn": KEY, "create_kms_key": True, "queues": {"billing": {}}},
        "set kms_key_arn or create_kms_key, got both",
    ),
    Refused(
        {"high_throughput": True, "queues": {"billing": {}}},
        "high_throughput needs fifo, got a standard one; set fifo or leave high_throughput out",
    ),
    Refused(
        {"content_based_deduplication": True, "queues": {"billing": {}}},
        "content_based_deduplication needs fifo, got a standard one; set fifo or leave content_based_deduplication out",
    ),
    Refused(
        {"queues": {"billing": {"filter_policy_scope": "Body", "filter_policy": {"kind": ["a"]}}}},
        "queues.billing.filter_policy_scope must be one of MessageAttributes, MessageBody, got 'Body'",
    ),
    Refused(
        {"queues": {"billing": {"filter_policy_scope": "MessageBody"}}},
        "queues.billing.filter_policy_scope needs filter_policy, got none; leave it out",
    ),
    Refused(
        {"queues": {"billing": {"dead_letter_queue_arn": QUEUE}}},
        "queues.billing.dead_letter_queue_arn needs queues.billing.queue_arn, got none; a created queue has a created "
        "dead-letter queue",
    ),
    Refused(
        {"queues": {"billing": {"queue_arn": QUEUE, "max_receives": 3}}},
        "set queues.billing.queue_arn or queues.billing.max_receives, got both; it is set on that queue",
    ),
    Refused(
        {"topic_arn": TOPIC, "kms_key_arn": KEY, "queues": {"billing": {}}},
        "set topic_arn or kms_key_arn, got both; the key belongs to a created topic",
    ),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.says[:40])
def test_a_fan_out_that_would_lose_messages_is_refused(case: Refused) -> None:
    assert refusal(lambda: FanOut("orders", case.args)) == f"FanOut 'orders': {case.says}"


WRONG_KEYS = [
    RefusedName(
        "my queue",
        {},
        "the keys of queues must be letters, digits and hyphens and start with a letter, got 'my queue'",
    ),
    RefusedName("", {}, "the keys of queues must be letters, digits and hyphens and start with a letter, got ''"),
    RefusedName(
        "b" * 56,
        {},
        f"the name orders-{'b' * 56} of queues.{'b' * 56} must be at most 62 characters, got 63; AWS allows 80 and 18 are "
        "appended",
    ),
]


@pytest.mark.parametrize("case", WRONG_KEYS, ids=["a space", "empty", "too long"])
def test_a_key_that_makes_no_name_of_a_queue_is_refused(case: RefusedName) -> None:
    sentence = refusal(lambda: FanOut("orders", {"queues": {case.name: case.args}}))
    assert sentence == f"FanOut 'orders': {case.says}"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "must not be empty, got ''; give it a value"),
        ("my orders", "must be letters, digits and hyphens and start with a letter, got 'my orders'"),
    ],
)
def test_a_wrong_name_is_no_queue_s_fault(name: str, rule: str) -> None:
    assert refusal(lambda: FanOut(name, {"queues": {"b": {}}})) == f"FanOut {name!r}: the name {rule}"


def test_a_name_too_long_for_the_role_of_the_log_is_refused() -> None:
    sentence = refusal(lambda: FanOut("a" * 46, {"log_failed_deliveries": True, "queues": {"b": {}}}))
    rule = "the name must be at most 45 characters, got 46; AWS allows 64 and 19 are appended"
    assert sentence == f"FanOut '{'a' * 46}': {rule}"
