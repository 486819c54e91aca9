"""A clean copy of the checkout, deployed once by `make up`, and what tests ask of it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.support import commands

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Platform:
    """The reference platform in a clean copy of the checkout, attached to a sandbox of its own."""

    root: Path
    env: dict[str, str]
    log: str

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy, attached to its sandbox, and return what it printed and its exit code."""
        return run(self.root, {**self.env, **env}, *command)

    def outputs(self) -> dict[str, Any]:
        """The outputs of stack `sandbox`."""
        loaded: dict[str, Any] = json.loads(self.run("pulumi", "stack", "output", "--json").stdout)
        return loaded

    def client(self, service: str) -> Any:
        """A boto3 client of the sandbox's cloud."""
        return client(self.env, service)


def client(env: dict[str, str], service: str) -> Any:
    """A boto3 client of the cloud that the environment `env` is attached to."""
    return boto3.client(
        service,
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=Config(inject_host_prefix=False, retries={"max_attempts": 0}),
    )


def run(root: Path, env: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal; output and errors come back as one text in `stdout`, exit code unchecked."""
    return commands.run(list(command), root, env, hang_seconds=1500)


def clean_copy(destination: Path) -> Path:
    """Copy what a clone would hold (tracked files, and new ones that git does not ignore) to `destination`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, destination / name)
    return destination


def bare_environment() -> dict[str, str]:
    """The environment of a new shell: nothing that attaches to a sandbox, no virtual environment."""
    mine = ("AWS_", "PULUMI_", "SLIPWAY_", "VIRTUAL_ENV", "PYTEST_", "MAKE", "MFLAGS")
    return {key: value for key, value in os.environ.items() if not key.startswith(mine)}


def sandbox_environment(root: Path, env: dict[str, str]) -> dict[str, str]:
    """`env` after `eval "$(make env)"` in `root`."""
    script = 'exports="$(make -s env)" && eval "$exports" && env -0'
    shell = subprocess.run(["sh", "-c", script], cwd=root, env=env, capture_output=True, text=True, check=True)
    return dict(entry.split("=", 1) for entry in shell.stdout.split("\0") if entry)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """`make up` in a clean copy; destroyed and stopped when the tests are over."""
    root = clean_copy(tmp_path_factory.mktemp("clone"))
    env = bare_environment()
    try:
        made = run(root, env, "make", "up")
        assert made.returncode == 0, made.stdout
        yield Platform(root, sandbox_environment(root, env), made.stdout)
    finally:
        run(root, env, "make", "down")


def resources(env: dict[str, str]) -> dict[str, list[str]]:
    """Resources in the cloud by kind, without those of every new account."""
    ec2, elb, ecs = client(env, "ec2"), client(env, "elbv2"), client(env, "ecs")
    scaling, iam = client(env, "application-autoscaling"), client(env, "iam")
    ours: list[dict[str, Any]] = [{"Name": "is-default", "Values": ["false"]}]
    alive = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    instances = [
        found for group in ec2.describe_instances(Filters=alive)["Reservations"] for found in group["Instances"]
    ]
    return {
        "vpcs": [vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=ours)["Vpcs"]],
        "security groups": [
            group["GroupName"]
            for group in ec2.describe_security_groups()["SecurityGroups"]
            if group["GroupName"] != "default"
        ],
        "instances": [instance["InstanceId"] for instance in instances],
        "addresses": [address["AllocationId"] for address in ec2.describe_addresses()["Addresses"]],
        "NAT gateways": [gateway["NatGatewayId"] for gateway in gateways if gateway["State"] != "deleted"],
        "endpoints": [
            endpoint["VpcEndpointId"]
            for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if endpoint["State"] != "deleted"
        ],
        "flow logs": [flow["FlowLogId"] for flow in ec2.describe_flow_logs()["FlowLogs"]],
        "key pairs": [pair["KeyName"] for pair in ec2.describe_key_pairs()["KeyPairs"]],
        "load balancers": [balancer["LoadBalancerName"] for balancer in elb.describe_load_balancers()["LoadBalancers"]],
        "target groups": [group["TargetGroupName"] for group in elb.describe_target_groups()["TargetGroups"]],
        "clusters": [
            cluster["clusterName"]
            for cluster in ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
            if cluster["status"] != "INACTIVE"  # ECS goes on listing a deleted cluster for a while
        ],
        "task definitions": ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"],
        "scalable targets": scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"],
        "repositories": [
            found["repositoryName"] for found in client(env, "ecr").describe_repositories()["repositories"]
        ],
        "topics": client(env, "sns").list_topics()["Topics"],
        "subscriptions": client(env, "sns").list_subscriptions()["Subscriptions"],
        "queues": client(env, "sqs").list_queues().get("QueueUrls", []),
        "log groups": [group["logGroupName"] for group in client(env, "logs").describe_log_groups()["logGroups"]],
        "alarms": client(env, "cloudwatch").describe_alarms()["MetricAlarms"],
        "roles": [role["RoleName"] for role in iam.list_roles()["Roles"] if "aws-service-role" not in role["Path"]],
        "instance profiles": iam.list_instance_profiles()["InstanceProfiles"],
    }
