"""Tasks of several containers, variables from files, and services that find one another by name, on the real Docker."""

from collections.abc import Iterator
from typing import Any

import boto3
import docker
import pytest

from tests.support.sandbox.runtime_cloud import REGION, Cloud, eventually, make_image, running_cloud

pytestmark = pytest.mark.e2e

IDLE = "trap 'exit 0' TERM; sleep 600 & wait"
LOGGED = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/app", "awslogs-region": REGION, "awslogs-stream-prefix": "t"},
}
FILE = "arn:aws:s3:::config/"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    scratch = tmp_path_factory.mktemp("image")
    make_image(scratch)
    home = tmp_path_factory.mktemp("home")
    with running_cloud(home) as started:
        started.logs.create_log_group(logGroupName="/app")
        yield started
    assert started.containers() == [], "a stopped controller leaves no container behind"
    client = docker.from_env()
    left = client.networks.list(filters={"label": f"slipway.sandbox={started.controller.owner}"})
    client.close()
    assert left == [], "nor a network"


def file(name: str) -> dict[str, str]:
    return {"type": "s3", "value": FILE + name}


def test_containers_start_in_order_share_a_volume_and_an_address_and_read_files_of_variables(cloud: Cloud) -> None:
    s3 = boto3.client("s3", REGION, endpoint_url=cloud.url, aws_access_key_id="t", aws_secret_access_key="t")
    s3.create_bucket(Bucket="config", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="config", Key="first.env", Body=b"# comment\nFROM=first\nOWN=file\n\nURL=a=b\n")
    s3.put_object(Bucket="config", Key="second.env", Body=b"FROM=second\n")
    mount = [{"sourceVolume": "out", "containerPath": "/out"}]
    definition = cloud.define(
        {"name": "migrate", "essential": False, "sh": "echo done > /out/state", "mountPoints": mount},
        {
            "name": "proxy",
            "sh": f"busybox httpd -p 9901 -h /www; {IDLE}",
            "dependsOn": [{"containerName": "migrate", "condition": "SUCCESS"}],
            "healthCheck": {"command": ["CMD-SHELL", "busybox wget -q -O - 127.0.0.1:9901/health"], "interval": 5},
        },
        {
            "sh": "busybox wget -q -O - http://127.0.0.1:9901/health; echo; read said < /out/state; "
            'echo "state $said, $FROM, $OWN, $URL"; exit 0',
            "dependsOn": [
                {"containerName": "migrate", "condition": "SUCCESS"},
                {"containerName": "proxy", "condition": "HEALTHY"},
            ],
            "mountPoints": mount,
            "environment": [{"name": "OWN", "value": "own"}],
            "environmentFiles": [file("first.env"), file("second.env")],
            "logConfiguration": LOGGED,
        },
        volumes=[{"name": "out"}],
    )
    ended = cloud.ended(cloud.run(definition))
    assert {it["name"]: it.get("exitCode") for it in ended["containers"]}["main"] == 0, ended
    assert cloud.messages("/app") == ["ok", "state done, first, own, a=b"]


def test_a_file_of_variables_that_is_not_there_stops_the_task(cloud: Cloud) -> None:
    ended = cloud.ended(cloud.run(cloud.define({"sh": IDLE, "environmentFiles": [file("none.env")]})))
    assert ended["stoppedReason"] == (
        "ResourceInitializationError: failed to download env files: file download command: non empty error stream: "
        "no object none.env in bucket config"
    )


def test_services_of_a_namespace_find_one_another_by_name(cloud: Cloud) -> None:
    cloud.ecs.create_cluster(clusterName="main")
    cloud.logs.create_log_group(logGroupName="/calls")
    logged = LOGGED | {"options": LOGGED["options"] | {"awslogs-group": "/calls"}}  # type: ignore[operator]
    serves = cloud.define(
        {
            "sh": f"busybox httpd -p 8080 -h /www; {IDLE}",
            "portMappings": [{"containerPort": 8080, "name": "main"}],
        },
        {"name": "beside", "sh": IDLE},
        family="serves",
    )
    asks = "busybox wget -q -O - http://orders.internal:8080/health && echo; busybox sleep 1"
    calls = cloud.define({"sh": f"while true; do {asks}; done", "logConfiguration": logged}, family="calls")
    namespace = "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1"
    offered = {"portName": "main", "clientAliases": [{"port": 8080, "dnsName": "orders.internal"}]}

    def service(name: str, definition: str, **told: Any) -> None:
        connect = {"enabled": True, "namespace": namespace, **told}
        cloud.ecs.create_service(
            cluster="main",
            serviceName=name,
            taskDefinition=definition,
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration=cloud.network(),
            serviceConnectConfiguration=connect,
        )

    service("web", serves, services=[offered])
    service("calls", calls)
    eventually(lambda: "ok" in cloud.messages("/calls"), state=lambda: cloud.messages("/calls"))
    task = next(it for it in cloud.tasks() if "serves" in it["taskDefinitionArn"])
    cloud.ecs.stop_task(cluster="main", task=task["taskArn"])
    eventually(lambda: cloud.task(task["taskArn"])["lastStatus"] == "STOPPED")
    before = cloud.messages("/calls").count("ok")
    eventually(lambda: cloud.messages("/calls").count("ok") > before, state=lambda: cloud.messages("/calls"))


def test_a_service_without_a_namespace_is_refused(cloud: Cloud) -> None:
    cloud.ecs.create_cluster(clusterName="bare")
    with pytest.raises(cloud.ecs.exceptions.InvalidParameterException, match="the cluster has no default one"):
        cloud.ecs.create_service(
            cluster="bare",
            serviceName="web",
            taskDefinition=cloud.define({"sh": IDLE}),
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration=cloud.network(),
            serviceConnectConfiguration={"enabled": True},
        )
