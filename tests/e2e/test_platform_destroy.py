"""`pulumi destroy` gives everything back: the cloud is as empty as a new one, the registry holds none of our tags."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.e2e.conftest import Platform, client, run, sandbox_environment

pytestmark = pytest.mark.e2e


@pytest.fixture
def own_sandbox(platform: Platform, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a second, empty sandbox, for the same clone."""
    env = {**platform.env, "SLIPWAY_SANDBOX_DIR": str(tmp_path / "sandbox")}
    python = str(platform.root / ".venv" / "bin" / "python")
    assert run(platform.root, env, python, "-m", "slipway_sandbox", "start").returncode == 0
    try:
        yield sandbox_environment(platform.root, env)
    finally:
        run(platform.root, env, python, "-m", "slipway_sandbox", "stop")


def resources(env: dict[str, str]) -> dict[str, list[str]]:
    """What there is in the cloud, beside what AWS itself puts into every account."""
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


def tags(image_uri: str) -> list[str]:
    """Tags of the image's repository in the registry."""
    host, _, repository = image_uri.partition("@")[0].partition("/")
    try:
        with urllib.request.urlopen(f"http://{host}/v2/{repository}/tags/list", timeout=10) as answer:
            return json.loads(answer.read())["tags"] or []
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return []


def test_destroy_leaves_the_cloud_as_empty_as_a_new_one(
    platform: Platform, own_sandbox: dict[str, str], tmp_path: Path
) -> None:
    empty = resources(own_sandbox)
    assert not any(empty.values()), "a new sandbox holds nothing of ours"
    config = tmp_path / "Pulumi.sandbox.yaml"
    key = tmp_path / "bastion.pem"
    own = (platform.root / "Pulumi.sandbox.yaml").read_text()
    config.write_text(f"{own}  slipway:bastionKeyFile: {key}\n")
    assert run(platform.root, own_sandbox, "pulumi", "stack", "init", "sandbox").returncode == 0
    up = run(platform.root, own_sandbox, "pulumi", "up", "--yes", "--skip-preview", "--config-file", str(config))
    assert up.returncode == 0, up.stdout
    image = run(platform.root, own_sandbox, "pulumi", "stack", "output", "imageUri").stdout.strip()
    full = resources(own_sandbox)
    assert [kind for kind, found in full.items() if not found] == []
    assert len(tags(image)) == 1
    assert key.exists()

    destroy = run(platform.root, own_sandbox, "pulumi", "destroy", "--yes", "--config-file", str(config))
    assert destroy.returncode == 0, destroy.stdout
    assert resources(own_sandbox) == empty
    assert tags(image) == []
    assert not key.exists()
    running = docker.from_env().containers.list(all=True)
    assert [container for container in running if image in container.attrs["Config"]["Image"]] == []
