"""The configuration of a provider instance: the namespace `aws:` of a stack."""

import difflib
import ipaddress
import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from pulumi_aws import ProviderArgs

from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.identity.keys import Caller
from slipway_sandbox.provider.aws.identity.resolution import ACCOUNT, identity_of
from slipway_sandbox.provider.aws.scope import Settings
from slipway_sandbox.provider.properties import sdk
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import as_text, block, blocks, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value

ENCODED = (
    "allowedAccountIds",
    "assumeRoles",
    "assumeRoleWithWebIdentity",
    "defaultTags",
    "endpoints",
    "forbiddenAccountIds",
    "sharedConfigFiles",
    "sharedCredentialsFiles",
)  # blocks and lists arrive as JSON text

OURS = "; it is the sandbox's, so aws:allowedAccountIds and aws:forbiddenAccountIds are set in the stacks on the real AWS only"


def settings(
    values: Properties,
    default_region: str,
    environment: Mapping[str, str],
    client_of: Callable[[Caller | None], AwsClient],
) -> Settings:
    """Settings of one instance. `environment` is the engine's; `client_of` makes calls as a caller.

    Raises ProviderError on an unknown key or region, an endpoint on another machine, keys that nobody has, a role that may not be
    assumed, and an account that is not allowed.
    """
    known = [*sdk.properties(ProviderArgs), "version"]
    for key in values.keys() - known:
        close = difflib.get_close_matches(key, known, 1)
        hint = f"did you mean aws:{close[0]}?" if close else "choose another namespace where it is not for the provider"
        raise ProviderError(f"aws:{key} is not a key of the aws provider; {hint}")
    region = as_text(values.get("region") or default_region, "aws:region")
    if region not in client_of(None).regions:
        raise ProviderError(f"aws:region must be an AWS region such as eu-west-1, got {region!r}")
    decoded = {key: _decoded(value) if key in ENCODED else value for key, value in values.items()}
    for endpoint in blocks(decoded, "endpoints"):
        for service, url in endpoint.items():
            _require_loopback(service, as_text(url, "aws:endpoints"))
    identity = identity_of(decoded, environment, region, client_of)
    allowed, forbidden = (texts(decoded, f"{name}AccountIds") for name in ("allowed", "forbidden"))
    if (allowed and identity.account not in allowed) or identity.account in forbidden:
        raise ProviderError(
            f"AWS account ID not allowed: {identity.account}{OURS if identity.account == ACCOUNT else ''}"
        )
    tags = block(block(decoded, "defaultTags"), "tags")
    return Settings(region, {key: str(value) for key, value in tags.items()}, identity)


def _decoded(value: Value) -> Value:
    decoded: Value = json.loads(value) if isinstance(value, str) else value
    return decoded


def _require_loopback(service: str, url: str) -> None:
    host = urlsplit(url).hostname or ""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ProviderError(
            f"aws:endpoints has {url!r} for {service}, and the sandbox's provider only talks to this machine; "
            "remove it, or unset PULUMI_DEBUG_PROVIDERS to use the released provider"
        )
