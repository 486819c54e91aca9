"""Every block of docs/by-hand.md, typed in one shell that is attached to the sandbox.

The AWS CLI of the package index pins a botocore of its own, so it lives in an environment of its own. Its start takes more than
a second of processor time, sixty times on the page, so one process starts and forks for each command.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from setup.base_image import TAG
from tests.sandbox.conftest import ROOT, Box, boxed
from tests.support.commands import HANG_SECONDS
from tests.support.uv_command import uv

PAGE = ROOT / "docs" / "by-hand.md"
QUICK_AWS = ROOT / "tests" / "support" / "aws" / "quick_aws.py"
SERVICES = ("ec2", "ecr", "ecs", "iam", "sns", "sqs", "ssm")
PAGE_SECONDS = 6 * HANG_SECONDS  # a hundred commands
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with boxed(tmp_path_factory.mktemp("by-hand") / "home") as started:
        started.must("start")
        yield started


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `aws`, as the page's line mends version 1, and with `aws-start`, the process behind it."""
    folder = tmp_path_factory.mktemp("aws")
    uv("venv", "--quiet", "--no-project", "--python", sys.executable, str(folder / ".venv"))
    uv("pip", "install", "--quiet", "--python", str(folder / ".venv" / "bin" / "python"), "awscli>=1.42,<2")
    (folder / "bin").mkdir()
    for name, words in {
        "aws": f'-SE {QUICK_AWS} call {folder}/socket --endpoint-url "$AWS_ENDPOINT_URL" "$@"',
        "aws-start": f"{QUICK_AWS} serve {folder}/socket {' '.join(SERVICES)}",
    }.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\nexec {folder}/.venv/bin/python {words}\n")
        (folder / "bin" / name).chmod(0o755)
    return folder / "bin"


@pytest.fixture(scope="module")
def waiters(aws: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models for AWS_DATA_PATH: `aws ecs wait` and `aws ec2 wait` look each second, not each 15 seconds."""
    folder = tmp_path_factory.mktemp("models")
    [data] = aws.parent.glob(".venv/lib/python*/site-packages/**/botocore/data")
    for path in [*data.glob("ecs/*/waiters-2.json"), *data.glob("ec2/*/waiters-2.json")]:
        model = json.loads(path.read_text())
        for waiter in model["waiters"].values():
            waiter |= {"delay": 1, "maxAttempts": waiter["delay"] * waiter["maxAttempts"]}
        quick = folder / path.relative_to(data)
        quick.parent.mkdir(parents=True)
        quick.write_text(json.dumps(model))
    return folder


@pytest.mark.e2e
def test_the_page_can_be_typed_as_it_stands(box: Box, aws: Path, waiters: Path, tmp_path: Path) -> None:
    if box.status()["containers"] != "running":
        pytest.skip("no Docker on this machine")
    blocks = BLOCK.findall(PAGE.read_text())
    assert len(blocks) == 5
    start = 'aws-start & trap "kill $!" EXIT'
    script = "\n".join(
        ["set -euo pipefail", box.must("env"), start, *(f"echo '# block {n}'\n{b}" for n, b in enumerate(blocks))]
    )
    environment = {
        "PATH": f"{aws}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "IMAGE": TAG,
        "AWS_DATA_PATH": str(waiters),
        "AWS_PAGER": "",
        "SLIPWAY_SANDBOX_DIR": str(box.home.path),
    }
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PAGE_SECONDS
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    said = dict(zip(("topic", "image", "service", "instance", "end"), done.stdout.split("# block ")[1:], strict=True))
    assert '{"id": "1"}' in said["topic"].splitlines()
    assert "Login Succeeded" in said["image"]
    assert '"imageTag": "1"' in said["image"]
    assert "    2,\n    2\n" in said["service"], "desired and running tasks"
    assert said["instance"].splitlines()[-1].startswith("200ip-"), "the task's answer, then the second instance's name"
    assert list(tmp_path.iterdir()) == [tmp_path / ".docker"]
    contents = box.status()["contents"]
    assert not {"SNS topics", "SQS queues", "ECS services", "ECR repositories", "key pairs"} & contents.keys(), contents
