"""Whose credentials ask AWS beside the provider: the provider's as far as they are seen, and of one account only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.resource import DependencyProviderResource

from slipway.common import Context
from slipway.credentials import ENVIRONMENT, Keys, WrongAccountError, keys_of, session, session_in
from tests.support.components.mocks import build

ACCOUNT, REGION = "123456789012", "eu-central-1"
OTHER_ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/reader"


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
        return pulumi.ResourceOptions(providers=[aws.Provider("far", region=REGION, **args)])

    assert keys(lambda: provider(profile="shop")) == Keys("shop")
    own = {"access_key": "AKIA", "secret_key": "secret", "token": "session"}
    assert keys(lambda: provider(**own)) == Keys(None, *own.values())


def test_keys_show_no_secret() -> None:
    assert repr(Keys("shop", "AKIA", "secret", "session")) == "Keys(profile='shop')"


def test_a_provider_of_another_language_shows_nothing_and_the_environment_counts() -> None:
    def remote() -> pulumi.ResourceOptions:
        reference = DependencyProviderResource("urn:pulumi:dev::shop::pulumi:providers:aws::far::0a1b")
        return pulumi.ResourceOptions(providers=[reference])

    assert keys(remote) == ENVIRONMENT


def test_the_default_provider_is_read_from_the_stack_s_configuration() -> None:
    assert keys(lambda: None) == ENVIRONMENT
    pulumi.runtime.set_config("aws:profile", "shop")
    try:
        assert keys(lambda: None) == Keys("shop")
    finally:
        pulumi.runtime.config.CONFIG.get().pop("aws:profile")


@pytest.fixture
def sts(plain_moto: None, credentials: None, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox's STS, with credentials of the account 123456789012 in the environment."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)


@pytest.mark.usefixtures("sts")
def test_credentials_of_another_account_are_refused() -> None:
    assert session_in(ACCOUNT, ENVIRONMENT, REGION).region_name == REGION
    with pytest.raises(WrongAccountError) as caught:
        session_in(OTHER_ACCOUNT, ENVIRONMENT, REGION)
    assert str(caught.value) == f"the credentials are of account {ACCOUNT}, not of {OTHER_ACCOUNT}"
    # A role of that account is what helps.
    assert session_in(OTHER_ACCOUNT, ENVIRONMENT, REGION, ROLE).region_name == REGION


@pytest.mark.usefixtures("sts")
def test_a_role_has_the_session_name_that_its_log_shows() -> None:
    caller = session(ENVIRONMENT, REGION, ROLE, "slipway-verdict").client("sts").get_caller_identity()
    assert caller["Arn"] == f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/reader/slipway-verdict"


@pytest.mark.usefixtures("sts")
def test_the_keys_of_a_role_are_renewed_before_their_hour_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = session(ENVIRONMENT, REGION, ROLE).get_credentials()
    first = credentials.get_frozen_credentials()
    assert credentials.get_frozen_credentials() == first
    later = datetime.now(UTC) + timedelta(minutes=59)
    monkeypatch.setattr("botocore.credentials._local_now", lambda: later)
    monkeypatch.setattr(credentials, "_time_fetcher", lambda: later)
    assert credentials.get_frozen_credentials().access_key != first.access_key
