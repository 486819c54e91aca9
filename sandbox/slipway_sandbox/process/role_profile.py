"""An AWS configuration by which every SDK becomes a role of the sandbox, as by a profile with `role_arn` on AWS.

The file holds no secret: each SDK assumes the role itself, with the sandbox's public keys.
Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.identities import administrator
from slipway_sandbox.process.home import Home, Ports, write_private
from slipway_sandbox.process.shell import REGION, aws_variables

SESSION_NAME = "shell"
TEXT = """[default]
role_arn = {role_arn}
role_session_name = {session}
source_profile = administrator
region = {region}

[profile administrator]
aws_access_key_id = {key_id}
aws_secret_access_key = {secret_key}
"""


def role_profile(home: Home, ports: Ports, role: str) -> Path:
    """The configuration's file for a role, by name or ARN. Raises SandboxError for one that is not there or trusts nobody here."""
    try:
        role_arn = role if role.startswith("arn:") else _client("iam", ports).get_role(RoleName=role)["Role"]["Arn"]
        _client("sts", ports).assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME)
    except ClientError as error:
        sentence = str(error.response["Error"]["Message"]).rstrip(".")
        raise SandboxError(
            f"no shell as {role!r}: {sentence}; name a role whose trust policy lets this account in"
        ) from error
    path = home.path / f"aws-{role_arn.rpartition('/')[2]}.config"
    text = TEXT.format(
        role_arn=role_arn,
        session=SESSION_NAME,
        region=REGION,
        key_id=administrator.KEY_ID,
        secret_key=administrator.SECRET_KEY,
    )
    write_private(path, text.encode())
    return path


def _client(service: str, ports: Ports) -> Any:
    return boto3.client(
        service,
        REGION,
        endpoint_url=aws_variables(ports)["AWS_ENDPOINT_URL"],
        aws_access_key_id=administrator.KEY_ID,
        aws_secret_access_key=administrator.SECRET_KEY,
        config=Config(retries={"max_attempts": 0}),
    )
