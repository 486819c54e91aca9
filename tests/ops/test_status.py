"""Status of services and queues, against moto's AWS with its services driven by hand."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ecs.models import ecs_backends
from rich.console import Console

from slipway_cli.aws import aws_errors
from slipway_cli.documents import Json
from slipway_cli.errors import CommandError
from slipway_cli.stack import Outputs, parse
from slipway_cli.status import Queue, Service, look
from slipway_cli.tables import show

REGION = "eu-west-1"
HEALTHY = Service("api", "ACTIVE", 2, 2, 0, "COMPLETED", "", {"healthy": 2}, [], balanced=True, events=[])


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS in this process."""
    for name, value in {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


def create_service(name: str, desired: int) -> str:
    """A balanced service without tasks; returns its target group."""
    ecs, ec2, balancer = boto3.client("ecs"), boto3.client("ec2"), boto3.client("elbv2")
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(family=name, containerDefinitions=[{"name": name, "image": "app", "memory": 128}])
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    created = balancer.create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")
    group: str = created["TargetGroups"][0]["TargetGroupArn"]
    ecs.create_service(
        cluster="main",
        serviceName=name,
        taskDefinition=name,
        desiredCount=desired,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]], "securityGroups": []}
        },
        loadBalancers=[{"targetGroupArn": group, "containerName": name, "containerPort": 8080}],
    )
    return group


def drive(name: str, running: int, rollout: str, *events: str) -> None:
    """Give a service tasks, a deployment state and events; moto leaves them out."""
    service = ecs_backends[DEFAULT_ACCOUNT_ID][REGION].services[f"main:{name}"]
    service.running_count, service.pending_count = running, 0
    service.deployments[0] |= {"rolloutState": rollout, "rolloutStateReason": "tasks failed to start"}
    service.events = [{"id": str(number), "message": message} for number, message in enumerate(events)]


def create_queues(**dead_lettered: int) -> Outputs:
    """Queues with one message each, and dead-letter queues with so many."""
    sqs = boto3.client("sqs")
    urls = {}
    for name, count in dead_lettered.items():
        for suffix, messages in (("", 1), ("-dead", count)):
            urls[name + suffix] = sqs.create_queue(QueueName=name + suffix)["QueueUrl"]
            for number in range(messages):
                sqs.send_message(QueueUrl=urls[name + suffix], MessageBody=str(number))
    return Outputs("main", [], {n: urls[n] for n in dead_lettered}, {n: urls[f"{n}-dead"] for n in dead_lettered})


def outputs_of(*services: str) -> Outputs:
    """Outputs of a stack without queues."""
    return Outputs("main", list(services), {}, {})


@pytest.mark.usefixtures("aws")
def test_a_service_that_runs_what_it_should_is_healthy() -> None:
    group = create_service("api", 1)
    boto3.client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.4", "Port": 8080}])
    drive("api", 1, "COMPLETED", "three", "two", "one", "old")
    seen = look(outputs_of("api"))
    expected = Service(
        "api",
        "ACTIVE",
        1,
        1,
        0,
        "COMPLETED",
        "tasks failed to start",
        {"healthy": 1},
        [],
        balanced=True,
        events=["three", "two", "one"],
    )
    assert seen.services == [expected]
    assert seen.problems == []


@pytest.mark.usefixtures("aws")
def test_a_failed_deployment_is_told_with_its_reason_and_last_event() -> None:
    create_service("api", 2)
    drive("api", 0, "FAILED", "service api was unable to place a task.")
    assert look(outputs_of("api")).problems == [
        "service 'api': its deployment failed: tasks failed to start",
        "service 'api' runs 0 of 2 tasks; last event: service api was unable to place a task.",
        "service 'api' has 0 of 0 targets healthy",
    ]


@pytest.mark.usefixtures("aws")
def test_a_service_that_is_gone_is_told() -> None:
    boto3.client("ecs").create_cluster(clusterName="main")
    assert look(outputs_of("api")).problems == ["service 'api' is MISSING; run `pulumi up` to create it again"]


@pytest.mark.usefixtures("aws")
def test_more_services_than_one_call_describes_are_all_seen() -> None:
    boto3.client("ecs").create_cluster(clusterName="main")
    names = [f"s{number}" for number in range(23)]
    assert [service.name for service in look(outputs_of(*names)).services] == names


@pytest.mark.usefixtures("aws")
def test_messages_set_aside_are_counted_and_the_way_back_is_named() -> None:
    seen = look(create_queues(billing=2, shipping=0))
    assert seen.queues == [Queue("billing", 1, 0, 0, 2), Queue("shipping", 1, 0, 0, 0)]
    assert seen.problems == [
        "queue 'billing': 2 messages lie in its dead-letter queue; "
        "once the cause is gone, `slipway redrive billing` sends them again"
    ]


@pytest.mark.usefixtures("aws")
def test_a_missing_cluster_is_one_sentence_with_operation_and_code() -> None:
    with pytest.raises(CommandError) as refused, aws_errors():
        look(outputs_of("api"))
    assert str(refused.value) == (
        "AWS refused DescribeServices with ClusterNotFoundException: Cluster not found; "
        "check that the stack, the account and the region belong together"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"running": 3, "rollout": "IN_PROGRESS"}, []),
        ({"desired": 0, "running": 0, "targets": {}}, []),
        ({"balanced": False, "targets": {}}, []),
        (
            {"targets": {"healthy": 1, "unhealthy": 1}, "target_reasons": ["Target.Timeout"]},
            ["service 'api' has 1 of 2 targets healthy: Target.Timeout"],
        ),
        ({"targets": {"initial": 2}}, ["service 'api' has 0 of 2 targets healthy"]),
        ({"running": 1}, ["service 'api' runs 1 of 2 tasks"]),
    ],
)
def test_only_what_needs_somebody_is_a_problem(changes: dict[str, Any], expected: list[str]) -> None:
    assert Service(**{**vars(HEALTHY), **changes}).problems() == expected


@pytest.mark.usefixtures("aws")
def test_the_tables_show_every_service_and_queue_and_the_problems() -> None:
    create_service("api", 2)
    drive("api", 1, "IN_PROGRESS", "(service api) has started 1 tasks: (task [1])")
    queues = create_queues(billing=1)
    text = io.StringIO()
    show(
        look(Outputs("main", ["api"], queues.queue_urls, queues.dead_letter_queue_urls)), Console(file=text, width=140)
    )
    for shown in (
        "api",
        "1/2",
        "IN_PROGRESS",
        "│ has started 1 tasks: (task [1])",
        "billing",
        "unhealthy: queue 'billing'",
    ):
        assert shown in text.getvalue()


ELSEWHERE = "or choose a stack with --stack"


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        ({}, f"has no output clusterName and no output serviceNames; export it from the program, {ELSEWHERE}"),
        ({"clusterName": "main"}, f"has no output serviceNames; export it from the program, {ELSEWHERE}"),
        (
            {"clusterName": ["main"], "serviceNames": []},
            f"has an output clusterName that is no text; export it as the reference platform does, {ELSEWHERE}",
        ),
    ],
)
def test_outputs_that_a_command_needs_are_asked_for_by_name(outputs: dict[str, Json], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        parse(outputs, needs=["clusterName", "serviceNames"])
    assert str(refused.value) == f"the selected stack {sentence}"


def test_a_stack_of_a_service_alone_will_do_where_no_queue_is_needed() -> None:
    outputs: dict[str, Json] = {"clusterName": "main", "serviceNames": ["api"]}
    assert parse(outputs, needs=["clusterName", "serviceNames"]) == Outputs("main", ["api"])


def test_a_stack_of_queues_alone_will_do_where_no_service_is_needed() -> None:
    outputs: dict[str, Json] = {"queueUrls": {"billing": "u"}, "deadLetterQueueUrls": {}, "topicArn": "t"}
    assert parse(outputs, needs=["queueUrls"]) == Outputs("", [], {"billing": "u"}, {}, ["t"])


@pytest.mark.usefixtures("aws")
def test_a_dead_agent_of_ecs_exec_is_a_problem() -> None:
    group = create_service("api", 1)
    boto3.client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.4", "Port": 8080}])
    drive("api", 1, "COMPLETED")
    agent = {"name": "ExecuteCommandAgent", "lastStatus": "STOPPED", "reason": "Execute Command Agent stopped"}
    backend: Any = ecs_backends[DEFAULT_ACCOUNT_ID][REGION]
    subnet = boto3.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    boto3.client("ecs").run_task(
        cluster="main",
        taskDefinition="api",
        launchType="FARGATE",
        group="service:api",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
    )
    [task] = backend.tasks["main"].values()
    task.containers = [{"name": "api", "lastStatus": "RUNNING", "managedAgents": [agent]}]
    backend.services["main:api"].enable_execute_command = True
    assert look(outputs_of("api")).problems == [
        f"service 'api': the agent of ECS Exec has stopped in task {task.task_arn.rpartition('/')[2]}, container 'api': "
        "Execute Command Agent stopped; stop the task, and the next one gets a new agent"
    ]
