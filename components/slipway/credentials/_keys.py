"""The credentials of an AWS provider as far as a program sees them, else the environment's.

A program sees the profile and the keys of a provider that it has made, and of the default one. The component plugin sees the
default one's alone.
"""

from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from slipway.common import Context

SERVICE = "aws:ecs/service:Service"


@dataclass(frozen=True)
class Keys:
    """A profile, or a key; all None for the environment's."""

    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


ENVIRONMENT = Keys()


async def keys_of(context: Context) -> Keys:
    """Credentials in the configuration of the component's AWS provider."""
    parent = context.child.parent
    provider = parent.get_provider(SERVICE) if parent is not None else None
    if isinstance(provider, aws.Provider):
        outputs = (provider.profile, provider.access_key, provider.secret_key, provider.token)
        return Keys(*[await output.future() for output in outputs])
    if provider is not None:
        return ENVIRONMENT  # a provider of a program in another language shows nothing
    config = pulumi.Config("aws")
    return Keys(config.get("profile"), config.get("accessKey"), config.get("secretKey"), config.get("token"))
