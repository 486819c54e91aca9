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
sleeper = {**place, "command": ["sleep", "3600"], "stop_timeout_seconds": 2}
Job("slow", {**sleeper, "timeout_seconds": 3})
again = {"max_attempts": 1, "interval_seconds": 1, "exit_codes": [3]}
Job("again", {**place, "command": ["python3", "-c", "raise SystemExit(3)"], "retry_on_error": again})
Job("alone", {**sleeper, **ALONE})
"""
ALONE = '{"skip_overlap": True}'


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


def test_schedules_run_containers_and_watched_runs_end_in_time_again_and_alone(stacks: Stacks, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM.replace("ALONE", ALONE))
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-jobs")
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    rules = {
        name: it["outputs"]["name"]
        for name, it in stacks.resources(tmp_path, "aws:cloudwatch/eventRule:EventRule").items()
    }
    machines = {
        name: it["outputs"]["arn"]
        for name, it in stacks.resources(tmp_path, "aws:sfn/stateMachine:StateMachine").items()
    }
    cloudwatch, states = client(stacks.environment, "cloudwatch"), client(stacks.environment, "stepfunctions")
    ecs = client(stacks.environment, "ecs")

    def runs(name: str) -> list[tuple[str, str | None]]:
        """Status and error of each run, newest first."""
        listed = states.list_executions(stateMachineArn=machines[name])["executions"]
        found = [states.describe_execution(executionArn=it["executionArn"]) for it in listed]
        return [(it["status"], it.get("error")) for it in found]

    def tasks(name: str) -> list[tuple[str, int | None]]:
        """Stop code and exit code of each task of a job; running ones have neither."""
        family = stacks.resources(tmp_path, "aws:ecs/taskDefinition:TaskDefinition")[name]["outputs"]["family"]
        [cluster] = ecs.list_clusters()["clusterArns"]
        arns = [
            arn
            for status in ("RUNNING", "STOPPED")
            for arn in ecs.list_tasks(cluster=cluster, family=family, desiredStatus=status)["taskArns"]
        ]
        found = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
        return [(it.get("stopCode", ""), it["containers"][0].get("exitCode")) for it in found]

    def counted() -> set[str]:
        listed = cloudwatch.list_metrics(Namespace="AWS/Events", MetricName="TriggeredRules")["Metrics"]
        matched = {dimension["Value"] for metric in listed for dimension in metric["Dimensions"]}
        return {name for name, rule in rules.items() if rule in matched}

    assert awaited(lambda: len(tasks("alone")) == 1), runs("alone")
    states.start_execution(stateMachineArn=machines["alone"])
    ends = {"good-success", "bad-error", "slow-error", "again-error", "alone-skipped"}
    assert awaited(lambda: counted() == ends), counted()
    assert awaited(lambda: runs("slow") == [("FAILED", "Job.TimedOut")]), runs("slow")
    assert tasks("slow") == [("UserInitiated", 143)]
    assert awaited(lambda: runs("again") == [("FAILED", "Job.EndedWithError")]), runs("again")
    assert tasks("again") == [("EssentialContainerExited", 3)] * 2
    assert runs("alone") == [("SUCCEEDED", None), ("RUNNING", None)]
    assert tasks("alone") == [("", None)]
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
    assert [sqs.receive_message(QueueUrl=url).get("Messages", []) for url in queues] == [[]] * 5
    (tmp_path / "__main__.py").write_text(PROGRAM.replace("ALONE", "{}"))
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    assert tasks("alone") == [("", None)], "the other form neither starts a run nor stops one"
    denied = stacks.run(tmp_path, sys.executable, "-m", "slipway_sandbox", "denied", "--json")
    assert json.loads(denied.stdout)["denied"] == []
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
