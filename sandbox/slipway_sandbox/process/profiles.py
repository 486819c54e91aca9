"""An AWS configuration by which every SDK becomes a role or a user of the sandbox, as by a profile on AWS.

A role's file holds no secret: each SDK assumes the role itself, with the sandbox's public keys. A user's file holds an access key of
the user, as `aws configure` writes it; the same one as long as the user has it.
Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

import configparser
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.identities import administrator
from slipway_sandbox.process.home import Home, Ports, write_private
from slipway_sandbox.process.shell import REGION, endpoint

SESSION_NAME = "shell"
NO_ENTITY = "NoSuchEntity"
ROLE = """[default]
role_arn = {role_arn}
role_session_name = {session}
source_profile = administrator
region = {region}

[profile administrator]
aws_access_key_id = {key_id}
aws_secret_access_key = {secret_key}
"""
USER = """[default]
aws_access_key_id = {key_id}
aws_secret_access_key = {secret_key}
region = {region}
"""


def profile_of(home: Home, ports: Ports, who: str) -> Path:
    """The configuration's file for a role or user, by name or ARN; a name of both is the role's.

    Raises SandboxError for one that is not there, or a role that trusts nobody here.
    """
    iam = _client("iam", ports)
    name, is_user = who.rpartition("/")[2], who.startswith("arn:") and ":user/" in who
    try:
        if is_user or (not who.startswith("arn:") and not _has_role(iam, who)):
            return _of_user(home, iam, iam.get_user(UserName=name)["User"]["UserName"])
        role_arn = who if who.startswith("arn:") else iam.get_role(RoleName=who)["Role"]["Arn"]
        _client("sts", ports).assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME)
    except ClientError as error:
        if error.response["Error"]["Code"] == NO_ENTITY:
            raise SandboxError(
                f"no shell as {who!r}: the cloud has no role and no user of this name; `aws iam list-roles` and list-users show them"
            ) from error
        sentence = str(error.response["Error"]["Message"]).rstrip(".")
        raise SandboxError(
            f"no shell as {who!r}: {sentence}; name a role whose trust policy lets this account in"
        ) from error
    return _of_role(home, role_arn)


def _of_role(home: Home, role_arn: str) -> Path:
    path = home.path / f"aws-{role_arn.rpartition('/')[2]}.config"
    text = ROLE.format(
        role_arn=role_arn,
        session=SESSION_NAME,
        region=REGION,
        key_id=administrator.KEY_ID,
        secret_key=administrator.SECRET_KEY,
    )
    write_private(path, text.encode())
    return path


def _of_user(home: Home, iam: Any, name: str) -> Path:
    path = home.path / f"aws-user-{name}.config"
    active = {
        key["AccessKeyId"]
        for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
        if key["Status"] == "Active"
    }
    if _key_in(path) not in active:
        key = iam.create_access_key(UserName=name)["AccessKey"]
        text = USER.format(key_id=key["AccessKeyId"], secret_key=key["SecretAccessKey"], region=REGION)
        write_private(path, text.encode())
    return path


def _key_in(path: Path) -> str:
    """The access key in a user's file; empty without one."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(path)
    return parser.get("default", "aws_access_key_id", fallback="")


def _has_role(iam: Any, name: str) -> bool:
    try:
        iam.get_role(RoleName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != NO_ENTITY:
            raise
        return False
    return True


def _client(service: str, ports: Ports) -> Any:
    return boto3.client(
        service,
        REGION,
        endpoint_url=endpoint(ports),
        aws_access_key_id=administrator.KEY_ID,
        aws_secret_access_key=administrator.SECRET_KEY,
        config=Config(retries={"max_attempts": 0}),
    )
