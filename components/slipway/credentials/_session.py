"""A boto3 session with given credentials, or of a role that these assume.

The keys of a role are renewed, since a command before a roll-out or a deployment may outlive the hour of the first ones.
Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from functools import partial
from typing import Any

from ._keys import Keys


class WrongAccountError(Exception):
    """The credentials are of another account; the message names both."""


def session(keys: Keys, region: str | None, role_arn: str = "", session_name: str = "slipway") -> Any:
    """A session in a region. A role is assumed with the first call. Raises BotoCoreError for a profile that is missing."""
    import boto3  # noqa: PLC0415 - 0.2 s, only where an update asks

    own = boto3.session.Session(
        profile_name=keys.profile,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        region_name=region,
    )
    return of_role(own, role_arn, session_name) if role_arn else own


def of_role(own: Any, role_arn: str, session_name: str) -> Any:
    """A session of a role."""
    import boto3  # noqa: PLC0415 - as above
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials  # noqa: PLC0415
    from botocore.session import Session  # noqa: PLC0415

    fetcher = AssumeRoleCredentialFetcher(
        partial(own.client), own.get_credentials(), role_arn, extra_args={"RoleSessionName": session_name}
    )
    assumed = Session()
    # botocore has no public way to give a session credentials that are renewed.
    assumed._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")  # noqa: SLF001
    return boto3.session.Session(botocore_session=assumed, region_name=own.region_name)


def account_id(made: Any) -> str:
    """Account of a session. Raises as boto3 does."""
    return str(made.client("sts").get_caller_identity()["Account"])


def session_in(account: str, keys: Keys, region: str | None, role_arn: str = "", session_name: str = "slipway") -> Any:
    """A session in an account. Raises as boto3 does, and WrongAccountError."""
    made = session(keys, region, role_arn, session_name)
    found = account_id(made)
    if found != account:
        raise WrongAccountError(f"the credentials are of account {found}, not of {account}")
    return made
