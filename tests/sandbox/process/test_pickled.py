"""The names in a snapshot: pinned, so that a later sandbox reads what this one wrote, and this one what an older one wrote."""

import gzip
import importlib
import json
import pickletools
import sys
import types
from collections.abc import Iterator

from slipway_sandbox import pickled
from tests.sandbox.conftest import ROOT, Box

OLDER = ROOT / "tests" / "support" / "sandbox" / "older_snapshot.gz"
"""Written before the sandbox was the package slipway_sandbox: a FIFO queue and topic, an ECS service and a table."""
PINNED = {("slipway_sandbox.pickled", name) for name in ("certificate", "empty", "fill", "function", "private_key")}
MEASURED = {("slipway_sandbox.metrics.series", name) for name in ("Metric", "Metrics", "Series")} | {
    ("slipway_sandbox.metrics.samples", "Sample")
}
"""In each snapshot of a cloud that has lived for a minute."""
BESIDE_A_BASE = ("slipway_sandbox.pickled", "part_of_base")


def _globals(content: bytes) -> Iterator[tuple[str, str]]:
    """Module and name of every class and function that a pickle names."""
    texts: list[str] = []
    memo: dict[int, str] = {}
    for operation, argument, _ in pickletools.genops(content):
        if operation.name in ("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"):
            texts.append(str(argument))
            is_text = True
            continue
        if operation.name == "MEMOIZE":
            memo[len(memo)] = texts[-1] if is_text else ""
            continue
        is_text = False
        if operation.name in ("BINGET", "LONG_BINGET"):
            texts.append(memo[int(str(argument))])
        elif operation.name == "STACK_GLOBAL":
            yield texts[-2], texts[-1]


def _ours(snapshot: bytes) -> set[tuple[str, str]]:
    found = set(_globals(snapshot.partition(b"\n")[2]))
    assert any(module.startswith("moto.") for module, _ in found)
    return {
        (module, name)
        for module, name in found - MEASURED
        if not module.startswith("moto.") and module.partition(".")[0] not in sys.stdlib_module_names
    }


def test_a_snapshot_names_nothing_of_the_sandbox_but_what_is_pinned(box: Box) -> None:
    box.must("start")
    ec2, ecs, eks, sns, sqs = (box.client(name) for name in ("ec2", "ecs", "eks", "sns", "sqs"))
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    ec2.create_instance_connect_endpoint(SubnetId=subnets[0])
    eks.create_cluster(
        name="main", roleArn="arn:aws:iam::123456789012:role/eks", resourcesVpcConfig={"subnetIds": subnets}
    )
    eks.create_addon(clusterName="main", addonName="vpc-cni")
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(
        family="api", containerDefinitions=[{"name": "api", "image": "api"}], cpu="256", memory="512"
    )
    network = {"awsvpcConfiguration": {"subnets": subnets[:1]}}
    ecs.create_service(
        cluster="main",
        serviceName="api",
        taskDefinition="api",
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration=network,
    )
    attributes = {
        "FifoTopic": "true",
        "ContentBasedDeduplication": "true",
        "ArchivePolicy": '{"MessageRetentionPeriod": 7}',
    }
    topic = sns.create_topic(Name="orders.fifo", Attributes=attributes)["TopicArn"]
    sqs.create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true"})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:orders.fifo")
    sns.publish(TopicArn=topic, Message="7", MessageGroupId="g")
    box.client("kms").create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")
    box.client("acm").request_certificate(DomainName="api.example.com")
    box.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    box.client("ssm").put_parameter(Name="/slipway/token", Value="hidden", Type="SecureString")
    box.must("stop")
    assert _ours(box.home.snapshot.read_bytes()) == PINNED | {BESIDE_A_BASE}
    [base] = box.home.snapshot_bases()
    assert _ours(b"\n" + base.read_bytes()) == {("slipway_sandbox.pickled", "empty")}


def test_every_place_of_an_older_snapshot_leads_to_a_function() -> None:
    assert {name for _, name in pickled.PLACES} == {f"_{name}" for _, name in PINNED}
    assert {module for module, _ in pickled.PLACES} == {"sandbox.snapshot", "slipway_sandbox.process.snapshot"}
    for now in pickled.PLACES.values():
        assert isinstance(getattr(pickled, now), types.FunctionType)


def test_measurements_of_a_snapshot_lead_to_classes() -> None:
    for module, name in MEASURED:
        assert isinstance(getattr(importlib.import_module(module), name), type)


def test_an_older_snapshot_is_read_and_goes_on(box: Box) -> None:
    older = gzip.decompress(OLDER.read_bytes())
    assert _ours(older) == {("sandbox.snapshot", "_empty"), ("sandbox.snapshot", "_fill")}
    box.home.prepare()
    box.home.snapshot.write_bytes(older)
    cloud_id = json.loads(older.partition(b"\n")[0])["cloud_id"]
    box.home.cloud_id.write_text(f"{cloud_id}\n")
    box.must("start")
    sns, sqs, ecs = (box.client(name) for name in ("sns", "sqs", "ecs"))
    url = sqs.get_queue_url(QueueName="orders.fifo")["QueueUrl"]
    sns.publish(TopicArn="arn:aws:sns:eu-west-1:123456789012:orders.fifo", Message="8", MessageGroupId="g")
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert "8" in [message["Body"] for message in got], "the older one expires after four days"
    [service] = ecs.describe_services(cluster="main", services=["api"])["services"]
    assert service["deploymentConfiguration"] == {"maximumPercent": 150}
    assert box.client("dynamodb").get_item(TableName="t", Key={"id": {"S": "1"}})["Item"] == {"id": {"S": "1"}}
    box.must("stop")
    names = {("slipway_sandbox.pickled", name) for name in ("empty", "fill")}
    assert _ours(box.home.snapshot.read_bytes()) == names | {BESIDE_A_BASE}
