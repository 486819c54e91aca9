"""Checked arguments of a container image: a build with its repository, or an existing image.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-create.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from slipway.common import Arguments, account_id, distinct, each, ecr_host, shown
from slipway.hooks import on_this_machine
from slipway.task import ARCHITECTURE, ARCHITECTURES

from ._build_plan import BuildPlan, build_plan
from ._image_repository import RepositorySpec

KEEP_RELEASES = 20
FEWEST_RELEASES, MOST_RELEASES = 2, 1000
SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL")  # worst first
LONGEST_NAME = 248  # of ECR's 256, without Pulumi's suffix
OF_REPOSITORY = ("kms_key_arn", "pull_account_ids", "keep_releases", "force_delete", "tags")
OF_BUILD = ("dockerfile", "target", "build_args", "build_secrets", "push_dockerfile", "cache_from", "repository_url")
REPOSITORY_URL = re.compile(r"(?P<host>[a-z0-9.:-]+)/(?P<name>[a-z0-9][a-z0-9._/-]*)")
BY_DIGEST = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class NewImage:
    """An image to build and push, to a new repository or to the one at a URL."""

    build: BuildPlan
    repository: RepositorySpec | pulumi.Input[str]


@dataclass(frozen=True)
class ImagePlan:
    """A container image's arguments, with every default filled in."""

    architecture: str
    severities: Sequence[str]
    """Severities that fail the update; empty without fail_on_severity."""
    accepted_findings: Sequence[str]
    scan_role_arn: pulumi.Input[str]
    """Role that reads the findings; empty for none."""
    image: NewImage | pulumi.Input[str]
    """An image to build, or the URI of an existing one."""


def image_plan(arguments: Arguments, name: str) -> ImagePlan:
    """Check the arguments. Raises ArgumentError."""
    arguments.exactly_one("context", "image_uri")
    keep = arguments.whole_number("keep_releases", FEWEST_RELEASES, MOST_RELEASES, KEEP_RELEASES)
    architecture = arguments.one_of("architecture", tuple(ARCHITECTURES), ARCHITECTURE)
    severities, accepted = failing_severities(arguments), arguments.texts("accepted_findings")
    arguments.goes_with("scan_role_arn", "fail_on_severity")
    scan_role_arn = arguments.arn("scan_role_arn", "iam", "a role") or ""
    if (uri := arguments.input("image_uri")) is not None:
        arguments.not_with("image_uri", [*OF_BUILD, *OF_REPOSITORY], "which takes an image as it is")
        check_image_uri(arguments, uri)
        return ImagePlan(architecture, severities, accepted, scan_role_arn, uri)
    url = existing_url(arguments)
    repository = repository_spec(arguments, name, keep) if url is None else url
    image = NewImage(build_plan(arguments, architecture), repository)
    return ImagePlan(architecture, severities, accepted, scan_role_arn, image)


def failing_severities(arguments: Arguments) -> Sequence[str]:
    """Severities that fail the update, worst first."""
    accepted = arguments.texts("accepted_findings")
    if not arguments.has("fail_on_severity"):
        if accepted:
            raise arguments.error("accepted_findings", "needs fail_on_severity, got none; set it, or remove them")
        return ()
    distinct(arguments.who, "accepted_findings", accepted)
    lowest = arguments.one_of("fail_on_severity", SEVERITIES, SEVERITIES[0])
    return SEVERITIES[: SEVERITIES.index(lowest) + 1]


def check_image_uri(arguments: Arguments, uri: pulumi.Input[str]) -> None:
    """Refuse an image without a digest, and a scan of an image outside of ECR; outputs pass unread."""
    if not isinstance(uri, str):
        return
    if not BY_DIGEST.fullmatch(uri):
        fix = "write it like registry/name@sha256:..., a tag may mean another image tomorrow"
        raise arguments.error("image_uri", f"must name its image by digest, got {shown(uri)}; {fix}")
    host = uri.partition("/")[0]
    if arguments.has("fail_on_severity") and not (ecr_host(host) or on_this_machine(host)):
        rule = f"needs an image in ECR, got {shown(uri)}"
        raise arguments.error("fail_on_severity", f"{rule}; remove it, or copy the image")


def existing_url(arguments: Arguments) -> pulumi.Input[str] | None:
    """URL of somebody else's repository; None for a new one. Arguments of the repository are its owner's to set."""
    url = arguments.input("repository_url")
    if url is None:
        return None
    arguments.not_with("repository_url", OF_REPOSITORY, "whose settings are its owner's")
    if isinstance(url, str) and not REPOSITORY_URL.fullmatch(url):
        fix = "write it like 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/app"
        raise arguments.error("repository_url", f"must be a registry and a name, without tag, got {shown(url)}; {fix}")
    return url


def repository_spec(arguments: Arguments, name: str, keep_releases: int) -> RepositorySpec:
    """Checked arguments of a new repository."""
    if not name.islower() or not name.replace("-", "").isalnum() or not name.isascii() or not name[0].isalpha():
        rule = "must be lower-case letters, digits and hyphens and start with a letter"
        raise arguments.error("the name", f"{rule}, got {shown(name)}")
    if len(name) > LONGEST_NAME:
        raise arguments.error("the name", f"must be at most {LONGEST_NAME} characters, got {len(name)}")
    kms_key_arn = arguments.arn("kms_key_arn", "kms", "a KMS key")
    accounts = arguments.texts("pull_account_ids")
    each(arguments.who, "pull_account_ids", accounts, account_id)
    return RepositorySpec(kms_key_arn, accounts, keep_releases, arguments.flag("force_delete"))
