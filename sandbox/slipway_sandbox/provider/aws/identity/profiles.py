"""Profiles in shared files of AWS, such as ~/.aws/config.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from botocore import configloader
from botocore.exceptions import ConfigNotFound, ConfigParseError

from slipway_sandbox.provider.protocol.errors import ProviderError

Profile = Mapping[str, str]
UNABLE = "unable to validate AWS credentials.\nDetails: "
DEFAULT_FILES = {"AWS_CONFIG_FILE": ".aws/config", "AWS_SHARED_CREDENTIALS_FILE": ".aws/credentials"}


def profiles_of(config_files: Iterable[str], credentials_files: Iterable[str], home: Path) -> dict[str, dict[str, str]]:
    """The profiles of all files by name; the later file wins, and files of credentials win over those of configuration.

    A file that does not exist has no profiles. Raises ProviderError for one that cannot be read.
    """
    profiles: dict[str, dict[str, str]] = {}
    for files, load in ((config_files, _of_config), (credentials_files, configloader.raw_config_parse)):
        for file in files:
            path = str(home / file.removeprefix("~/")) if file.startswith("~/") else file
            try:
                found = load(path)
            except ConfigNotFound:
                continue
            except ConfigParseError as error:
                raise ProviderError(f"{UNABLE}loading configuration: {error}") from error
            for name, values in found.items():
                plain = {key: value for key, value in values.items() if isinstance(value, str)}
                profiles.setdefault(name, {}).update(plain)
    return profiles


def files_of(variable: str, environment: Mapping[str, str]) -> list[str]:
    """The shared file of a variable, or AWS's place of it."""
    return [environment.get(variable) or f"~/{DEFAULT_FILES[variable]}"]


def _of_config(path: str) -> dict[str, dict[str, str]]:
    profiles: dict[str, dict[str, str]] = configloader.load_config(path)["profiles"]
    return profiles
