"""QueueWorker: arguments that cannot work are refused in one sentence, before anything is registered."""

from typing import Any

import pytest

from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY, QUEUE, QUEUE_URL, SECRET, TOPIC, WORKER

QueueWorker = COMPONENTS["QueueWorker"]
ONE: dict[str, Any] = {"queue_arn": QUEUE, "queue_url": QUEUE_URL}

WRONG = [
    Refused({"min_tasks": -1}, "min_tasks must be a whole number 0-5000, got -1"),
    Refused({"min_tasks": 0, "max_tasks": 0}, "max_tasks must be a whole number 1-5000, got 0; min_tasks is 0"),
    Refused({"spot_percent": 101}, "spot_percent must be a whole number 0-100, got 101"),
    Refused(
        {"spot_percent": 10},
        "spot_percent needs two tasks at least or none, got min_tasks 1; AWS takes Spot tasks back; set min_tasks to 2, "
        "to 0, or leave spot_percent out",
    ),
    Refused({"cpu_percent": 101}, "cpu_percent must be a whole number 1-100, got 101"),
    Refused(
        {"backlog_per_task": 5, "acceptable_latency_seconds": 10},
        "set backlog_per_task or acceptable_latency_seconds, got both; the backlog follows from the latency",
    ),
    Refused(
        {"acceptable_latency_seconds": 10},
        "acceptable_latency_seconds and seconds_per_message go together, got acceptable_latency_seconds alone; set both or "
        "backlog_per_task",
    ),
    Refused(
        {"seconds_per_message": 10},
        "acceptable_latency_seconds and seconds_per_message go together, got seconds_per_message alone; set both or "
        "backlog_per_task",
    ),
    Refused(
        {"acceptable_latency_seconds": 1, "seconds_per_message": 2},
        "acceptable_latency_seconds must be between seconds_per_message and 1209600, got 1 with 2",
    ),
    Refused(
        {"acceptable_latency_seconds": 1, "seconds_per_message": 0},
        "acceptable_latency_seconds must be between seconds_per_message and 1209600, got 1 with 0",
    ),
    Refused(
        {"acceptable_latency_seconds": 1209601, "seconds_per_message": 1},
        "acceptable_latency_seconds must be between seconds_per_message and 1209600, got 1209601 with 1",
    ),
    Refused({"longest_message_seconds": 0}, "longest_message_seconds must be a whole number 1-43200, got 0"),
    Refused(
        {"longest_message_seconds": 40, "stop_timeout_seconds": 30},
        "stop_timeout_seconds must be at least 43, longest_message_seconds and 3 seconds to return unfinished messages, got 30",
    ),
    Refused(
        {"longest_message_seconds": 20, "queues": {"orders": ONE | {"visibility_timeout_seconds": 20}}},
        "queues.orders.visibility_timeout_seconds must be above longest_message_seconds 20, got 20; or messages are handled "
        "twice at once; raise it on the queue, or extend it while a handler runs",
    ),
    Refused(
        {"stop_timeout_seconds": 60, "queues": {"orders": ONE | {"visibility_timeout_seconds": 59}}},
        "queues.orders.visibility_timeout_seconds must be at least stop_timeout_seconds 60, got 59; or another task gets "
        "the messages of a stopping one; raise it on the queue, or extend it while a handler runs",
    ),
    Refused(
        {"queues": {"orders": ONE | {"visibility_timeout_seconds": 43201}}},
        "queues.orders.visibility_timeout_seconds must be a whole number 0-43200, got 43201",
    ),
    Refused(
        {"min_tasks": 2, "spot_percent": 50, "queues": {"orders": ONE | {"max_receives": 2}}},
        "queues.orders.max_receives must be at least 3 with spot_percent, got 2; each interrupted task costs its "
        "messages a delivery; raise it on the queue",
    ),
    Refused(
        {"queues": {"orders": ONE | {"max_receives": 1001}}},
        "queues.orders.max_receives must be a whole number 1-1000, got 1001",
    ),
    Refused(
        {"queues": {}},
        'queues must have at least one entry, got none; for example {"billing": {"queue_arn": ..., "queue_url": ...}}',
    ),
    Refused(
        {"queues": dict.fromkeys("abcde", ONE)},
        "queues must have at most 4 entries, got 5; the scaling alarm supports at most 4 queues, make another worker",
    ),
    Refused(
        {"queues": {"my_queue": ONE}},
        "the keys of queues must be letters, digits and hyphens and start with a letter, got 'my_queue'",
    ),
    Refused(
        {"topics": {"1": {"topic_arn": TOPIC}}},
        "the keys of topics must be letters, digits and hyphens and start with a letter, got '1'",
    ),
    Refused(
        {"topics": {"done": {"topic_arn": QUEUE}}},
        f"topics.done.topic_arn must be the ARN of a topic, got {QUEUE!r}; write it like {TOPIC}",
    ),
    Refused({"topics": {"done": {}}}, "topics.done.topic_arn is required, got nothing; give it a value"),
    Refused(
        {"queues": {"orders": {"queue_arn": QUEUE}}},
        "queues.orders.queue_url is required, got nothing; give it a value",
    ),
    Refused(
        {"queues": {"orders": ONE | {"queue_arn": QUEUE_URL}}},
        f"queues.orders.queue_arn must be the ARN of a queue, got {QUEUE_URL!r}; write it like "
        "arn:aws:sqs:eu-west-1:123456789012:billing",
    ),
    Refused(
        {"queues": {"orders": ONE | {"queue_url": f"{QUEUE_URL}-2"}}},
        f"queues.orders.queue_url must end with the name in queue_arn, got '{QUEUE_URL}-2'; it is of another queue",
    ),
    Refused(
        {"queues": {"orders": ONE | {"queue_arn": QUEUE.replace("eu-west-1", "us-east-1")}}},
        "queues.orders.queue_arn must be a queue of eu-west-1 as cluster_arn is there, got "
        f"{QUEUE.replace('eu-west-1', 'us-east-1')!r}; alarms read metrics of their own region only, make the worker there",
    ),
    Refused({"queues": [ONE]}, f"queues must be a mapping, got {[ONE]!r}"),
    Refused(
        {"queues": {"orders": ONE | {"kms_key": KEY}}},
        "queues.orders.kms_key is not an argument; did you mean kms_key_arn?",
    ),
    Refused(
        {"queues": {"orders": ONE | {"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:alias/shop"}}},
        "queues.orders.kms_key_arn must be the ARN of a KMS key, got 'arn:aws:kms:eu-west-1:123456789012:alias/shop'; "
        "write it like arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    Refused(
        {"topics": {"done": {"topic_arn": TOPIC, "kms_key_arn": "alias/shop"}}},
        "topics.done.kms_key_arn must be the ARN of a KMS key, got 'alias/shop'; "
        "write it like arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    Refused(
        {"environment": {"QUEUE_URL_ORDERS": "x"}},
        "environment must not set QUEUE_URL_ORDERS; it comes from queues, remove it",
    ),
    Refused(
        {"secrets": {"TOPIC_ARN": SECRET}},
        "secrets must not set TOPIC_ARN; it comes from topics, remove it",
    ),
    Refused(
        {"secrets": {"DEAD_LETTER_QUEUE_URL": SECRET}},
        "secrets must not set DEAD_LETTER_QUEUE_URL; it comes from queues, remove it",
    ),
    Refused(
        {"environment": {"STOP_TIMEOUT_SECONDS": "9"}},
        "environment must not set STOP_TIMEOUT_SECONDS; it comes from stop_timeout_seconds, remove it",
    ),
    Refused({"min_tasks": 5, "max_tasks": 3}, "max_tasks must be a whole number 5-5000, got 3; min_tasks is 5"),
    Refused({"backlog_per_task": 0}, "backlog_per_task must be a whole number 1-1000000, got 0"),
    Refused(
        {"environment": {"QUEUE_URL": "x"}},
        "environment must not set QUEUE_URL; it comes from queues, remove it",
    ),
    Refused({"queues": None}, "queues is required, got nothing; give it a value"),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.says[:40])
def test_a_worker_that_cannot_work_is_refused(case: Refused) -> None:
    assert refusal(lambda: QueueWorker("work", WORKER | dict(case.args))) == f"QueueWorker 'work': {case.says}"


@pytest.mark.parametrize("argument", ["desired_count", "load_balancer"])
def test_an_argument_that_only_a_service_has_is_refused(argument: str) -> None:
    sentence = refusal(lambda: QueueWorker("work", WORKER | {argument: 2}))
    assert sentence.startswith(f"QueueWorker 'work': {argument} is not an argument; the arguments are ")
