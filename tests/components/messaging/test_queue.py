"""Queue: encrypted, over TLS only, and no message lost in silence."""

import json
from typing import Any

import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.refusals import Refused, RefusedName, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY, TOPIC

Queue = COMPONENTS["Queue"]
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:work"


def queue(args: dict[str, Any]) -> Built:
    return build(lambda: Queue("work", args))


def test_a_default_queue_is_exactly_this() -> None:
    built = queue({})
    assert built.one("queue:Queue", "work").inputs == {
        "visibilityTimeoutSeconds": 30,
        "messageRetentionSeconds": 345600,
        "delaySeconds": 0,
        "receiveWaitTimeSeconds": 20,
        "sqsManagedSseEnabled": True,
        "tags": {"Name": "work"},
    }
    assert built.one("queue:Queue", "work-dead").inputs == {
        "messageRetentionSeconds": 1209600,
        "receiveWaitTimeSeconds": 20,
        "sqsManagedSseEnabled": True,
        "tags": {"Name": "work-dead"},
    }
    assert json.loads(built.one("RedrivePolicy", "work").inputs["redrivePolicy"]) == {
        "deadLetterTargetArn": f"{QUEUE_ARN}-dead",
        "maxReceiveCount": 5,
    }
    assert built.counts() == {
        "aws:sqs/queue:Queue": 2,
        "aws:sqs/queuePolicy:QueuePolicy": 2,
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": 1,
        "aws:sqs/redrivePolicy:RedrivePolicy": 1,
    }


def test_neither_queue_waits_for_the_other() -> None:
    for made in queue({}).of_type("queue:Queue"):
        assert made.depends_on == set(), "the provider waits 25 seconds for each link of a chain"


def test_a_queue_has_an_alarm_of_dead_letters_and_one_of_age() -> None:
    built = queue({"alarm_topic_arn": TOPIC, "retention_seconds": 7200})
    common = {
        "namespace": "AWS/SQS",
        "statistic": "Maximum",
        "period": 60,
        "comparisonOperator": "GreaterThanThreshold",
        "treatMissingData": "notBreaching",
        "alarmActions": [TOPIC],
    }
    letters, age = (built.one("MetricAlarm", name).inputs for name in ("work-dead", "work-age"))
    assert letters | common == letters
    assert age | common == age
    judged = [(it["dimensions"], it["metricName"], it["threshold"], it["evaluationPeriods"]) for it in (letters, age)]
    assert judged == [
        ({"QueueName": "work-dead"}, "ApproximateNumberOfMessagesVisible", 0, 1),
        ({"QueueName": "work"}, "ApproximateAgeOfOldestMessage", 3600, 5),
    ]
    assert "givenUp" in letters["alarmDescription"]
    assert "waited for 3600 seconds" in age["alarmDescription"]


def test_an_age_of_ones_own_raises_the_alarm() -> None:
    built = queue({"alarm_topic_arn": TOPIC, "age_alarm_seconds": 900})
    assert built.one("MetricAlarm", "work-age").inputs["threshold"] == 900
    names = [built.component_outputs("Queue")[key] for key in ("deadLetterAlarmName", "ageAlarmName")]
    assert names == ["work-dead", "work-age"]


def test_a_dead_letter_queue_takes_the_letters_of_its_own_queue_only() -> None:
    policy = queue({}).one("RedriveAllowPolicy", "work-dead").inputs["redriveAllowPolicy"]
    assert json.loads(policy) == {"redrivePermission": "byQueue", "sourceQueueArns": [QUEUE_ARN]}


@pytest.mark.parametrize("name", ["work", "work-dead"])
def test_both_queues_refuse_requests_without_tls_and_allow_no_one(name: str) -> None:
    policy = json.loads(queue({}).one("QueuePolicy", name).inputs["policy"])
    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": f"arn:aws:sqs:eu-west-1:123456789012:{name}",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def test_many_topics_share_one_statement() -> None:
    policy = json.loads(queue({"topic_arns": [TOPIC, f"{TOPIC}-2"]}).one("QueuePolicy", "work").inputs["policy"])
    assert policy["Statement"][1:] == [
        {
            "Sid": "AllowTopics",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": QUEUE_ARN,
            "Condition": {"ArnEquals": {"aws:SourceArn": [TOPIC, f"{TOPIC}-2"]}},
        }
    ]


def test_tags_of_ones_own_reach_every_resource_that_has_tags() -> None:
    built = queue({"create_kms_key": True, "alarm_topic_arn": TOPIC, "tags": {"team": "shop"}})
    tagged = {f"{it.type.split(':')[-1]} {it.name}": it.inputs["tags"] for it in built.resources if "tags" in it.inputs}
    assert tagged == {
        "Key work": {"Name": "work", "team": "shop"},
        "MetricAlarm work-age": {"Name": "work-age", "team": "shop"},
        "MetricAlarm work-dead": {"Name": "work-dead", "team": "shop"},
        "Queue work": {"Name": "work", "team": "shop"},
        "Queue work-dead": {"Name": "work-dead", "team": "shop"},
    }


def test_a_key_of_ones_own_takes_the_place_of_the_managed_one() -> None:
    for made in queue({"kms_key_arn": KEY}).of_type("queue:Queue"):
        assert made.inputs["kmsMasterKeyId"] == KEY
        assert "sqsManagedSseEnabled" not in made.inputs, "AWS refuses both kinds of encryption"


def test_the_dead_letter_queue_of_a_fifo_queue_is_fifo() -> None:
    assert [made.inputs["fifoQueue"] for made in queue({"fifo": True}).of_type("queue:Queue")] == [True, True]


WRONG_NAMES = [
    RefusedName(
        "my queue",
        {},
        "the name must be letters, digits and hyphens and start with a letter, got 'my queue'",
    ),
    RefusedName("a" * 63, {}, "the name must be at most 62 characters, got 63; AWS allows 80 and 18 are appended"),
]


@pytest.mark.parametrize("case", WRONG_NAMES, ids=["a space", "too long"])
def test_a_name_that_no_queue_may_have_is_refused(case: RefusedName) -> None:
    assert refusal(lambda: Queue(case.name, case.args)) == f"Queue {case.name!r}: {case.says}"


WRONG = [
    Refused(
        {"visibility_timeout_seconds": 43201},
        "visibility_timeout_seconds must be a whole number 0-43200, got 43201",
    ),
    Refused({"max_receives": 0}, "max_receives must be a whole number 1-1000, got 0"),
    Refused({"delay_seconds": 901}, "delay_seconds must be a whole number 0-900, got 901"),
    Refused(
        {"retention_seconds": 1209600},
        "retention_seconds must be a whole number 60-1209599, got 1209600; dead letters are kept 1209600 seconds "
        "from their first send and need time of their own",
    ),
    Refused(
        {"retention_seconds": 3600, "age_alarm_seconds": 3600},
        "age_alarm_seconds must be a whole number 1-3599, got 3600; messages are dropped after 3600 seconds",
    ),
    Refused(
        {"alarm_topic_arn": f"{TOPIC}.fifo"},
        f"alarm_topic_arn must be a standard topic, got '{TOPIC}.fifo'; CloudWatch gives no message group",
    ),
    Refused(
        {"alarm_topic_arn": "me"},
        f"alarm_topic_arn must be the ARN of a topic, got 'me'; write it like {TOPIC}",
    ),
    Refused({"retention_days": 3}, "retention_days is not an argument; did you mean retention_seconds?"),
    Refused({"topic_arns": TOPIC}, f"topic_arns must be a list, got {TOPIC!r}"),
    Refused({"topic_arns": ["*"]}, f"topic_arns[0] must be the ARN of a topic, got '*'; write it like {TOPIC}"),
    Refused(
        {"fifo": True, "topic_arns": [f"{TOPIC}.fifo", TOPIC]},
        f"topic_arns[1] must be a fifo topic, since fifo is set, got {TOPIC!r}; a standard topic delivers to standard "
        "queues only",
    ),
    Refused(
        {"kms_key_arn": "alias/aws/sqs", "topic_arns": [TOPIC]},
        "kms_key_arn must not be a key of AWS where services send, got 'alias/aws/sqs'; its policy lets no service in, "
        "and every message would be dropped in silence; give a key of your own, set create_kms_key, or leave it out",
    ),
    Refused({"kms_key_arn": "alias/work"}, "kms_key_arn must be the ARN of a KMS key, got 'alias/work'"),
    Refused({"kms_key_arn": KEY, "create_kms_key": True}, "set kms_key_arn or create_kms_key, got both"),
    Refused(
        {"high_throughput": True},
        "high_throughput needs fifo, got a standard one; set fifo or leave high_throughput out",
    ),
    Refused(
        {"content_based_deduplication": True},
        "content_based_deduplication needs fifo, got a standard one; set fifo or leave content_based_deduplication out",
    ),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.says[:40])
def test_a_queue_that_sqs_would_refuse_is_refused(case: Refused) -> None:
    assert refusal(lambda: Queue("work", case.args)) == f"Queue 'work': {case.says}"


def test_a_fifo_queue_of_high_throughput_counts_within_groups() -> None:
    args = {"fifo": True, "high_throughput": True, "content_based_deduplication": True}
    inputs = queue(args).one("queue:Queue", "work").inputs
    assert inputs["deduplicationScope"] == "messageGroup"
    assert inputs["fifoThroughputLimit"] == "perMessageGroupId"
    assert inputs["contentBasedDeduplication"] is True


def test_a_key_of_its_own_lets_sns_of_the_account_in_and_rotates() -> None:
    built = queue({"create_kms_key": True})
    key = built.one("key:Key", "work").inputs
    assert (key["enableKeyRotation"], key["description"]) == (True, "Messages of work")
    iam, delivery = json.loads(key["policy"])["Statement"]
    assert iam == {
        "Sid": "AllowIam",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    assert delivery == {
        "Sid": "AllowDelivery",
        "Effect": "Allow",
        "Principal": {"Service": ["sns.amazonaws.com"]},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
    }
    arn = "arn:aws:kms:eu-west-1:123456789012:work"
    assert [it.inputs["kmsMasterKeyId"] for it in built.of_type("queue:Queue")] == [arn, arn]
    assert built.component_outputs("Queue")["kmsKeyArn"] == arn
