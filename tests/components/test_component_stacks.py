"""Components on the real engine and in a sandbox of their own: in process, and as a plugin for any language."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

PLUGIN = f"""
name: probe
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
plugins: {{providers: [{{name: slipway, path: {CHECKOUT / "components"}}}]}}
"""

REMOTE = """
import pulumi


class Remote(pulumi.ComponentResource):
    def __init__(self, kind, name, outputs, props, opts=None):
        super().__init__(f"slipway:index:{kind}", name, {**dict.fromkeys(outputs), **props}, opts, remote=True)


def short_poll(args):
    if args.type_ == "aws:sqs/queue:Queue":
        return pulumi.ResourceTransformResult({**args.props, "receiveWaitTimeSeconds": 5}, args.opts)


network = Remote("Network", "main", ["vpcId", "privateSubnetIds", "publicSubnetIds"], {"zoneCount": 2, "interfaceEndpoints": ["logs"]})
cluster = Remote("Cluster", "main", ["clusterArn"], {})
senders = [{"service": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::uploads"}]
queues = {"billing": {"maxReceives": 3, "senders": senders}, "shipping": {"filterPolicy": {"kind": ["physical"]}}}
options = pulumi.ResourceOptions(transforms=[short_poll])
orders = Remote("FanOut", "orders", ["topicArn"], {"queues": queues}, options)
sources = {"allowedCidrBlocks": ["10.0.0.0/8"]}
edge = Remote(
    "LoadBalancer",
    "edge",
    ["listenerArn", "securityGroupId"],
    {"vpcId": network.vpcId, "subnetIds": network.publicSubnetIds, **sources},
)
admins = {"deployer": "arn:aws:iam::123456789012:role/deployer"}
eks = {"subnetIds": network.privateSubnetIds, "admins": admins, "addOns": {"aws-efs-csi-driver": {}}}
pulumi.export("kubeconfigCommand", Remote("EksCluster", "main", ["kubeconfigCommand"], eks).kubeconfigCommand)
Remote(
    "FargateService",
    "api",
    [],
    {
        "containerPort": 8080,
        "listener": {
            "listenerArn": edge.listenerArn,
            "securityGroupId": edge.securityGroupId,
            "rules": {"orders": {"pathPatterns": ["/orders/*"]}},
        },
        "clusterArn": cluster.clusterArn,
        "vpcId": network.vpcId,
        "subnetIds": network.privateSubnetIds,
        "image": "localhost:1/api@sha256:" + "a" * 64,
        "desiredCount": 0,
        "links": {"TOPIC_ARN": {"publishTo": orders.topicArn}},
    },
)
"""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


@pytest.mark.e2e
def test_as_a_plugin_outputs_connect_components_and_transforms_reach_their_children(
    stacks: Stacks, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PLUGIN)
    (tmp_path / "__main__.py").write_text(REMOTE)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-plugin")
    stacks.pulumi(tmp_path, "preview")
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    waits = {name: it["receiveWaitTimeSeconds"] for name, it in stacks.inputs(tmp_path, "aws:sqs/queue:Queue").items()}
    names = ("orders-billing", "orders-billing-dead", "orders-shipping", "orders-shipping-dead")
    assert waits == dict.fromkeys(names, 5)
    policy = json.loads(stacks.inputs(tmp_path, "aws:iam/rolePolicy:RolePolicy")["api-task"]["policy"])
    (topic,) = policy["Statement"][0]["Resource"]
    assert topic.startswith("arn:aws:sns:eu-west-1:123456789012:orders-")
    task = json.loads(stacks.inputs(tmp_path, "aws:ecs/taskDefinition:TaskDefinition")["api"]["containerDefinitions"])
    assert task[0]["environment"] == [{"name": "TOPIC_ARN", "value": topic}]
    assert stacks.inputs(tmp_path, "aws:lb/listenerRule:ListenerRule")["api-orders"]["priority"] == 42117
    opened = json.loads(stacks.inputs(tmp_path, "aws:sqs/queuePolicy:QueuePolicy")["orders-billing"]["policy"])
    assert opened["Statement"][-1]["Condition"]["ArnLike"] == {"aws:SourceArn": "arn:aws:s3:::uploads"}
    command = stacks.pulumi(tmp_path, "stack", "output", "kubeconfigCommand").strip()
    name = stacks.resources(tmp_path, "aws:eks/cluster:Cluster")["main"]["id"]
    role = "arn:aws:iam::123456789012:role/deployer"
    assert command == f"aws eks update-kubeconfig --name {name} --region eu-west-1 --role-arn {role}"
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
