"""Arguments of ContainerImage."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi


class BuildSecretArgs(TypedDict):
    """Where a value comes from that a build needs and an image must not hold; set one. Never the value itself."""

    env: NotRequired[str]
    """Variable of the environment that Pulumi runs in. Set this or file."""
    file: NotRequired[str]
    """File, relative to the program's folder. Set this or env."""


class ContainerImageArgs(TypedDict):
    """Arguments of ContainerImage."""

    context: NotRequired[str]
    """Folder to build, relative to the program's; its .dockerignore is honoured. Set this or image_uri."""
    image_uri: NotRequired[pulumi.Input[str]]
    """Image that is there already, by digest, of any registry; nothing is built and no repository is made, the outputs
    are the same. Set this or context."""
    dockerfile: NotRequired[str]
    """Path of the Dockerfile, relative to the program's folder. Default: Dockerfile inside context."""
    target: NotRequired[str]
    """Stage of the Dockerfile to build. Default: the last one."""
    build_args: NotRequired[Mapping[str, str]]
    """Values for the Dockerfile's ARG lines; they stay readable in the image, so no secrets. Default: none."""
    build_secrets: NotRequired[Mapping[str, BuildSecretArgs]]
    """Secrets by the id that `RUN --mount=type=secret,id=...` names, known to that line alone: not in the tag, a layer,
    the image's history or the state. A changed value is no new release. Needs push_dockerfile. Default: none."""
    push_dockerfile: NotRequired[str]
    """Path of a file with the two lines `ARG IMAGE` and `FROM ${IMAGE}`, alone in its folder; what was built with
    secrets is pushed by it. Default: none, which is for builds without secrets."""
    architecture: NotRequired[str]
    """Processor to build for, x86_64 or arm64; the same as the service's. Default: x86_64."""
    cache_from: NotRequired[Sequence[pulumi.Input[str]]]
    """Images, with their registry, whose layers the build may reuse; the image is then made to be reused likewise.
    Default: what this machine has."""
    repository_url: NotRequired[pulumi.Input[str]]
    """Private ECR repository to push to, as another ContainerImage gives it; its settings stay its owner's.
    Default: one of its own."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of your own that encrypts the repository; another one replaces it. Default: the account's own key for ECR."""
    pull_account_ids: NotRequired[list[str]]
    """Other accounts that may pull, each by its own IAM permissions. Default: this account only."""
    keep_releases: NotRequired[int]
    """Latest releases that the repository keeps, 2-1000, beside the one declared here and tags that begin with keep-.
    Default: 20."""
    force_delete: NotRequired[bool]
    """Delete the repository even while it holds images. Default: false, it then has to be emptied first."""
    fail_on_severity: NotRequired[str]
    """Fail the update, before any service takes the image, where ECR's scan finds this or worse: CRITICAL, HIGH, MEDIUM,
    LOW or INFORMATIONAL. Default: findings stop nothing."""
    accepted_findings: NotRequired[list[str]]
    """Findings by name, such as CVE-2023-4911, that fail_on_severity lets pass. Default: none."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the repository. Default: a Name, and the provider's own."""
