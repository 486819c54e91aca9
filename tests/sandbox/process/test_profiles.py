"""A shell or a command that is attached to the sandbox as a role or a user."""

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
        "no shell as 'nobody': the cloud has no role and no user of this name; `aws iam list-roles` and list-users show them"
    )
    for name in ("shell-reader", "shell-task"):
        iam.delete_role(RoleName=name)


def test_a_command_runs_as_a_user_with_the_same_key_each_time(shared_box: Box) -> None:
    box, iam = shared_box, shared_box.client("iam")
    arn = iam.create_user(UserName="shell-ann")["User"]["Arn"]
    said = [box.must("run", "--as", who, "--", sys.executable, "-c", ASK).splitlines() for who in ("shell-ann", arn)]
    [key] = iam.list_access_keys(UserName="shell-ann")["AccessKeyMetadata"]
    assert said == [[arn, "AccessDenied"], [arn, "AccessDenied"]]
    profile = box.home.path / "aws-user-shell-ann.config"
    assert (stat.S_IMODE(profile.stat().st_mode), key["AccessKeyId"] in profile.read_text()) == (0o600, True)
    iam.delete_access_key(UserName="shell-ann", AccessKeyId=key["AccessKeyId"])
    assert box.must("run", "--as", arn, "--", sys.executable, "-c", ASK).splitlines() == [arn, "AccessDenied"]
    for each in iam.list_access_keys(UserName="shell-ann")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="shell-ann", AccessKeyId=each["AccessKeyId"])
    iam.delete_user(UserName="shell-ann")
