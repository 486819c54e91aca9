"""Which running tasks consume a queue of the stack, against moto's ECS."""

from typing import Any

import boto3
from moto import mock_aws
from moto.moto_api import state_manager

from ops.consumers import Consumer as Running
from ops.consumers import consumers


@mock_aws
def test_consumers_are_found_by_the_environment_of_running_tasks(credentials: None) -> None:
    ecs, ec2 = boto3.client("ecs"), boto3.client("ec2")
    ecs.create_cluster(clusterName="main")
    urls = {name: f"http://elsewhere:1/123456789012/{name.lower()}" for name in ("QUEUE_URL_A", "QUEUE_URL_B", "OTHER")}
    options = {"awslogs-group": "g", "awslogs-stream-prefix": "p", "awslogs-region": "eu-west-1"}
    container = {
        "name": "worker",
        "image": "i",
        "memory": 128,
        "environment": [{"name": name, "value": url} for name, url in urls.items()],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }
    ecs.register_task_definition(family="f", containerDefinitions=[container], networkMode="awsvpc")
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet["SubnetId"]], "securityGroups": [group]}}
    started = ecs.run_task(
        cluster="main", taskDefinition="f", launchType="FARGATE", networkConfiguration=network, startedBy="s"
    )["tasks"][0]
    number = started["taskArn"].rpartition("/")[2]
    state_manager.set_transition(
        "ecs::task", {"progression": "manual", "times": 1_000_000}
    )  # moto ends tasks that are looked at

    try:
        found = list(consumers(Everything(ecs), "main", ["s"]))
    finally:
        state_manager.unset_transition("ecs::task")
    assert found == [Running("s", f"123456789012/queue_url_{key}", "g", f"p/worker/{number}") for key in ("a", "b")]


class Everything:
    """moto's ECS, whose tasks belong to no service."""

    def __init__(self, ecs: Any) -> None:
        self.ecs = ecs

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ecs, name)

    def get_paginator(self, name: str) -> Any:
        paginator = self.ecs.get_paginator(name)

        class Pages:
            def paginate(self, cluster: str, serviceName: str) -> Any:  # noqa: N803
                return paginator.paginate(cluster=cluster)

        return Pages()
