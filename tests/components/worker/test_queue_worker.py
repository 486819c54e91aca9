"""QueueWorker: consumes exactly its queue, and as many tasks as the backlog needs."""

import json
from typing import Any

import pytest

from slipway import ArgumentError
from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY, QUEUE, QUEUE_URL, SECRET, TOPIC, WORKER

QueueWorker = COMPONENTS["QueueWorker"]
CONSUME = [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
]
PROTECT = {
    "Effect": "Allow",
    "Action": ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"],
    "Resource": ["arn:aws:ecs:eu-west-1:123456789012:task/main/*"],
}


ONE: dict[str, Any] = {"queue_arn": QUEUE, "queue_url": QUEUE_URL}
TWO: dict[str, Any] = {"orders": ONE, "late-returns": {"queue_arn": f"{QUEUE}-2", "queue_url": f"{QUEUE_URL}-2"}}


def worker(args: dict[str, Any]) -> Built:
    return build(lambda: QueueWorker("work", WORKER | args))


def variables(built: Built) -> dict[str, str]:
    (container,) = json.loads(built.one("taskDefinition:TaskDefinition", "work").inputs["containerDefinitions"])
    return {it["name"]: it["value"] for it in container["environment"]}


def statements(built: Built) -> list[dict[str, Any]]:
    return list(json.loads(built.one("rolePolicy:RolePolicy", "work-task").inputs["policy"])["Statement"])


def test_a_default_worker_may_consume_its_queue_and_protect_its_cluster_s_tasks_and_nothing_else() -> None:
    assert statements(worker({})) == [{"Effect": "Allow", "Action": CONSUME, "Resource": [QUEUE]}, PROTECT]


def test_keys_topics_and_permissions_come_on_top() -> None:
    more = {
        "queues": {"orders": ONE | {"kms_key_arn": KEY}},
        "topics": {"done": {"topic_arn": TOPIC, "kms_key_arn": f"{KEY}-2"}},
        "permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::shop/*"]}],
    }
    assert statements(worker(more)) == [
        {"Effect": "Allow", "Action": CONSUME, "Resource": [QUEUE]},
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]},
        {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": [TOPIC]},
        {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": [f"{KEY}-2"]},
        PROTECT,
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::shop/*"]},
    ]


def test_the_container_finds_its_queue() -> None:
    queue = ONE | {"dead_letter_queue_url": f"{QUEUE_URL}-dead"}
    built = worker(
        {"environment": {"MODE": "fast"}, "queues": {"orders": queue}, "topics": {"done": {"topic_arn": TOPIC}}}
    )
    assert variables(built) == {
        "DEAD_LETTER_QUEUE_URL": f"{QUEUE_URL}-dead",
        "MODE": "fast",
        "QUEUE_URL": QUEUE_URL,
        "STOP_TIMEOUT_SECONDS": "30",
        "TOPIC_ARN": TOPIC,
    }


def test_several_queues_and_topics_are_found_by_their_keys_and_consumed_by_one_statement() -> None:
    topics = {"done": {"topic_arn": TOPIC}, "failed": {"topic_arn": f"{TOPIC}-2"}}
    built = worker({"queues": TWO, "topics": topics})
    assert variables(built) == {
        "QUEUE_URL_LATE_RETURNS": f"{QUEUE_URL}-2",
        "QUEUE_URL_ORDERS": QUEUE_URL,
        "STOP_TIMEOUT_SECONDS": "30",
        "TOPIC_ARN_DONE": TOPIC,
        "TOPIC_ARN_FAILED": f"{TOPIC}-2",
    }
    assert statements(built)[0] == {"Effect": "Allow", "Action": CONSUME, "Resource": [QUEUE, f"{QUEUE}-2"]}


def test_a_share_of_the_tasks_runs_on_spot() -> None:
    strategies = (
        worker({"min_tasks": 2, "spot_percent": 60}).one("service:Service", "work").inputs["capacityProviderStrategies"]
    )
    assert {it["capacityProvider"]: it["weight"] for it in strategies} == {"FARGATE": 40, "FARGATE_SPOT": 60}


def test_nothing_reaches_a_worker_and_it_has_no_load_balancer() -> None:
    kinds = worker({}).counts()
    assert not any("IngressRule" in kind or "aws:lb/" in kind for kind in kinds)


def test_the_count_starts_low_and_is_left_to_scaling() -> None:
    service = worker({"min_tasks": 2}).one("service:Service", "work")
    assert (service.inputs["desiredCount"], service.ignore_changes) == (2, ["desiredCount"])


def test_scaling_follows_the_messages_that_each_task_faces() -> None:
    built = worker({"min_tasks": 1, "max_tasks": 8, "backlog_per_task": 50})
    scaled = {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": "service/main/work",
    }
    assert built.one("target:Target", "work").inputs == scaled | {"minCapacity": 1, "maxCapacity": 8}
    of_queue = [{"name": "QueueName", "value": "work"}]
    of_service = [{"name": "ClusterName", "value": "main"}, {"name": "ServiceName", "value": "work"}]
    measured = {
        "visible": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", of_queue),
        "in_flight": ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", of_queue),
        "running": ("ECS/ContainerInsights", "RunningTaskCount", of_service),
    }
    assert built.one("policy:Policy", "work").inputs == scaled | {
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": {
            "targetValue": 50,
            "scaleOutCooldown": 60,
            "scaleInCooldown": 300,
            "customizedMetricSpecification": {
                "metrics": [
                    {
                        "id": key,
                        "metricStat": {
                            "metric": {"namespace": namespace, "metricName": metric, "dimensions": dimensions},
                            "stat": "Average",
                        },
                        "returnData": False,
                    }
                    for key, (namespace, metric, dimensions) in measured.items()
                ]
                + [
                    {
                        "id": "backlog",
                        "expression": "(visible + in_flight) / IF(FILL(running, 1) > 0, FILL(running, 1), 1)",
                        "label": "Backlog per task",
                        "returnData": True,
                    }
                ]
            },
        },
    }


@pytest.mark.parametrize(
    ("args", "bounds"), [({}, (1, 4)), ({"min_tasks": 6}, (6, 6)), ({"min_tasks": 2, "max_tasks": 3}, (2, 3))]
)
def test_bounds_follow_from_what_is_given(args: dict[str, Any], bounds: tuple[int, int]) -> None:
    inputs = worker(args).one("target:Target", "work").inputs
    assert (inputs["minCapacity"], inputs["maxCapacity"]) == bounds


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"min_tasks": -1}, "min_tasks must be a whole number 0-5000, got -1"),
    ({"min_tasks": 0, "max_tasks": 0}, "max_tasks must be a whole number 1-5000, got 0; min_tasks is 0"),
    ({"spot_percent": 101}, "spot_percent must be a whole number 0-100, got 101"),
    (
        {"spot_percent": 10},
        "spot_percent needs two tasks at least or none, got min_tasks 1; AWS takes Spot tasks back; set min_tasks to 2, "
        "to 0, or leave spot_percent out",
    ),
    ({"cpu_percent": 101}, "cpu_percent must be a whole number 1-100, got 101"),
    (
        {"backlog_per_task": 5, "acceptable_latency_seconds": 10},
        "set backlog_per_task or acceptable_latency_seconds, got both; the backlog follows from the latency",
    ),
    (
        {"acceptable_latency_seconds": 10},
        "acceptable_latency_seconds and seconds_per_message go together, got acceptable_latency_seconds alone; set both or "
        "backlog_per_task",
    ),
    (
        {"seconds_per_message": 10},
        "acceptable_latency_seconds and seconds_per_message go together, got seconds_per_message alone; set both or "
        "backlog_per_task",
    ),
    (
        {"acceptable_latency_seconds": 1, "seconds_per_message": 2},
        "acceptable_latency_seconds must be between seconds_per_message and 1209600, got 1 with 2",
    ),
    (
        {"acceptable_latency_seconds": 1, "seconds_per_message": 0},
        "acceptable_latency_seconds must be between seconds_per_message and 1209600, got 1 with 0",
    ),
    (
        {"acceptable_latency_seconds": 1209601, "seconds_per_message": 1},
        "acceptable_latency_seconds must be between seconds_per_message and 1209600, got 1209601 with 1",
    ),
    ({"longest_message_seconds": 0}, "longest_message_seconds must be a whole number 1-43200, got 0"),
    (
        {"longest_message_seconds": 40, "stop_timeout_seconds": 30},
        "stop_timeout_seconds must be at least 43, longest_message_seconds and 3 seconds to return unfinished messages, got 30",
    ),
    (
        {"longest_message_seconds": 20, "queues": {"orders": ONE | {"visibility_timeout_seconds": 20}}},
        "queues.orders.visibility_timeout_seconds must be above longest_message_seconds 20, got 20; or messages are handled "
        "twice at once; raise it on the queue, or extend it while a handler runs",
    ),
    (
        {"stop_timeout_seconds": 60, "queues": {"orders": ONE | {"visibility_timeout_seconds": 59}}},
        "queues.orders.visibility_timeout_seconds must be at least stop_timeout_seconds 60, got 59; or another task gets "
        "the messages of a stopping one; raise it on the queue, or extend it while a handler runs",
    ),
    (
        {"queues": {"orders": ONE | {"visibility_timeout_seconds": 43201}}},
        "queues.orders.visibility_timeout_seconds must be a whole number 0-43200, got 43201",
    ),
    (
        {"min_tasks": 2, "spot_percent": 50, "queues": {"orders": ONE | {"max_receives": 2}}},
        "queues.orders.max_receives must be at least 3 with spot_percent, got 2; each interrupted task costs its "
        "messages a delivery; raise it on the queue",
    ),
    (
        {"queues": {"orders": ONE | {"max_receives": 1001}}},
        "queues.orders.max_receives must be a whole number 1-1000, got 1001",
    ),
    (
        {"queues": {}},
        'queues must have at least one entry, got none; for example {"billing": {"queue_arn": ..., "queue_url": ...}}',
    ),
    (
        {"queues": dict.fromkeys("abcde", ONE)},
        "queues must have at most 4 entries, got 5; the scaling alarm supports at most 4 queues, make another worker",
    ),
    (
        {"queues": {"my_queue": ONE}},
        "the keys of queues must be letters, digits and hyphens and start with a letter, got 'my_queue'",
    ),
    (
        {"topics": {"1": {"topic_arn": TOPIC}}},
        "the keys of topics must be letters, digits and hyphens and start with a letter, got '1'",
    ),
    (
        {"topics": {"done": {"topic_arn": QUEUE}}},
        f"topics.done.topic_arn must be the ARN of a topic, got {QUEUE!r}; write it like {TOPIC}",
    ),
    ({"topics": {"done": {}}}, "topics.done.topic_arn is required, got nothing; give it a value"),
    ({"queues": {"orders": {"queue_arn": QUEUE}}}, "queues.orders.queue_url is required, got nothing; give it a value"),
    (
        {"queues": {"orders": ONE | {"queue_arn": QUEUE_URL}}},
        f"queues.orders.queue_arn must be the ARN of a queue, got {QUEUE_URL!r}; write it like "
        "arn:aws:sqs:eu-west-1:123456789012:billing",
    ),
    (
        {"queues": {"orders": ONE | {"queue_url": f"{QUEUE_URL}-2"}}},
        f"queues.orders.queue_url must end with the name in queue_arn, got '{QUEUE_URL}-2'; it is of another queue",
    ),
    ({"queues": [ONE]}, f"queues must be a mapping, got {[ONE]!r}"),
    (
        {"queues": {"orders": ONE | {"kms_key": KEY}}},
        "queues.orders.kms_key is not an argument; did you mean kms_key_arn?",
    ),
    (
        {"environment": {"QUEUE_URL_ORDERS": "x"}},
        "environment must not set QUEUE_URL_ORDERS; it comes from queues, remove it",
    ),
    (
        {"secrets": {"TOPIC_ARN": SECRET}},
        "secrets must not set TOPIC_ARN; it comes from topics, remove it",
    ),
    (
        {"secrets": {"DEAD_LETTER_QUEUE_URL": SECRET}},
        "secrets must not set DEAD_LETTER_QUEUE_URL; it comes from queues, remove it",
    ),
    (
        {"environment": {"STOP_TIMEOUT_SECONDS": "9"}},
        "environment must not set STOP_TIMEOUT_SECONDS; it comes from stop_timeout_seconds, remove it",
    ),
    ({"min_tasks": 5, "max_tasks": 3}, "max_tasks must be a whole number 5-5000, got 3; min_tasks is 5"),
    ({"backlog_per_task": 0}, "backlog_per_task must be a whole number 1-1000000, got 0"),
    (
        {"environment": {"QUEUE_URL": "x"}},
        "environment must not set QUEUE_URL; it comes from queues, remove it",
    ),
    ({"queues": None}, "queues is required, got nothing; give it a value"),
    ({"desired_count": 2}, "desired_count is not an argument; the arguments are "),
    ({"load_balancer": {}}, "load_balancer is not an argument; the arguments are "),
]


@pytest.mark.parametrize(("args", "sentence"), WRONG)
def test_a_worker_that_cannot_work_is_refused(args: dict[str, Any], sentence: str) -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError) as caught:
            QueueWorker("work", WORKER | args)
        assert str(caught.value).startswith(f"QueueWorker 'work': {sentence}")
        assert sentence.endswith("are ") or str(caught.value).endswith(sentence)

    assert build(construct).resources == []
