"""A shell that is attached to the sandbox as a role."""

import json
import stat
import subprocess
import sys

from tests.sandbox.conftest import Box
from tests.support.commands import HANG_SECONDS

ACCOUNT = "123456789012"
ASK = """
import boto3, botocore.exceptions
print(boto3.client("sts").get_caller_identity()["Arn"])
try:
    boto3.client("sqs").list_queues()
except botocore.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])
"""


def trusting(principal: dict[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_shell_attached_as_a_role_is_that_role(shared_box: Box) -> None:
    box, iam = shared_box, shared_box.client("iam")
    trusted, service = (
        trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        trusting({"Service": "ecs-tasks.amazonaws.com"}),
    )
    iam.create_role(RoleName="shell-reader", Path="/team/", AssumeRolePolicyDocument=trusted)
    iam.create_role(RoleName="shell-task", AssumeRolePolicyDocument=service)
    script = box.must("env", "--as", "shell-reader")
    # The shell had keys of its own.
    outer = {"PATH": "/usr/bin:/bin", "AWS_ACCESS_KEY_ID": "AKIAOWN", "AWS_SECRET_ACCESS_KEY": "own"}
    said = subprocess.run(
        ["sh", "-euc", 'eval "$1"; exec "$2" -c "$3"', "sh", script, sys.executable, ASK],
        env=outer,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    lines = [f"arn:aws:sts::{ACCOUNT}:assumed-role/shell-reader/shell", "AccessDenied"]
    assert (said.stdout.splitlines(), said.stderr) == (lines, "")
    assert stat.S_IMODE((box.home.path / "aws-shell-reader.config").stat().st_mode) == 0o600
    assert box.refusal("env", "--as", "shell-task") == (
        f"no shell as 'shell-task': User: arn:aws:iam::{ACCOUNT}:user/moto is not authorized to perform: sts:AssumeRole on "
        f"resource: arn:aws:iam::{ACCOUNT}:role/shell-task; name a role whose trust policy lets this account in"
    )
    assert box.refusal("env", "--as", "nobody") == (
        "no shell as 'nobody': Role nobody not found; name a role whose trust policy lets this account in"
    )
    for name in ("shell-reader", "shell-task"):
        iam.delete_role(RoleName=name)
