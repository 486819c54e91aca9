"""slipway-cli from its wheel, in a folder outside of the checkout: the command operates a stack and explains itself."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.aws.aws_endpoint import CREDENTIALS, SqsClient
from tests.support.commands import HANG_SECONDS


@dataclass(frozen=True)
class Operator:
    """A shell in an empty folder, with AWS at an endpoint."""

    folder: Path
    slipway: Path
    endpoint: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `slipway`."""
        environment = {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "COLUMNS": "100",
            "HOME": str(self.folder),
            "PATH": f"{self.folder}:{os.defpath}",
        }
        return subprocess.run(
            [str(self.slipway), *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )

    def pulumi(self, script: str) -> None:
        """Put a `pulumi` on PATH."""
        (self.folder / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
        (self.folder / "pulumi").chmod(0o755)


@pytest.fixture
def operator(environment: Callable[..., Path], endpoint: str, tmp_path: Path) -> Operator:
    return Operator(tmp_path, environment("slipway-cli") / "bin" / "slipway", endpoint)


def test_help_lists_the_commands(operator: Operator) -> None:
    done = operator.run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("status", "smoke", "redrive", "rollback"):
        assert f" {name} " in done.stdout


def test_a_missing_argument_is_refused(operator: Operator) -> None:
    done = operator.run("redrive")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Missing argument" in done.stderr


@pytest.mark.parametrize("name", ["sandbox", "policies"])
def test_a_command_of_a_distribution_that_is_not_installed_says_how_to_get_it(operator: Operator, name: str) -> None:
    done = operator.run(name)
    sentence = (
        f"the command '{name}' comes with slipway-{name}, which is not installed here; pip install slipway-{name}"
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {sentence}\n")


def test_status_outside_of_a_project_is_one_sentence(operator: Operator) -> None:
    operator.pulumi("echo 'error: no Pulumi.yaml project file found' >&2; exit 255")
    done = operator.run("status")
    sentence = "pulumi does not tell the outputs of the selected stack: no Pulumi.yaml project file found"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {sentence}\n")


def test_a_stack_is_looked_at_tested_and_redriven(operator: Operator, sqs: SqsClient, queues: tuple[str, str]) -> None:
    outputs = {
        "clusterName": "main",
        "serviceNames": [],
        "queueUrls": {"orders": queues[0]},
        "deadLetterQueueUrls": {"orders": queues[1]},
    }
    operator.pulumi(f"echo '{json.dumps(outputs)}'")
    sqs.send_message(QueueUrl=queues[1], MessageBody="set aside")
    done = operator.run("status")
    assert "unhealthy: queue 'orders': 1 message lies in its dead-letter queue" in " ".join(done.stdout.split())
    assert (done.returncode, done.stderr) == (1, "")
    done = operator.run("redrive", "orders")
    assert done.stdout == "Sent 1 message to queue 'orders' again; 0 left in its dead-letter queue\n", done.stderr
    done = operator.run("status", "--json")
    assert (json.loads(done.stdout)["queues"][0]["visible"], done.returncode) == (1, 0)
    done = operator.run("smoke")
    assert done.stderr.startswith("error: smoke: the stack has no output topicArn; "), done.stdout
