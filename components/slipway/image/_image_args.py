"""Arguments of ContainerImage, as its schema describes them.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-create.html
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from slipway.words import Architecture, Severity


class BuildSecretArgs(TypedDict):
    """Place of a secret value for a build: a variable or a file, never the value itself."""

    env: NotRequired[str]
    """Variable in the environment of the Pulumi process. Set this or file."""
    file: NotRequired[str]
    """File, relative to the program's folder. Set this or env."""


class ContainerImageArgs(TypedDict):
    """Arguments of ContainerImage."""

    context: NotRequired[str]
    """Folder to build, relative to the program's folder; its .dockerignore applies. In an inline program of the Automation API
    it is relative to the process's folder. An absolute path is recorded as a relative one. Set this or image_uri."""
    image_uri: NotRequired[pulumi.Input[str]]
    """Existing image by digest, from any registry. Nothing is built, no repository is created, and the outputs are the
    same. Set this or context."""
    dockerfile: NotRequired[str]
    """Path of the Dockerfile, relative to the program's folder. Default: Dockerfile inside context."""
    target: NotRequired[str]
    """Stage of the Dockerfile to build. Default: the last one."""
    build_args: NotRequired[Mapping[str, str]]
    """Values for the Dockerfile's ARG lines. They stay readable in the image, so no secrets. Default: none."""
    build_secrets: NotRequired[Mapping[str, BuildSecretArgs]]
    """Secrets by the id in `RUN --mount=type=secret,id=...`. Only that line sees the value: it is not in the tag, a layer,
    the image's history or the state. A new value is no new release. Needs push_dockerfile. Default: none."""
    push_dockerfile: NotRequired[str]
    """Path of a file with the two lines `ARG IMAGE` and `FROM ${IMAGE}`, alone in its folder. It pushes an image built
    with secrets. Default: none, for builds without secrets."""
    architecture: NotRequired[Architecture]
    """Processor to build for, x86_64 or arm64; use the service's. Default: x86_64."""
    cache_from: NotRequired[Sequence[pulumi.Input[str]]]
    """Images, with their registry, whose layers the build may reuse; this image can then be reused the same way. Default:
    this machine's own cache."""
    repository_url: NotRequired[pulumi.Input[str]]
    """Private ECR repository to push to, such as another ContainerImage's repository_url. Its settings are not changed.
    Default: a new repository."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key to encrypt the repository; a change replaces the repository. Default: the account's own key for ECR."""
    pull_account_ids: NotRequired[list[str]]
    """Other accounts that may pull, each by its own IAM permissions. Default: this account only."""
    keep_releases: NotRequired[int]
    """Number of latest releases to keep, 2-1000, besides this one and tags that begin with keep-. Default: 20."""
    force_delete: NotRequired[bool]
    """Delete the repository even if it holds images. Default: false, empty it first."""
    fail_on_severity: NotRequired[Severity]
    """Fail the update if ECR's scan finds this severity or worse, before any service uses the image: CRITICAL, HIGH,
    MEDIUM, LOW or INFORMATIONAL. Default: findings stop nothing."""
    accepted_findings: NotRequired[list[str]]
    """Findings that fail_on_severity ignores, by name, such as CVE-2023-4911. Default: none."""
    scan_role_arn: NotRequired[pulumi.Input[str]]
    """Role that fail_on_severity assumes to read the findings, with ecr:DescribeImageScanFindings. Default: the profile or
    the keys of the provider, or else the environment's credentials, which must be of the account to deploy to."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the repository. Default: a Name, and the provider's own."""
