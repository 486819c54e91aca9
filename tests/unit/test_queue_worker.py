"""QueueWorker: consumes exactly its queue, and as many tasks as the backlog needs."""

import json
from typing import Any

import pytest

from slipway import ArgumentError
from tests.unit.samples import COMPONENTS, KEY, QUEUE, QUEUE_URL, RICHEST, TOPIC, WORKER
from tests.unit.support import Built, build

QueueWorker = COMPONENTS["QueueWorker"]
CONSUME = [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
]


def worker(args: dict[str, Any]) -> Built:
    return build(lambda: QueueWorker("work", WORKER | args))


def statements(built: Built) -> list[dict[str, Any]]:
    return list(json.loads(built.one("rolePolicy:RolePolicy", "work-task").inputs["policy"])["Statement"])


def test_a_default_worker_may_consume_its_queue_and_nothing_else() -> None:
    assert statements(worker({})) == [{"Effect": "Allow", "Action": CONSUME, "Resource": [QUEUE]}]


def test_a_key_and_permissions_come_on_top() -> None:
    assert statements(build(lambda: QueueWorker("work", RICHEST["QueueWorker"]))) == [
        {"Effect": "Allow", "Action": CONSUME, "Resource": [QUEUE]},
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]},
        {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": [TOPIC]},
    ]


def test_the_container_finds_its_queue() -> None:
    built = worker({"environment": {"MODE": "fast"}})
    (container,) = json.loads(built.one("taskDefinition:TaskDefinition", "work").inputs["containerDefinitions"])
    assert container["environment"] == [{"name": "MODE", "value": "fast"}, {"name": "QUEUE_URL", "value": QUEUE_URL}]


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
    ({"min_tasks": 0}, "min_tasks must be a whole number 1-5000, got 0"),
    ({"min_tasks": 5, "max_tasks": 3}, "max_tasks must be a whole number 5-5000, got 3; min_tasks is 5"),
    ({"backlog_per_task": 0}, "backlog_per_task must be a whole number 1-1000000, got 0"),
    (
        {"environment": {"QUEUE_URL": "x"}},
        "environment must not set QUEUE_URL; it comes from queue_url, remove it",
    ),
    ({"queue_arn": None}, "queue_arn is required, got nothing; give it a value"),
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
