"""From a provider's configuration to its caller and account, with the refusals of the real provider.

Source: https://github.com/pulumi/pulumi-aws/blob/master/provider/resources.go (validateCredentials)
Source: https://github.com/hashicorp/aws-sdk-go-base/blob/main/errors.go
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from slipway_sandbox.provider.aws.client import AwsClient, AwsError
from slipway_sandbox.provider.aws.identity.keys import ADMINISTRATOR, Caller, Fixed
from slipway_sandbox.provider.aws.identity.profiles import UNABLE
from slipway_sandbox.provider.aws.identity.roles import Session, Sts, session_of, session_of_token
from slipway_sandbox.provider.aws.identity.sources import MORE, source_of
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties

ACCOUNT = "123456789012"
INVALID = ("InvalidClientTokenId", "UnrecognizedClientException")
CAUSES = """There are a number of possible causes of this - the most common are:
  * The credentials used in order to assume the role are invalid
  * The credentials do not have appropriate permission to assume the role
  * The role ARN is not valid"""


class Identity(NamedTuple):
    """Who an instance is."""

    caller: Caller = ADMINISTRATOR
    account: str = ACCOUNT


def identity_of(
    values: Properties, environment: Mapping[str, str], region: str, client_of: Callable[[Caller | None], AwsClient]
) -> Identity:
    """The identity of an instance. Its blocks are decoded; `environment` is the engine's.

    `client_of` makes calls as a caller. Raises ProviderError in the words of the real provider: no keys, keys that nobody has, a role
    that may not be assumed.
    """

    def sts(caller: Caller | None, operation: str, params: Properties) -> Properties:
        return client_of(caller).call("sts", operation, region, **params)

    try:
        caller = _caller(values, environment, sts)
    except AwsError as error:
        raise _refused(error) from error
    if caller is ADMINISTRATOR:
        return Identity()
    account = _account(caller, sts, must_be_valid=not _skips(values, "skipCredentialsValidation"))
    if account is None and not _skips(values, "skipRequestingAccountId"):
        raise ProviderError(
            "AWS account ID not previously found and failed retrieving via all available methods; give the keys of a user or "
            "a session, or set skipRequestingAccountId"
        )
    return Identity(caller, account or ACCOUNT)


def _caller(values: Properties, environment: Mapping[str, str], sts: Sts) -> Caller:
    if web_identity := block(values, "assumeRoleWithWebIdentity"):
        caller: Caller = _opened(session_of_token(web_identity, sts), web_identity)
        roles: tuple[Properties, ...] = ()
    else:
        source = source_of(values, environment)
        if source.keys is None:
            token = source.web_identity or {}
            caller = _opened(session_of_token(token, sts), token)
        else:
            caller = ADMINISTRATOR if source.keys.key_id == ADMINISTRATOR.keys().key_id else Fixed(source.keys)
        roles = source.roles
    for role in (*roles, *blocks(values, "assumeRoles")):
        caller = _opened(session_of(role, caller, sts), role)
    return caller


def _opened(session: Session, role: Properties) -> Session:
    """The session of a role that may be assumed."""
    try:
        session.keys()
    except AwsError as error:
        if error.code in INVALID:
            raise
        arn = text(role, "roleArn", "")
        why = f"{error.operation}: {error.code}: {error.message}"
        raise ProviderError(
            f"{UNABLE}Cannot assume IAM Role\nIAM Role ({arn}) cannot be assumed.\n\n{CAUSES}\n\nError: {why}"
        ) from error
    return session


def _account(caller: Caller, sts: Sts, *, must_be_valid: bool) -> str | None:
    try:
        return text(sts(caller, "get_caller_identity", {}), "Account")
    except AwsError as error:
        if must_be_valid:
            raise _refused(error) from error
        return None


def _refused(error: AwsError) -> ProviderError:
    if error.code in INVALID:
        return ProviderError(f"Invalid credentials configured.\n{MORE}")
    why = f"{error.operation}: {error.code}: {error.message}"
    return ProviderError(f"{UNABLE}validating provider credentials: {why}")


def _skips(values: Properties, name: str) -> bool:
    return str(values.get(name, "")).lower() in ("true", "1", "t")
