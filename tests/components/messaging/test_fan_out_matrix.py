"""Every kind of fan-out delivers in the sandbox: standard and fifo, keys, raw and not, filters, regions, other senders."""

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
import slipway

slipway.speed_up_program()
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


SENDERS = """
import slipway

slipway.speed_up_program()
import json

import pulumi
import pulumi_aws as aws

from slipway import FanOut, Topic

RAW = {"raw_message_delivery": True}
far = Topic("far", {}, pulumi.ResourceOptions(provider=aws.Provider("far", region="us-east-1")))
bucket = aws.s3.Bucket("uploads", force_destroy=True)
rule = aws.cloudwatch.EventRule("order", event_pattern=json.dumps({"source": ["shop"]}))
alerts = Topic("alerts", {"create_kms_key": True})
near = FanOut(
    "near",
    {
        "additional_topic_arns": {"far": far.topic_arn},
        "create_kms_key": True,
        "publishers": [{"service": "events.amazonaws.com"}],
        "alarm_topic_arn": alerts.topic_arn,
        "queues": {
            "work": RAW
            | {
                "senders": [
                    {"service": "s3.amazonaws.com", "source_arn": bucket.arn},
                    {"service": "events.amazonaws.com", "source_arn": rule.arn},
                ]
            }
        },
    },
)
told = FanOut("told", {"topic_arn": alerts.topic_arn, "queues": {"pager": RAW}})
work = near.queue_arns.apply(lambda arns: arns["work"])
aws.s3.BucketNotification("uploads", bucket=bucket.id, queues=[{"queue_arn": work, "events": ["s3:ObjectCreated:*"]}])
aws.cloudwatch.EventTarget("queue", rule=rule.name, arn=work)
aws.cloudwatch.EventTarget("topic", rule=rule.name, arn=near.topic_arn)
pulumi.export("far", far.topic_arn)
pulumi.export("bucket", bucket.id)
pulumi.export("alarm", near.dead_letter_alarm_names.apply(lambda names: names["work"]))
pulumi.export("work", near.queue_urls.apply(lambda urls: urls["work"]))
pulumi.export("pager", told.queue_urls.apply(lambda urls: urls["pager"]))
"""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


def received(sqs: Any, url: str) -> list[str]:
    """Texts of all messages, until a poll finds no more; the sandbox delivers before publish returns."""
    found = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages"):
        for message in batch:
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def client(stacks: Stacks, service: str, region: str = "eu-west-1") -> Any:
    """Client of a service in the sandbox."""
    return boto3.client(
        service,
        endpoint_url=stacks.environment["AWS_ENDPOINT_URL"],
        region_name=region,
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
    )


@pytest.mark.e2e
def test_each_queue_gets_what_its_filter_lets_through_and_nothing_else(stacks: Stacks, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-matrix")
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    outputs = json.loads(stacks.pulumi(tmp_path, "stack", "output", "--json"))
    sns, sqs = client(stacks, "sns"), client(stacks, "sqs")
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


@pytest.mark.e2e
def test_other_regions_buckets_rules_and_alarms_reach_their_queues(stacks: Stacks, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT.replace("matrix", "senders"))
    (tmp_path / "__main__.py").write_text(SENDERS)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-senders")
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    made = json.loads(stacks.pulumi(tmp_path, "stack", "output", "--json"))
    sqs = client(stacks, "sqs")
    assert [json.loads(text)["Event"] for text in received(sqs, made["work"])] == ["s3:TestEvent"]
    client(stacks, "sns", "us-east-1").publish(TopicArn=made["far"], Message="from afar")
    assert received(sqs, made["work"]) == ["from afar"]
    client(stacks, "s3").put_object(Bucket=made["bucket"], Key="a.txt", Body=b"a")
    [text] = received(sqs, made["work"])
    assert json.loads(text)["Records"][0]["s3"]["object"]["key"] == "a.txt"
    event = {"Source": "shop", "DetailType": "order", "Detail": json.dumps({"id": 7})}
    client(stacks, "events").put_events(Entries=[event])
    assert [json.loads(text)["detail"] for text in received(sqs, made["work"])] == [{"id": 7}] * 2, (
        "by itself, by topic"
    )
    client(stacks, "cloudwatch").set_alarm_state(AlarmName=made["alarm"], StateValue="ALARM", StateReason="tried")
    [notice] = received(sqs, made["pager"])
    assert (json.loads(notice)["AlarmName"], json.loads(notice)["NewStateValue"]) == (made["alarm"], "ALARM")
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
