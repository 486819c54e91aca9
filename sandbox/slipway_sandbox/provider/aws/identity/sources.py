"""Where an instance's first keys come from, in the order of the real provider and its SDK.

Source: https://github.com/hashicorp/aws-sdk-go-base/blob/main/aws_config.go (keys of the configuration first)
Source: https://github.com/aws/aws-sdk-go-v2/blob/main/config/resolve_credentials.go (profile of the configuration, keys of the
environment, web identity of the environment, profile of the environment)
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from slipway_sandbox.provider.aws.identity.keys import Keys
from slipway_sandbox.provider.aws.identity.profiles import UNABLE, Profile, files_of, profiles_of
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import text, texts
from slipway_sandbox.provider.protocol.wire import Properties

DOCUMENTATION = "https://www.pulumi.com/registry/packages/aws/installation-configuration/"
MORE = f"Please see {DOCUMENTATION} for more information about providing credentials."
NONE = f"No valid credential sources found.\n{MORE}"
KEY_VARIABLES = (("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"))
WEB_IDENTITY = {
    "roleArn": "AWS_ROLE_ARN",
    "webIdentityTokenFile": "AWS_WEB_IDENTITY_TOKEN_FILE",
    "sessionName": "AWS_ROLE_SESSION_NAME",
}
OF_PROFILE = {
    "roleArn": "role_arn",
    "externalId": "external_id",
    "sessionName": "role_session_name",
    "webIdentityTokenFile": "web_identity_token_file",
}
NOT_TAKEN = ("credential_process", "mfa_serial", "sso_account_id", "sso_session", "sso_start_url")


class Source(NamedTuple):
    """First keys, or a token for a role; then the roles of profiles, first to last, in the words of the provider's configuration."""

    keys: Keys | None
    web_identity: Properties | None = None
    roles: tuple[Properties, ...] = ()


def source_of(values: Properties, environment: Mapping[str, str]) -> Source:
    """Where the first keys of a configuration come from. Raises ProviderError where there are none."""
    static = [text(values, name, "") for name in ("accessKey", "secretKey", "token")]
    if any(static):
        return Source(_whole(*static))
    return _Chain(values, environment).source()


class _Chain:
    """What the SDK looks through, without keys in the configuration."""

    def __init__(self, values: Properties, environment: Mapping[str, str]) -> None:
        home = Path(environment.get("HOME") or Path.home())
        config = texts(values, "sharedConfigFiles") or files_of("AWS_CONFIG_FILE", environment)
        credentials = texts(values, "sharedCredentialsFiles") or files_of("AWS_SHARED_CREDENTIALS_FILE", environment)
        self._profiles = profiles_of(config, credentials, home)
        self._environment = environment
        self._given = text(values, "profile", "")
        self._named = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or ""

    def source(self) -> Source:
        environment = self._environment
        if name := self._given or self._named:
            self._profile(name)  # it must exist, even where it is not asked
        if self._given:
            return self._of_profile(self._given)
        if keys := _of_environment(environment):
            return Source(keys)
        if environment.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
            named = {name: environment[variable] for name, variable in WEB_IDENTITY.items() if variable in environment}
            return Source(None, named)
        if "default" in self._profiles or self._named:
            return self._of_profile(self._named or "default")
        raise ProviderError(NONE)

    def _profile(self, name: str) -> Profile:
        profile = self._profiles.get(name)
        if profile is None:
            raise ProviderError(f"{UNABLE}loading configuration: failed to get shared config profile, {name}")
        return profile

    def _of_profile(self, name: str, before: tuple[str, ...] = ()) -> Source:
        if name in before:
            raise ProviderError(f"{UNABLE}loading configuration: the profiles {', '.join(before)} name each other")
        profile = self._profile(name)
        for key in NOT_TAKEN:
            if key in profile:
                raise ProviderError(
                    f"{UNABLE}profile {name} has {key}, which the sandbox does not take; give it keys or a role"
                )
        role = {ours: profile[theirs] for ours, theirs in OF_PROFILE.items() if theirs in profile}
        if "duration_seconds" in profile:
            role["duration"] = f"{profile['duration_seconds']}s"
        if "webIdentityTokenFile" in role:
            return Source(None, role)
        if "roleArn" not in role:
            return Source(_of_file(profile))
        first = self._first(name, profile, before)
        return first._replace(roles=(*first.roles, role))

    def _first(self, name: str, profile: Profile, before: tuple[str, ...]) -> Source:
        """Who assumes the role of a profile."""
        if origin := profile.get("source_profile"):
            is_own = origin == name and "aws_access_key_id" in profile
            return Source(_of_file(profile)) if is_own else self._of_profile(origin, (*before, name))
        kind = profile.get("credential_source", "")
        if kind == "Environment" and (keys := _of_environment(self._environment)):
            return Source(keys)
        where = f"credential_source {kind}" if kind else "no source_profile"
        raise ProviderError(f"{UNABLE}profile {name} has {where}, which gives no keys here; name a source_profile")


def _of_environment(environment: Mapping[str, str]) -> Keys | None:
    key_id, secret = (
        next((environment[each] for each in names if environment.get(each)), "") for names in KEY_VARIABLES
    )
    return Keys(key_id, secret, environment.get("AWS_SESSION_TOKEN", "")) if key_id and secret else None


def _of_file(profile: Profile) -> Keys:
    if not profile.get("aws_access_key_id"):
        raise ProviderError(NONE)
    parts = (profile.get(name, "") for name in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
    return _whole(*parts)


def _whole(key_id: str, secret: str, token: str) -> Keys:
    if not key_id or not secret:
        raise ProviderError(f"{NONE}\nDetails: static credentials are empty")
    return Keys(key_id, secret, token)
