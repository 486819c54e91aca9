"""A plugin of pytest for moto's tests: they get what they take for granted and AWS asks for.

Their queues and topics let AWS's services in, and their EKS clusters lie in subnets of two zones that are there. Two kinds of tests
get no policies: those that were run on AWS, which set their own, and those of SQS and SNS, which look at the policy.
"""

import copy
import json
from functools import cache
from typing import Any

import boto3
import moto.s3.models
import pytest
from moto.core.config import default_user_config
from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.eks.responses import EKSResponse
from moto.sns.models import SNSBackend, Topic
from moto.sqs.models import Queue, SQSBackend

SENDERS = ["events.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com"]
STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": SENDERS},
    "Action": ["sns:Publish", "sqs:SendMessage"],
    "Resource": "*",
}
SUBNET_IDS = ["subnet-12345ab", "subnet-67890cd"]

# A new session for each test would read the descriptions of its services anew, EC2's in half a second.
default_user_config["core"]["reset_boto3_session"] = False


@pytest.fixture(autouse=True)
def _surroundings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = request.node.path.parent.name
    if folder == "test_eks":
        _give_subnets(monkeypatch)
        # Moto reads them from botocore's files for each cluster, and these tests make thousands.
        partitions = _partitions()
        monkeypatch.setattr(boto3.Session, "get_available_partitions", lambda _: partitions)
    if folder == "test_s3":
        # The id of a bucket's state in AWS Config is the second of the look, and a test compares two looks.
        monkeypatch.setattr(moto.s3.models, "unix_time", lambda: 0.0)
    if request.node.get_closest_marker("aws_verified"):
        return
    if folder != "test_sqs":
        _open_queues(monkeypatch)
    if folder != "test_sns":
        _open_topics(monkeypatch)


@cache
def _partitions() -> list[str]:
    partitions: list[str] = boto3.Session().get_available_partitions()
    return partitions


def _open_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    create = SQSBackend.create_queue

    def create_open(self: SQSBackend, name: str, *rest: Any, **named: Any) -> Queue:
        queue = create(self, name, *rest, **named)
        if queue.policy is None:
            queue.policy = json.dumps({"Statement": [STATEMENT]})
        return queue

    monkeypatch.setattr(SQSBackend, "create_queue", create_open)


def _open_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    create = SNSBackend.create_topic

    def create_open(self: SNSBackend, *rest: Any, **named: Any) -> Topic:
        topic = create(self, *rest, **named)
        topic.policy = json.dumps({"Statement": [*json.loads(topic.policy)["Statement"], STATEMENT]})
        return topic

    monkeypatch.setattr(SNSBackend, "create_topic", create_open)


def _give_subnets(monkeypatch: pytest.MonkeyPatch) -> None:
    create = EKSResponse.create_cluster

    def create_in_subnets(self: EKSResponse) -> ActionResult:
        asked, sent = json.loads(self.body), self.normalized_request
        subnet_ids = asked.setdefault("resourcesVpcConfig", {}).setdefault("subnetIds", SUBNET_IDS)
        zones = ec2_backends[self.current_account][self.region].subnets.values()
        for subnet_id, zone in zip(subnet_ids, zones, strict=False):
            subnet = copy.copy(next(iter(zone.values())))
            subnet.id = subnet_id
            zone.setdefault(subnet_id, subnet)
        self.body = json.dumps(asked)
        self.normalized_request = Request.from_primitives(sent.method, sent.url, sent.headers, self.body)
        return create(self)

    monkeypatch.setattr(EKSResponse, "create_cluster", create_in_subnets)
