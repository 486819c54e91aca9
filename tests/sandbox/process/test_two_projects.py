"""Two projects in two folders, from one environment with the installed package: they meet in the user's one sandbox."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sandbox.conftest import ROOT

pytestmark = pytest.mark.engine

TOPIC = """import pulumi, pulumi_aws as aws
topic = aws.sns.Topic("orders", name="orders")
pulumi.export("topicArn", topic.arn)
"""
SUBSCRIBER = """import pulumi, pulumi_aws as aws
orders = pulumi.StackReference("organization/publisher/sandbox").require_output("topicArn")
queue = aws.sqs.Queue("billing")
subscription = aws.sns.TopicSubscription("billing", topic=orders, protocol="sqs", endpoint=queue.arn)
pulumi.export("topic", subscription.topic)
"""


@dataclass(frozen=True)
class User:
    """A user with an environment of their own: the package copied, as pip does, and no checkout."""

    packages: Path
    home: Path

    def slipway(self, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`slipway sandbox <arguments>` in a folder."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
        environment |= {
            "XDG_STATE_HOME": str(self.home),
            "PYTHONPATH": str(self.packages),
            "PULUMI_HOME": f"{self.home}/pulumi",
        }
        environment.pop("SLIPWAY_SANDBOX_DIR", None)
        command = [sys.executable, "-m", "slipway_sandbox", *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, umask=0
        )

    def pulumi(self, folder: Path, *arguments: str) -> str:
        """`slipway sandbox run -- pulumi <arguments>`, which has to succeed."""
        ended = self.slipway(folder, "run", "--", "pulumi", *arguments, "--non-interactive", "--color", "never")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    shutil.copytree(ROOT / "sandbox" / "slipway_sandbox", tmp_path / "packages" / "slipway_sandbox")
    made = User(tmp_path / "packages", tmp_path / "state")
    yield made
    made.slipway(tmp_path, "stop")


def _project(folder: Path, name: str, program: str) -> Path:
    folder.mkdir()
    runtime = f"{{name: python, options: {{virtualenv: {json.dumps(sys.prefix)}}}}}"
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: {runtime}\n")
    (folder / "__main__.py").write_text(program)
    return folder


def _open_to_others(home: Path) -> list[str]:
    """Files of other modes than 0600, and folders of other modes than 0700."""
    modes = {entry: entry.lstat().st_mode for entry in (home, *home.rglob("*"))}
    return [
        str(entry) for entry, mode in modes.items() if stat.S_IMODE(mode) != (0o700 if stat.S_ISDIR(mode) else 0o600)
    ]


def test_two_projects_meet_in_one_sandbox(user: User, tmp_path: Path) -> None:
    publisher = _project(tmp_path / "publisher", "publisher", TOPIC)
    subscriber = _project(tmp_path / "subscriber", "subscriber", SUBSCRIBER)

    refused = user.slipway(publisher, "run", "--", "pulumi", "up", "--yes")
    assert (refused.returncode, refused.stderr) == (
        1,
        "error: project 'publisher' has no stack in the sandbox yet; create one: "
        "slipway sandbox run -- pulumi stack init sandbox\n",
    )
    for folder in (publisher, subscriber):
        user.pulumi(folder, "stack", "init", "sandbox")
        user.pulumi(folder, "up", "--yes")
    arn = "arn:aws:sns:eu-west-1:123456789012:orders"
    assert user.pulumi(subscriber, "stack", "output", "topic").strip() == arn
    status = json.loads(user.slipway(tmp_path, "status", "--json").stdout)
    assert status["home"] == str(tmp_path / "state" / "slipway" / "sandbox")
    assert status["contents"] == {"SNS topics": 1, "SQS queues": 1}
    assert not (tmp_path / "publisher" / ".sandbox").exists()
    assert _open_to_others(Path(status["home"])) == [], "each by its own mode, after a real run under umask 000"

    elsewhere = user.slipway(publisher, "run", "--", "pulumi", "preview", "--stack", "prod")
    assert (elsewhere.returncode, elsewhere.stderr) == (
        1,
        "error: --stack prod names no stack of project 'publisher' in the sandbox, whose stacks are its own; "
        "slipway sandbox run -- pulumi stack init sandbox-prod\n",
    )
