"""Where an instance's first keys come from: in the order of the real provider and its SDK."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from slipway_sandbox.provider.aws.identity.keys import Keys
from slipway_sandbox.provider.aws.identity.sources import NONE, Source, source_of
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import Properties

CONFIG = """
[default]
aws_access_key_id = OF_DEFAULT
aws_secret_access_key = s
[profile dev]
aws_access_key_id = OLD
aws_secret_access_key = s
[profile deploy]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = dev
external_id = x
duration_seconds = 1800
[profile deploy-far]
role_arn = arn:aws:iam::222222222222:role/deploy
source_profile = deploy
role_session_name = ci
[profile own]
role_arn = arn:aws:iam::123456789012:role/own
source_profile = own
aws_access_key_id = OF_OWN
aws_secret_access_key = s
[profile from-environment]
role_arn = arn:aws:iam::123456789012:role/env
credential_source = Environment
[profile token]
role_arn = arn:aws:iam::123456789012:role/token
web_identity_token_file = /run/token
[profile machine]
role_arn = arn:aws:iam::123456789012:role/machine
credential_source = Ec2InstanceMetadata
[profile sso]
sso_session = corp
[profile round]
role_arn = arn:aws:iam::123456789012:role/round
source_profile = about
[profile about]
role_arn = arn:aws:iam::123456789012:role/about
source_profile = round
[profile empty]
region = eu-west-1
"""
CREDENTIALS = """
[dev]
aws_access_key_id = OF_DEV
aws_secret_access_key = s
aws_session_token = t
"""
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "OF_ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "s"}
DEPLOY = {"roleArn": "arn:aws:iam::123456789012:role/deploy", "externalId": "x", "duration": "1800s"}
TOKEN = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/token"}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """The shared files of a user, by their variables."""
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(CONFIG)
    credentials.write_text(CREDENTIALS)
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}


@pytest.mark.parametrize(
    ("values", "environment", "expected"),
    [
        ({"accessKey": "OF_STACK", "secretKey": "s", "profile": "gone"}, ENVIRONMENT, "OF_STACK"),
        ({"profile": "dev"}, ENVIRONMENT, "OF_DEV"),
        ({}, {**ENVIRONMENT, "AWS_PROFILE": "dev"}, "OF_ENVIRONMENT"),
        ({}, {"AWS_PROFILE": "dev"}, "OF_DEV"),
        ({}, {"AWS_DEFAULT_PROFILE": "dev"}, "OF_DEV"),
        ({}, {}, "OF_DEFAULT"),
    ],
)
def test_keys_come_from_the_first_place_that_has_some(
    files: Mapping[str, str], values: Properties, environment: Mapping[str, str], expected: str
) -> None:
    found = source_of(values, {**files, **environment})
    assert found.keys is not None
    assert (found.keys.key_id, found.roles) == (expected, ())


def test_the_file_of_credentials_wins_over_the_configuration_with_its_token(files: Mapping[str, str]) -> None:
    assert source_of({"profile": "dev"}, files).keys == Keys("OF_DEV", "s", "t")


def test_files_of_the_configuration_are_read_in_place_of_the_users(files: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "other").write_text("[dev]\naws_access_key_id = OF_OTHER\naws_secret_access_key = s\n")
    given = {"profile": "dev", "sharedCredentialsFiles": ["~/other"]}
    assert source_of(given, {**files, "HOME": str(tmp_path)}).keys == Keys("OF_OTHER", "s")


@pytest.mark.parametrize(
    ("profile", "first", "roles"),
    [
        ("deploy", "OF_DEV", (DEPLOY,)),
        (
            "deploy-far",
            "OF_DEV",
            (DEPLOY, {"roleArn": "arn:aws:iam::222222222222:role/deploy", "sessionName": "ci"}),
        ),
        ("own", "OF_OWN", ({"roleArn": "arn:aws:iam::123456789012:role/own"},)),
        ("from-environment", "OF_ENVIRONMENT", ({"roleArn": "arn:aws:iam::123456789012:role/env"},)),
    ],
)
def test_a_profile_with_a_role_assumes_it_with_the_keys_of_its_source(
    files: Mapping[str, str], profile: str, first: str, roles: tuple[Properties, ...]
) -> None:
    found = source_of({"profile": profile}, {**files, **ENVIRONMENT})
    assert found.keys is not None
    assert (found.keys.key_id, found.roles) == (first, roles)


def test_a_token_of_the_environment_or_of_a_profile_opens_a_role(files: Mapping[str, str]) -> None:
    expected = Source(None, {"roleArn": TOKEN["AWS_ROLE_ARN"], "webIdentityTokenFile": "/run/token"})
    assert source_of({}, {**files, **TOKEN}) == expected
    assert source_of({"profile": "token"}, files) == expected


@pytest.mark.parametrize(
    ("values", "environment", "sentence"),
    [
        ({"profile": "gone"}, ENVIRONMENT, "loading configuration: failed to get shared config profile, gone"),
        (
            {},
            {**ENVIRONMENT, "AWS_PROFILE": "gone"},
            "loading configuration: failed to get shared config profile, gone",
        ),
        ({"profile": "round"}, {}, "loading configuration: the profiles round, about name each other"),
        (
            {"profile": "machine"},
            {},
            "profile machine has credential_source Ec2InstanceMetadata, which gives no keys here; name a source_profile",
        ),
        (
            {"profile": "sso"},
            {},
            "profile sso has sso_session, which the sandbox does not take; give it keys or a role",
        ),
    ],
)
def test_a_profile_that_gives_no_keys_is_refused(
    files: Mapping[str, str], values: Properties, environment: Mapping[str, str], sentence: str
) -> None:
    with pytest.raises(ProviderError) as refused:
        source_of(values, {**files, **environment})
    assert str(refused.value) == f"unable to validate AWS credentials.\nDetails: {sentence}"


@pytest.mark.parametrize("values", [{"accessKey": "A"}, {"secretKey": "s"}, {"token": "t"}, {"profile": "empty"}])
def test_half_a_pair_of_keys_is_none(files: Mapping[str, str], values: Properties) -> None:
    with pytest.raises(ProviderError, match=r"^No valid credential sources found\."):
        source_of(values, files)


def test_without_keys_anywhere_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(ProviderError) as refused:
        source_of({}, {"HOME": str(tmp_path)})
    assert str(refused.value) == NONE


def test_the_text_of_keys_has_no_secret() -> None:
    assert repr(Source(Keys("AKIA", "hush", "hush"))) == "Source(keys=Keys(key_id='AKIA'), web_identity=None, roles=())"
