"""`slipway` as operators run it: outputs from the real Pulumi CLI, AWS by AWS_ENDPOINT_URL."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.support.commands import HANG_SECONDS

REPOSITORY = Path(__file__).resolve().parents[2]
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass
class Operator:
    """A shell in the directory of a Pulumi project."""

    project: Path
    environment: dict[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=self.project,
            env=self.environment,
            timeout=HANG_SECONDS,
            check=False,
        )

    def slipway(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`slipway`."""
        return self.run(str(Path(sys.executable).with_name("slipway")), *arguments)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """No AWS, and a project with a file backend but no stack yet."""
    options = {"virtualenv": str(REPOSITORY / ".venv")}
    project = {"name": "shop", "runtime": {"name": "python", "options": options}}
    (tmp_path / "Pulumi.yaml").write_text(json.dumps(project))
    environment = CREDENTIALS | {
        "PATH": f"{os.environ['PATH']}:{Path.home() / '.pulumi' / 'bin'}",
        "HOME": str(Path.home()),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "only for this test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    return Operator(tmp_path, environment)


@pytest.fixture
def endpoint() -> Iterator[str]:
    """AWS on a free port of this machine."""
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def deploy(operator: Operator, **outputs: object) -> None:
    """A stack `dev` with these outputs."""
    lines = [f"pulumi.export({name!r}, {value!r})" for name, value in outputs.items()]
    (operator.project / "__main__.py").write_text("\n".join(["import pulumi", *lines]))
    for command in (["stack", "init", "dev"], ["up", "--yes", "--skip-preview", "--non-interactive"]):
        result = operator.run("pulumi", *command)
        assert result.returncode == 0, result.stdout + result.stderr


def test_help_needs_no_stack_and_no_aws(operator: Operator) -> None:
    result = operator.slipway("--help")
    assert result.returncode == 0
    assert "status" in result.stdout
    assert "redrive" in result.stdout


def test_without_the_cli_it_says_what_to_do(operator: Operator) -> None:
    operator.environment |= {"PATH": str(operator.project), "HOME": str(operator.project)}
    result = operator.slipway("status")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == ("error: there is no pulumi on PATH; install it from https://www.pulumi.com/docs/install\n")


@pytest.mark.engine
def test_set_aside_messages_are_told_and_redriven_and_a_probe_arrives(operator: Operator, endpoint: str) -> None:
    sqs = boto3.client("sqs", endpoint_url=endpoint, region_name="eu-west-1", **_keys())
    let_in = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = {"Policy": json.dumps({"Statement": [let_in]})}
    [queue, dead] = [
        sqs.create_queue(QueueName=name, Attributes=policy)["QueueUrl"] for name in ("billing", "billing-dead")
    ]
    sqs.send_message(QueueUrl=dead, MessageBody="7")
    sns = boto3.client("sns", endpoint_url=endpoint, region_name="eu-west-1", **_keys())
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:billing")
    ecs = boto3.client("ecs", endpoint_url=endpoint, region_name="eu-west-1", **_keys())
    ecs.create_cluster(clusterName="main")
    operator.environment["AWS_ENDPOINT_URL"] = endpoint
    deploy(
        operator,
        clusterName="main",
        serviceNames=[],
        queueUrls={"billing": queue},
        deadLetterQueueUrls={"billing": dead},
        topicArn=topic,
    )

    result = operator.slipway("status", "--json")
    assert (result.returncode, result.stderr) == (1, "")
    billing = {"name": "billing", "visible": 0, "in_flight": 0, "delayed": 0, "dead_lettered": 1}
    problem = (
        "queue 'billing': 1 message lies in its dead-letter queue; "
        "once the cause is gone, `slipway redrive billing` sends them again"
    )
    assert json.loads(result.stdout) == {"services": [], "queues": [billing], "problems": [problem]}

    result = operator.slipway("redrive", "billing", "--stack", "dev")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "Sent 1 message to queue 'billing' again; 0 left in its dead-letter queue\n"

    result = operator.slipway("status")
    assert result.returncode == 0
    assert "All services and queues are healthy" in result.stdout

    result = operator.slipway("smoke", "--receive", "billing")
    refused = "not tried: 1 message is in the queue, and receiving would count a delivery; empty it first"
    assert (result.returncode, result.stdout) == (1, f"FAILED  orders -> billing: {refused}\n"), result.stderr
    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    result = operator.slipway("smoke", "--receive", "billing")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("proved  orders -> billing: this command got it in an envelope within ")


@pytest.mark.engine
def test_an_aws_that_does_not_answer_is_one_sentence(operator: Operator) -> None:
    urls = {"billing": "http://127.0.0.1:9/123456789012/billing"}
    deploy(operator, clusterName="main", serviceNames=[], queueUrls=urls, deadLetterQueueUrls={})
    result = operator.slipway("status")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: AWS does not answer at http://127.0.0.1:9/")
    assert result.stderr.endswith("; for a sandbox stack run `slipway sandbox start`\n")


@pytest.mark.engine
def test_an_unknown_stack_is_one_sentence(operator: Operator) -> None:
    result = operator.slipway("status", "--stack", "nowhere")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "error: pulumi does not tell the outputs of stack 'nowhere': no stack named 'nowhere' found\n"
    )


def _keys() -> dict[str, str]:
    return {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
