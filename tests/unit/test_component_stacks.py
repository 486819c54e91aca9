"""Components on the real engine and in a sandbox of their own: in process, and as a plugin for any language."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[2]
SECONDS = 300  # for a command that hangs

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


network = Remote("Network", "main", ["vpcId", "privateSubnetIds"], {"zoneCount": 2, "interfaceEndpoints": ["logs"]})
cluster = Remote("Cluster", "main", ["clusterArn"], {})
queues = {"billing": {"maxReceives": 3}, "shipping": {"filterPolicy": {"kind": ["physical"]}}}
options = pulumi.ResourceOptions(transforms=[short_poll])
orders = Remote("FanOut", "orders", ["topicArn"], {"queues": queues}, options)
Remote(
    "FargateService",
    "api",
    [],
    {
        "clusterArn": cluster.clusterArn,
        "vpcId": network.vpcId,
        "subnetIds": network.privateSubnetIds,
        "image": "localhost:1/api@sha256:" + "a" * 64,
        "desiredCount": 0,
        "environment": {"TOPIC_ARN": orders.topicArn},
        "permissions": [{"actions": ["sns:Publish"], "resources": [orders.topicArn]}],
    },
)
"""


@dataclass(frozen=True)
class Stacks:
    """A shell attached to the sandbox."""

    environment: dict[str, str]

    def run(self, directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
        """Both streams of a command as one text, and its exit code."""
        return subprocess.run(
            command,
            cwd=directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def pulumi(self, directory: Path, *arguments: str) -> str:
        """Output of a Pulumi command that must succeed."""
        done = self.run(directory, "pulumi", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def inputs(self, directory: Path, kind: str) -> dict[str, dict[str, Any]]:
        """Inputs in state, by name, of the resources of a type."""
        found = json.loads(self.pulumi(directory, "stack", "export"))["deployment"]["resources"]
        return {it["urn"].split("::")[-1]: it["inputs"] for it in found if it["type"] == kind}


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    mine = ("AWS_", "PULUMI_", "SLIPWAY_")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(mine)}
    clean["PATH"] = os.pathsep.join([str(Path.home() / ".pulumi" / "bin"), clean["PATH"]])
    clean["SLIPWAY_SANDBOX_DIR"] = str(tmp_path_factory.mktemp("sandbox"))

    def sandbox(command: str) -> str:
        done = Stacks(clean).run(CHECKOUT, sys.executable, "-m", "sandbox", command)
        assert done.returncode == 0, done.stdout
        return done.stdout

    sandbox("start")
    try:
        script = f'eval "$({sys.executable} -m sandbox env)" && env -0'
        shown = Stacks(clean).run(CHECKOUT, "sh", "-c", script).stdout
        yield Stacks(dict(entry.split("=", 1) for entry in shown.split("\0") if entry))
    finally:
        sandbox("stop")


@pytest.mark.e2e
def test_the_example_deploys_and_a_second_preview_is_empty(stacks: Stacks, tmp_path: Path) -> None:
    program = tmp_path / "fanout"
    shutil.copytree(CHECKOUT / "examples" / "fanout", program)
    settings = program / "Pulumi.yaml"
    settings.write_text(settings.read_text().replace("../../.venv", str(CHECKOUT / ".venv")))
    stacks.pulumi(program, "stack", "init", "sandbox-example")
    stacks.pulumi(program, "up", "--yes", "--skip-preview")
    stacks.pulumi(program, "preview", "--expect-no-changes")
    reached = {
        severity: stacks.run(program, sys.executable, "publish.py", severity).stdout for severity in ("low", "critical")
    }
    assert reached == {"low": "archive: got it\npager: nothing\n", "critical": "archive: got it\npager: got it\n"}
    stacks.pulumi(program, "destroy", "--yes", "--skip-preview")


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
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
