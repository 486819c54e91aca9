"""Credentials to run a task with: those of the service's provider as far as a program sees them, else the environment's.

A program sees the profile and the keys of a provider that it has made, and of the default one. The component plugin sees the
default one's alone. No look-up of the AWS provider shows how a task has ended, so boto3 asks.
"""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from slipway.common import Context

SERVICE = "aws:ecs/service:Service"
SESSION_NAME = "slipway-run-before"


class WrongAccountError(Exception):
    """The credentials are of another account than the service."""


@dataclass(frozen=True)
class Keys:
    """A profile, or a key; all None for the environment's."""

    profile: str | None
    access_key: str | None
    secret_key: str | None
    token: str | None


async def keys_of(context: Context) -> Keys:
    """Credentials in the configuration of the provider that makes the service."""
    parent = context.child.parent
    provider = parent.get_provider(SERVICE) if parent is not None else None
    if isinstance(provider, aws.Provider):
        outputs = (provider.profile, provider.access_key, provider.secret_key, provider.token)
        return Keys(*[await output.future() for output in outputs])
    if provider is not None:
        return Keys(None, None, None, None)  # a provider of a program in another language shows nothing
    config = pulumi.Config("aws")
    return Keys(config.get("profile"), config.get("accessKey"), config.get("secretKey"), config.get("token"))


def session_of(keys: Keys, role_arn: str, region: str, account: str) -> Any:
    """A boto3 session in the service's account. Raises as boto3 does, and WrongAccountError."""
    import boto3  # noqa: PLC0415 - 0.2 s, only where an update asks

    made = boto3.session.Session(
        profile_name=keys.profile,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        region_name=region,
    )
    if role_arn:
        answer = made.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME)["Credentials"]
        made = boto3.session.Session(
            answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], region_name=region
        )
    found = made.client("sts").get_caller_identity()["Account"]
    if found != account:
        raise WrongAccountError(f"the credentials are of account {found}, and it is in {account}")
    return made
