"""QueueWorker: consumes exactly its queue, and as many tasks as the backlog needs."""

import json
from typing import Any

import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import KEY, QUEUE, QUEUE_URL, TOPIC, WORKER

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
