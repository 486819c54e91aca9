"""An example is deployed, changed and destroyed by a role that may do no more than the sandbox says it needs."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud_contents import client, resources
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.engine

ACCOUNT = "123456789012"
RANDOM_END = re.compile(r"-[0-9a-f]{7}\b")  # of a name that Pulumi makes
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    ],
}


@dataclass(frozen=True)
class Deployment:
    """A copy of the example, and the role `deploy`, whose policy a test gives it."""

    stacks: Stacks
    program: Path

    def sandbox(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.stacks.run(self.program, sys.executable, "-m", "slipway_sandbox", *arguments)

    def allow(self, document: Any) -> None:
        iam = client(self.stacks.environment, "iam")
        iam.put_role_policy(RoleName="deploy", PolicyName="own", PolicyDocument=json.dumps(document))

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of Pulumi's, as the role."""
        return self.sandbox("run", "--as", "deploy", "--", "pulumi", *arguments, "--yes", "--skip-preview")

    def lives(self) -> None:
        """It is deployed, changed and destroyed."""
        source = self.program / "__main__.py"
        before = source.read_text()
        for text in (before, before.replace('"max_receives": 3', '"max_receives": 4').replace("604800", "86400")):
            source.write_text(text)
            self.succeeds("up")
        source.write_text(before)
        self.succeeds("destroy")

    def succeeds(self, command: str) -> None:
        done = self.pulumi(command)
        assert done.returncode == 0, done.stdout

    def needed(self) -> dict[str, Any]:
        """The policy that the sandbox prints for the role, with wildcards for the ends of names."""
        printed = self.sandbox("rights", "deploy").stdout
        document: dict[str, Any] = json.loads(RANDOM_END.sub("-*", printed))
        return document

    def denied(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self.sandbox("denied", "--json").stdout)["denied"]
        return listed


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with sandbox_of_its_own(tmp_path / "sandbox") as stacks:
        program = tmp_path / "fanout"
        shutil.copytree(CHECKOUT / "examples" / "fanout", program)
        settings = program / "Pulumi.yaml"
        settings.write_text(settings.read_text().replace("../../.venv", str(CHECKOUT / ".venv")))
        stacks.pulumi(program, "stack", "init", "sandbox-least")
        iam = client(stacks.environment, "iam")
        iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
        yield Deployment(stacks, program)


def test_the_printed_policy_is_enough_and_without_one_of_its_statements_the_update_is_refused(
    deployment: Deployment,
) -> None:
    deployment.allow(EVERYTHING)
    empty = resources(deployment.stacks.environment)
    deployment.lives()
    needed = deployment.needed()
    assert deployment.denied() == []

    topics = [statement for statement in needed["Statement"] if "sns:Subscribe" in statement["Action"]]
    deployment.allow({**needed, "Statement": [each for each in needed["Statement"] if each not in topics]})
    refused = deployment.pulumi("up")
    assert refused.returncode != 0
    topic = f"arn:aws:sns:eu-west-1:{ACCOUNT}:events-[0-9a-f]{{7}}"
    assert re.search(
        rf"is not authorized to perform: SNS:CreateTopic on resource: {topic} "
        "because no identity-based policy allows the SNS:CreateTopic action",
        " ".join(refused.stdout.split()),
    ), refused.stdout

    before = deployment.denied()
    deployment.allow(needed)
    deployment.lives()
    assert deployment.denied() == before
    assert resources(deployment.stacks.environment) == empty
