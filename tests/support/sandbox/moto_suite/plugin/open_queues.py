"""A plugin of pytest for moto's tests: the queues that they make let AWS's services send, as the tests take for granted.

On AWS, and with the corrections, nothing is delivered to a queue without such a policy. Two kinds of tests make their queues as they
are: those that were run on AWS, which set the policy themselves, and those of SQS, which look at it.
"""

import json
from typing import Any

import pytest
from moto.sqs.models import Queue, SQSBackend

SENDERS = ["events.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com"]
STATEMENT = {"Effect": "Allow", "Principal": {"Service": SENDERS}, "Action": "sqs:SendMessage", "Resource": "*"}


@pytest.fixture(autouse=True)
def _open_queues(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("aws_verified") or request.node.path.parent.name == "test_sqs":
        return
    create = SQSBackend.create_queue

    def create_open(self: SQSBackend, name: str, *rest: Any, **named: Any) -> Queue:
        queue = create(self, name, *rest, **named)
        if queue.policy is None:
            queue.policy = json.dumps({"Statement": [STATEMENT]})
        return queue

    monkeypatch.setattr(SQSBackend, "create_queue", create_open)
