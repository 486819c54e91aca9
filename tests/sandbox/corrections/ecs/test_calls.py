"""ECS's calls on the corrected moto: what it did right goes on, and what it did not do is as on AWS."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.ec2 import utils

from slipway_sandbox import corrections
from tests.support.sandbox.runtime_cloud import DEBIAN

REGION = "eu-west-1"
CONTAINER = {"name": "app", "image": "app:1", "cpu": 1024, "memory": 400}


@dataclass(frozen=True)
class Account:
    """An account with a cluster `main` and a task definition `app` for EC2 and for Fargate."""

    ecs: Any
    ec2: Any

    @property
    def subnet_id(self) -> str:
        """One of the default VPC's."""
        subnet_id: str = self.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        return subnet_id

    def run_on_fargate(self, **more: Any) -> dict[str, Any]:
        """One new task, as RunTask answers it."""
        network = {"awsvpcConfiguration": {"subnets": [self.subnet_id]}}
        answer = self.ecs.run_task(
            cluster="main", taskDefinition="small", launchType="FARGATE", networkConfiguration=network, **more
        )
        task: dict[str, Any] = answer["tasks"][0]
        return task

    def resources(self) -> tuple[int, int, int]:
        """Tasks, and remaining cpu and memory, of the only container instance."""
        arn = self.ecs.list_container_instances(cluster="main")["containerInstanceArns"][0]
        instance = self.ecs.describe_container_instances(cluster="main", containerInstances=[arn])
        shown = instance["containerInstances"][0]
        left = {entry["name"]: entry.get("integerValue") for entry in shown["remainingResources"]}
        return shown["runningTasksCount"], left["CPU"], left["MEMORY"]

    def register_instance(self) -> None:
        """An instance with room for four tasks `app`."""
        [image] = self.ec2.describe_images(Filters=[DEBIAN])["Images"]
        instance = self.ec2.run_instances(ImageId=image["ImageId"], MinCount=1, MaxCount=1)["Instances"][0]
        identity = boto3.resource("ec2", REGION).Instance(instance["InstanceId"])
        document = json.dumps(utils.generate_instance_identity_document(identity))
        self.ecs.register_container_instance(cluster="main", instanceIdentityDocument=document)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    corrections.install()
    with mock_aws():
        ecs, ec2 = boto3.client("ecs", REGION), boto3.client("ec2", REGION)
        ecs.create_cluster(clusterName="main")
        ecs.register_task_definition(family="app", containerDefinitions=[CONTAINER])
        ecs.register_task_definition(
            family="small",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": "app:1"}, {"name": "log", "image": "log:2"}],
        )
        yield Account(ecs, ec2)
        ecs.close()
        ec2.close()


def test_a_stopped_task_gives_its_instance_cpu_and_memory_back(account: Account) -> None:
    account.register_instance()
    before = account.resources()
    for _ in range(5):  # one more than the instance has room for
        task = account.ecs.run_task(cluster="main", taskDefinition="app", launchType="EC2")["tasks"][0]
        assert account.resources() == (1, before[1] - 1024, before[2] - 400)
        for _twice in range(2):
            stopped = account.ecs.stop_task(cluster="main", task=task["taskArn"], reason="enough")["task"]
        assert (stopped["lastStatus"], stopped["stoppedReason"]) == ("STOPPED", "enough")
        assert account.resources() == before


def test_run_task_on_fargate_answers_the_whole_task(account: Account) -> None:
    task = account.run_on_fargate()
    assert (task["cpu"], task["memory"], task["lastStatus"]) == ("256", "512", "PROVISIONING")
    assert task["createdAt"] is not None
    containers = [(entry["name"], entry["image"], entry["lastStatus"]) for entry in task["containers"]]
    assert containers == [("app", "app:1", "PENDING"), ("log", "log:2", "PENDING")]
    prefix = task["taskArn"].replace(":task/", ":container/")
    assert [entry["containerArn"] for entry in task["containers"]] == [f"{prefix}/app", f"{prefix}/log"]
    (attachment,) = task["attachments"]
    assert (attachment["type"], attachment["status"]) == ("ElasticNetworkInterface", "PRECREATED")
    assert attachment["details"] == [{"name": "subnetId", "value": account.subnet_id}]


def test_a_service_without_launch_type_and_strategy_is_of_launch_type_ec2(account: Account) -> None:
    service = account.ecs.create_service(cluster="main", serviceName="web", taskDefinition="app")["service"]
    assert (service["launchType"], service["deployments"][0]["launchType"]) == ("EC2", "EC2")
    listed = account.ecs.list_services(cluster="main", launchType="EC2")["serviceArns"]
    assert listed == [service["serviceArn"]]


@pytest.mark.parametrize("where", ["service", "cluster"])
def test_a_service_with_a_strategy_has_no_launch_type(account: Account, where: str) -> None:
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    network = {"awsvpcConfiguration": {"subnets": [account.subnet_id]}}
    if where == "cluster":
        account.ecs.put_cluster_capacity_providers(
            cluster="main", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=strategy
        )
    named = {"capacityProviderStrategy": strategy} if where == "service" else {}
    service = account.ecs.create_service(
        cluster="main", serviceName="web", taskDefinition="small", networkConfiguration=network, **named
    )["service"]
    assert "launchType" not in service


def test_list_tasks_of_a_service_lists_those_of_its_task_sets(account: Account) -> None:
    account.register_instance()
    external = {"type": "EXTERNAL"}
    account.ecs.create_service(cluster="main", serviceName="web", deploymentController=external)
    account.ecs.create_service(cluster="main", serviceName="other", deploymentController=external)
    task_set = account.ecs.create_task_set(cluster="main", service="web", taskDefinition="app")["taskSet"]
    running = account.ecs.run_task(cluster="main", taskDefinition="app", startedBy=task_set["id"])["tasks"][0]
    assert account.ecs.list_tasks(cluster="main", serviceName="web")["taskArns"] == [running["taskArn"]]
    assert account.ecs.list_tasks(cluster="main", serviceName="other")["taskArns"] == []


def test_a_cluster_with_services_is_not_deleted(account: Account) -> None:
    account.ecs.create_service(cluster="main", serviceName="web", taskDefinition="app")
    with pytest.raises(ClientError) as refused:
        account.ecs.delete_cluster(cluster="main")
    assert refused.value.response["Error"]["Code"] == "ClusterContainsServicesException"
    account.ecs.delete_service(cluster="main", service="web")
    assert account.ecs.delete_cluster(cluster="main")["cluster"]["status"] == "INACTIVE"


def test_cloudformation_renames_a_cluster_with_a_service(account: Account) -> None:
    def template(cluster: str) -> str:
        resources = {
            "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": cluster}},
            "Service": {
                "Type": "AWS::ECS::Service",
                "Properties": {"Cluster": {"Ref": "Cluster"}, "TaskDefinition": "app", "DesiredCount": 0},
            },
        }
        return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})

    stacks = boto3.client("cloudformation", REGION)
    stacks.create_stack(StackName="s", TemplateBody=template("old"))
    stacks.update_stack(StackName="s", TemplateBody=template("new"))
    names = [arn.rpartition("/")[2] for arn in account.ecs.list_clusters()["clusterArns"]]
    assert sorted(names) == ["main", "new"]
    stacks.close()


def test_a_repeated_client_token_answers_with_the_task_of_the_first_call(account: Account) -> None:
    first = account.run_on_fargate(clientToken="migration-1", startedBy="slipway")
    again = account.run_on_fargate(clientToken="migration-1", startedBy="slipway")
    other = account.run_on_fargate(clientToken="migration-2", startedBy="slipway")
    assert first["taskArn"] == again["taskArn"]
    listed = account.ecs.list_tasks(cluster="main", startedBy="slipway")["taskArns"]
    assert sorted(listed) == sorted([first["taskArn"], other["taskArn"]])
    with pytest.raises(ClientError, match="ConflictException"):
        account.run_on_fargate(clientToken="migration-1", startedBy="somebody else")


def test_a_task_takes_the_tags_of_its_definition_where_the_call_asks_for_it(account: Account) -> None:
    arn = account.ecs.describe_task_definition(taskDefinition="small")["taskDefinition"]["taskDefinitionArn"]
    account.ecs.tag_resource(resourceArn=arn, tags=[{"key": "Team", "value": "shop"}])
    assert account.run_on_fargate().get("tags", []) == []
    assert account.run_on_fargate(propagateTags="TASK_DEFINITION")["tags"] == [{"key": "Team", "value": "shop"}]
