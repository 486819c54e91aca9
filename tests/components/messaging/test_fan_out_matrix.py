"""Every kind of fan-out delivers in the sandbox: standard and fifo, AWS's key and one of its own, raw and not, filters."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

PROJECT = f"""
name: matrix
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""

PROGRAM = """
import pulumi

from slipway import FanOut

KINDS = {
    "all": {},
    "attribute": {"filter_policy": {"kind": [{"wildcard": "phys*"}]}},
    "body": {"filter_policy": {"order": {"kind": [{"anything-but": ["digital"]}]}}, "filter_policy_scope": "MessageBody"},
}
QUEUES = {
    f"{key}-{'raw' if raw else 'plain'}": {**kind, "raw_message_delivery": raw}
    for key, kind in KINDS.items()
    for raw in (False, True)
}
for name, kind in {"standard": {}, "fifo": {"fifo": True, "content_based_deduplication": True}}.items():
    for key in (False, True):
        made = FanOut(f"{name}-key" if key else name, {"queues": QUEUES, "create_kms_key": key, **kind})
        pulumi.export(f"{name}-{key}", {"topic": made.topic_arn, "queues": made.queue_urls})
"""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


def received(sqs: Any, url: str) -> list[str]:
    """Texts of all messages, until a poll of a second finds no more; the sandbox delivers before publish returns."""
    found = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages"):
        for message in batch:
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


@pytest.mark.e2e
def test_each_queue_gets_what_its_filter_lets_through_and_nothing_else(stacks: Stacks, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-matrix")
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    outputs = json.loads(stacks.pulumi(tmp_path, "stack", "output", "--json"))
    session = {
        "endpoint_url": stacks.environment["AWS_ENDPOINT_URL"],
        "region_name": "eu-west-1",
        "aws_access_key_id": "sandbox",
        "aws_secret_access_key": "sandbox",
    }
    sns, sqs = boto3.client("sns", **session), boto3.client("sqs", **session)
    assert sorted(outputs) == ["fifo-False", "fifo-True", "standard-False", "standard-True"]
    for (name, made), kind in itertools.product(outputs.items(), ("physical", "digital")):
        text = json.dumps({"order": {"kind": kind}})
        sns.publish(
            TopicArn=made["topic"],
            Message=text,
            MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}},
            **({"MessageGroupId": "g"} if name.startswith("fifo") else {}),
        )
        got = {key: received(sqs, url) for key, url in made["queues"].items()}
        texts = {
            key: [body if key.endswith("-raw") else json.loads(body)["Message"] for body in bodies]
            for key, bodies in got.items()
        }
        filtered = [text] if kind == "physical" else []
        wanted = {"all": [text], "attribute": filtered, "body": filtered}
        assert texts == {f"{key}-{how}": it for key, it in wanted.items() for how in ("plain", "raw")}, (
            f"{name}, {kind}"
        )
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
