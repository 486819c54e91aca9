"""Whose credentials run a command before a roll-out: the provider's as far as they are seen, and of one account only."""

from collections.abc import Callable
from typing import Any

import boto3
import pulumi
import pulumi_aws as aws
import pytest
from pulumi.resource import DependencyProviderResource

from slipway.common import Context
from slipway.run_before._credentials import Keys, WrongAccountError, keys_of, session_of
from tests.support.components.mocks import build

ENVIRONMENT = Keys(None, None, None, None)


class Parent(pulumi.ComponentResource):
    """The component of a service."""

    def __init__(self, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Parent", "parent", None, opts)


def keys(options: Callable[[], pulumi.ResourceOptions | None]) -> Keys:
    """Keys of a component with these options."""
    found: list[Keys] = []

    def construct() -> pulumi.Output[None]:
        context = Context("FargateService 'api'", "api", None, pulumi.ResourceOptions(parent=Parent(options())))

        async def ask() -> None:
            found.append(await keys_of(context))

        return pulumi.Output.from_input(ask())

    build(construct)
    return found[0]


def test_an_explicit_provider_gives_its_profile_or_its_keys() -> None:
    def provider(**args: Any) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(providers=[aws.Provider("far", region="eu-central-1", **args)])

    assert keys(lambda: provider(profile="shop")) == Keys("shop", None, None, None)
    own = {"access_key": "AKIA", "secret_key": "secret", "token": "session"}
    assert keys(lambda: provider(**own)) == Keys(None, *own.values())


def test_a_provider_of_another_language_shows_nothing_and_the_environment_counts() -> None:
    def remote() -> pulumi.ResourceOptions:
        reference = DependencyProviderResource("urn:pulumi:dev::shop::pulumi:providers:aws::far::0a1b")
        return pulumi.ResourceOptions(providers=[reference])

    assert keys(remote) == ENVIRONMENT


def test_the_default_provider_is_read_from_the_stack_s_configuration() -> None:
    assert keys(lambda: None) == ENVIRONMENT
    pulumi.runtime.set_config("aws:profile", "shop")
    try:
        assert keys(lambda: None) == Keys("shop", None, None, None)
    finally:
        pulumi.runtime.config.CONFIG.get().pop("aws:profile")


@pytest.mark.usefixtures("plain_moto")
def test_credentials_of_another_account_are_refused(
    credentials: None, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    made = session_of(ENVIRONMENT, "", "eu-central-1", "123456789012")
    assert isinstance(made, boto3.session.Session)
    assert made.region_name == "eu-central-1"
    with pytest.raises(WrongAccountError) as caught:
        session_of(ENVIRONMENT, "", "eu-central-1", "111122223333")
    assert str(caught.value) == "the credentials are of account 123456789012, and it is in 111122223333"
    # A role of that account is what helps.
    session_of(ENVIRONMENT, "arn:aws:iam::111122223333:role/migration-starter", "eu-central-1", "111122223333")
