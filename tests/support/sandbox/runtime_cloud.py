"""What the tests of the runtime share: moto and a controller in this process, and an image made here."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import docker
import requests
from moto.server import ThreadedMotoServer

from slipway_sandbox.process.ports import bridge_address
from slipway_sandbox.runtime.controller import Controller
from slipway_sandbox.runtime.ecs.task_identity import TaskIdentities
from tests.support.commands import HANG_SECONDS

IMAGE = "slipway-test/busybox:1"
REGION = "eu-west-1"
DEBIAN = {"Name": "name", "Values": ["debian-12-amd64-20250428-2096"]}
"""Filter of one image: moto takes three seconds to tell of all 1,323."""


def make_image(scratch: Path) -> None:
    """Import a root filesystem of one static busybox as IMAGE, unless it is there."""
    client = docker.from_env()
    try:
        if client.images.list(name=IMAGE):
            return
        busybox = shutil.which("busybox")
        if busybox is None:
            subprocess.run(["apt-get", "download", "busybox-static"], cwd=scratch, check=True, capture_output=True)
            [package] = scratch.glob("busybox-static*.deb")
            subprocess.run(["dpkg-deb", "-x", package, scratch / "package"], check=True)
            busybox = str(scratch / "package/bin/busybox")
        for folder in ("bin", "tmp", "www", "etc"):
            (scratch / "root" / folder).mkdir(parents=True)
        (scratch / "root/tmp").chmod(0o1777)
        shutil.copy(busybox, scratch / "root/bin/busybox")
        (scratch / "root/bin/sh").symlink_to("busybox")
        (scratch / "root/www/health").write_text("ok")
        archive = shutil.make_archive(str(scratch / "image"), "tar", scratch / "root")
        changes = ["ENV PATH=/bin"]
        client.api.import_image_from_file(archive, repository="slipway-test/busybox", tag="1", changes=changes)
    finally:
        client.close()


def new_key(path: Path) -> str:
    """An Ed25519 key at `path`; its public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path.with_name(f"{path.name}.pub").read_text()


class Cloud:
    """Clients and a running controller."""

    def __init__(self, url: str, home: Path) -> None:
        self.url, self.home = url, home
        self.controller = Controller(TaskIdentities(url), "localhost:1", home)
        for name in ("ecs", "ec2", "elbv2", "logs", "ssm", "secretsmanager"):
            setattr(self, name, self.client(name))

    ecs: Any
    ec2: Any
    elbv2: Any
    logs: Any
    ssm: Any
    secretsmanager: Any

    def client(self, name: str) -> Any:
        """A boto3 client of this cloud."""
        keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
        return boto3.client(name, REGION, endpoint_url=self.url, **keys)

    def restart(self) -> None:
        """Stop the controller and start another one in the same home."""
        self.controller.stop()
        self.controller = Controller(TaskIdentities(self.url), "localhost:1", self.home)
        self.controller.start()

    def network(self) -> dict[str, Any]:
        """networkConfiguration in a new VPC."""
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")
            for number, zone in enumerate("ab")
        ]
        self.subnets = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
        group = self.ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=self.vpc)["GroupId"]
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [group]}}

    def define(self, *containers: dict[str, Any], family: str = "app", **task: Any) -> str:
        """Register a task definition of containers made of IMAGE; a `sh` key is a script."""
        full = []
        for container in containers:
            own = {"name": "main", "image": IMAGE} | container
            if "sh" in own:
                own |= {"entryPoint": ["/bin/sh", "-c"], "command": [own.pop("sh")]}
            full.append(own)
        task = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]} | task
        made = self.ecs.register_task_definition(family=family, containerDefinitions=full, **task)
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def serve(self, definition: str, count: int, **options: Any) -> None:
        """Create the service `web` on Fargate."""
        if not self.ecs.list_clusters()["clusterArns"]:
            self.ecs.create_cluster(clusterName="main")
        options = {"launchType": "FARGATE", **options}
        if "networkConfiguration" not in options:
            options["networkConfiguration"] = self.network()
        self.ecs.create_service(
            cluster="main", serviceName="web", taskDefinition=definition, desiredCount=count, **options
        )

    def balance(self, name: str = "web", **check: Any) -> tuple[str, str]:
        """A load balancer in front of an empty target group of port 8080; its DNS name and the group's ARN."""
        group = self.elbv2.create_target_group(
            Name=name, Protocol="HTTP", Port=8080, VpcId=self.vpc, TargetType="ip", HealthCheckPath="/health", **check
        )["TargetGroups"][0]["TargetGroupArn"]
        [balancer] = self.elbv2.create_load_balancer(Name=name, Subnets=self.subnets)["LoadBalancers"]
        action = {"Type": "forward", "TargetGroupArn": group}
        self.elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[action]
        )
        return str(balancer["DNSName"]), str(group)

    def run(self, definition: str) -> str:
        """Run one task of its own; its ARN."""
        if not self.ecs.list_clusters()["clusterArns"]:
            self.ecs.create_cluster(clusterName="main")
        [task] = self.ecs.run_task(
            cluster="main", taskDefinition=definition, launchType="FARGATE", networkConfiguration=self.network()
        )["tasks"]
        return str(task["taskArn"])

    def task(self, arn: str) -> dict[str, Any]:
        return dict(self.ecs.describe_tasks(cluster="main", tasks=[arn])["tasks"][0])

    def ended(self, arn: str) -> dict[str, Any]:
        """The task once it is STOPPED."""
        reached = eventually(lambda: (task := self.task(arn))["lastStatus"] == "STOPPED" and task)
        return dict(reached)

    def events(self) -> list[str]:
        """The service's events, oldest first."""
        return [event["message"] for event in reversed(self.service()["events"])]

    def service(self) -> dict[str, Any]:
        return dict(self.ecs.describe_services(cluster="main", services=["web"])["services"][0])

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster="main", desiredStatus=status)["taskArns"]
        return list(self.ecs.describe_tasks(cluster="main", tasks=arns)["tasks"]) if arns else []

    def messages(self, group: str) -> list[str]:
        return sorted(event["message"] for event in self.logs.filter_log_events(logGroupName=group)["events"])

    def stable(self) -> bool:
        service = self.service()
        [first, *rest] = service["deployments"]
        return not rest and first["rolloutState"] == "COMPLETED" and service["runningCount"] == service["desiredCount"]

    def containers(self) -> list[Any]:
        client = docker.from_env()
        try:
            mine: dict[str, str | list[str] | bool] = {"label": f"slipway.sandbox={self.controller.owner}"}
            found = client.containers.list(all=True, filters=mine, ignore_removed=True)
            return list(found)
        finally:
            client.close()


@contextmanager
def running_cloud(home: Path) -> Iterator[Cloud]:
    """An empty cloud with a controller, both gone afterwards."""
    address = bridge_address()
    assert address, "these tests need a Docker daemon on this machine"
    server = ThreadedMotoServer(address, port=0, verbose=False)  # where containers reach it
    server.start()
    url = f"http://{address}:{server.get_host_and_port()[1]}"
    requests.post(f"{url}/moto-api/reset", timeout=HANG_SECONDS)
    cloud = Cloud(url, home)
    try:
        cloud.controller.start()
        yield cloud
    finally:
        cloud.controller.stop()
        server.stop()


def eventually(condition: Callable[[], Any], state: Callable[[], Any] | None = None) -> Any:
    """The first true value of `condition`; fails with `state` when there is none in time."""
    deadline = time.monotonic() + HANG_SECONDS
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)
    shown = json.dumps(state(), default=str, indent=1) if state else ""
    raise AssertionError(f"not reached within {HANG_SECONDS} s {shown}")
