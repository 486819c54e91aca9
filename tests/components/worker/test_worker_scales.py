"""A worker that Pulumi deployed, on a clock of a minute a second: ten thousand orders, an empty queue, and one order more."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud_contents import client
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own
from tests.support.conditions import awaited

pytestmark = pytest.mark.e2e

ORDERS = 10_000
MINUTES_PER_SECOND = 60
PROJECT = f"""
name: scaling
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
# The tasks leave the messages where they are: the test itself empties the queue.
PROGRAM = """
import slipway

slipway.speed_up_program()
import pulumi
from slipway import Cluster, Network, Queue, QueueWorker

network = Network("main", {"nat": "none", "endpoints_for": ["QueueWorker"]})
cluster = Cluster("main", {})
orders = Queue("orders", {})
worker = QueueWorker(
    "work",
    {
        "cluster_arn": cluster.cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": "slipway-sandbox/python:3.12",
        "command": ["python3", "-c", "import signal; signal.sigwait([signal.SIGTERM])"],
        "queues": {"orders": {"queue_arn": orders.queue_arn, "queue_url": orders.queue_url}},
        "min_tasks": 0,
        "max_tasks": 4,
        "backlog_per_task": 2500,
    },
)
pulumi.export("cluster", cluster.cluster_name)
pulumi.export("service", worker.service_name)
pulumi.export("queueUrl", orders.queue_url)
"""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own, with a fast clock; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox"), speed=MINUTES_PER_SECOND) as made:
        yield made


@pytest.fixture(scope="module")
def deployed(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folder of the deployed program."""
    folder = tmp_path_factory.mktemp("scaling")
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "__main__.py").write_text(PROGRAM)
    stacks.pulumi(folder, "stack", "init", "sandbox-scaling")
    stacks.pulumi(folder, "up", "--yes", "--skip-preview")
    yield folder
    stacks.pulumi(folder, "destroy", "--yes", "--skip-preview")


def send(sqs: Any, url: str, orders: int) -> None:
    for first in range(0, orders, 10):
        batch = range(first, min(first + 10, orders))
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(each), "MessageBody": "{}"} for each in batch])


def test_ten_thousand_orders_scale_the_worker_out_and_an_empty_queue_to_zero_and_one_order_back(
    stacks: Stacks, deployed: Path
) -> None:
    out = json.loads(stacks.pulumi(deployed, "stack", "output", "--json"))
    sqs, ecs, scaling = (client(stacks.environment, name) for name in ("sqs", "ecs", "application-autoscaling"))

    def runs(tasks: int) -> bool:
        (service,) = ecs.describe_services(cluster=out["cluster"], services=[out["service"]])["services"]
        return (service["desiredCount"], service["runningCount"]) == (tasks, tasks)

    assert runs(0)
    send(sqs, out["queueUrl"], ORDERS)
    assert awaited(lambda: runs(4))
    sqs.purge_queue(QueueUrl=out["queueUrl"])
    assert awaited(lambda: runs(0))
    send(sqs, out["queueUrl"], 1)
    assert awaited(lambda: runs(1))
    activities = scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    counts = [activity["Description"] for activity in reversed(activities)]
    # How many there are between depends on how fast this machine sends.
    assert counts[0] == counts[-1] == "Setting desired count to 1."
    assert counts[-2] == "Setting desired count to 0."
    stacks.pulumi(deployed, "preview", "--expect-no-changes")
