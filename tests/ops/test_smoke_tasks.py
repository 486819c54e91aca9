"""The delivery test while tasks come and go."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from slipway_cli.delivery.consumers import Consumer, end_of
from slipway_cli.delivery.smoke import Result, Smoke
from slipway_cli.stack import Outputs
from slipway_sandbox import corrections

GROUP = "workers"
LET_IN = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}


@dataclass
class Billing:
    """A queue on a topic, and the tasks that consume it: their phases change as often as they are asked for."""

    rounds: list[list[Consumer]]
    """Tasks at each time when they are listed; the last ones stay."""

    def __post_init__(self) -> None:
        self.sns, self.sqs, self.logs = (boto3.client(name) for name in ("sns", "sqs", "logs"))
        self.topic = self.sns.create_topic(Name="orders")["TopicArn"]
        policy = json.dumps({"Statement": [LET_IN]})
        self.url = self.sqs.create_queue(QueueName="billing", Attributes={"Policy": policy})["QueueUrl"]
        arn = "arn:aws:sqs:eu-west-1:123456789012:billing"
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        self.logs.create_log_group(logGroupName=GROUP)

    def listed(self) -> list[Consumer]:
        """The tasks now; one that runs, drains or has ended takes what lies in the queue, as its log says."""
        now = self.rounds[0] if len(self.rounds) == 1 else self.rounds.pop(0)
        for task in now:
            if task.stream.startswith("reads") and task.phase != "starting":
                self._log(task, {"message": "consuming", "acknowledgesProbes": True})
                for message in self.sqs.receive_message(QueueUrl=self.url).get("Messages", []):
                    token = json.loads(message["Body"])["slipwayProbe"]
                    self._log(task, {"message": "probe acknowledged", "probe": token})
        return now

    def _log(self, task: Consumer, line: dict[str, Any]) -> None:
        names = {"logGroupName": GROUP, "logStreamName": task.stream}
        if not self.logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=task.stream)["logStreams"]:
            self.logs.create_log_stream(**names)
        event = {"timestamp": int(1000 * time.time()), "message": json.dumps({**line, "queueUrl": self.url})}
        self.logs.put_log_events(**names, logEvents=[event])

    def smoke(self) -> Result:
        """The result for the queue."""
        outputs = Outputs(queue_urls={"billing": self.url}, topic_arns=[self.topic])
        [result] = Smoke(outputs, self.listed).run(10)
        return result


@pytest.fixture
def aws(credentials: None) -> Iterator[None]:
    corrections.install()
    with mock_aws():
        yield


def task(stream: str, phase: Any) -> Consumer:
    return Consumer("billing", end_of("http://x/123456789012/billing"), GROUP, stream, phase)


def test_a_probe_that_a_draining_task_got_is_proved(aws: None) -> None:
    draining = task("reads/1", "ending")
    new = task("idle/2", "running")
    shop = Billing([[replace(draining, phase="running")], [draining, new], [replace(draining, phase="ended"), new]])
    result = shop.smoke()
    assert result.proved, result.sentence
    assert result.sentence.startswith("service billing got it raw within ")


def test_a_task_that_has_just_started_is_waited_for(aws: None) -> None:
    starting = task("reads/1", "starting")
    shop = Billing([[starting], [starting], [replace(starting, phase="running")]])
    result = shop.smoke()
    assert result.proved, result.sentence


def test_tasks_that_had_ended_before_the_probe_are_not_asked(aws: None) -> None:
    shop = Billing([[task("reads/1", "ended")]])
    assert shop.smoke().sentence == (
        "not tried: no running task of the stack consumes the queue; start one, or add --receive billing if nobody reads it"
    )
