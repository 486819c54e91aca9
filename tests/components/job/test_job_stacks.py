"""A job on the real engine: its schedule starts real containers, and what they did is counted."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cloud_contents import client
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own
from tests.support.conditions import awaited

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: jobs
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
# A rate runs at once, so nobody waits for a minute.
PROGRAM = """
import pulumi
from slipway import Cluster, Job, Network, Topic, speed_up_program

speed_up_program()
network = Network("main", {"nat": "none", "endpoints_for": ["Job"]})
place = {
    "cluster_arn": Cluster("main", {}).cluster_arn,
    "vpc_id": network.vpc_id,
    "subnet_ids": network.private_subnet_ids,
    "image": "slipway-sandbox/python:3.12",
    "schedule": "rate(1 day)",
    "alarm_topic_arn": Topic("alarms", {"create_kms_key": True}).topic_arn,
}
Job("good", {**place, "command": ["python3", "-c", "print('counted 3 orders')"]})
Job("bad", {**place, "command": ["python3", "-c", "raise SystemExit(7)"]})
"""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


def test_a_schedule_runs_containers_and_their_ends_are_counted(stacks: Stacks, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-jobs")
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    rules = {
        name: it["outputs"]["name"]
        for name, it in stacks.resources(tmp_path, "aws:cloudwatch/eventRule:EventRule").items()
    }
    cloudwatch = client(stacks.environment, "cloudwatch")

    def counted() -> set[str]:
        listed = cloudwatch.list_metrics(Namespace="AWS/Events", MetricName="TriggeredRules")["Metrics"]
        matched = {dimension["Value"] for metric in listed for dimension in metric["Dimensions"]}
        return {name for name, rule in rules.items() if rule in matched}

    assert awaited(lambda: counted() == {"good-success", "bad-error"}), counted()
    [group] = [
        it["outputs"]["name"]
        for it in stacks.resources(tmp_path, "aws:cloudwatch/logGroup:LogGroup").values()
        if it["urn"].endswith("::good")
    ]
    logs = client(stacks.environment, "logs")
    events = logs.filter_log_events(logGroupName=group)["events"]
    assert [event["message"] for event in events] == ["counted 3 orders"]
    queues = [it["outputs"]["url"] for it in stacks.resources(tmp_path, "aws:sqs/queue:Queue").values()]
    sqs = client(stacks.environment, "sqs")
    assert [sqs.receive_message(QueueUrl=url).get("Messages", []) for url in queues] == [[], []]
    denied = stacks.run(tmp_path, sys.executable, "-m", "slipway_sandbox", "denied", "--json")
    assert json.loads(denied.stdout)["denied"] == []
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
