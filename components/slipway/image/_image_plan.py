"""Arguments of a container image, checked, to what is built and under which tag.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-create.html
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from slipway.common import (
    ArgumentError,
    account_id,
    aws_arn,
    distinct,
    each,
    given,
    not_with,
    one_argument,
    one_of,
    whole_number,
)
from slipway.dynamic import ECR_HOST, on_this_machine
from slipway.task import ARCHITECTURE, ARCHITECTURES

from ._build_context import IGNORE_FILE, digests, ignore_patterns, is_ignored
from ._dockerfile import Dockerfile, check_push_dockerfile
from ._image_args import ContainerImageArgs

DOCKERFILE = "Dockerfile"
PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
KEEP_RELEASES = 20
MOST_RELEASES = 1000
RELEASE_PREFIX = "release-"
DIGEST_CHARACTERS = 32
VARIANT_CHARACTERS = 8
SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL")  # worst first
LONGEST_NAME = 248  # of ECR's 256, less Pulumi's suffix
OF_REPOSITORY = ("kms_key_arn", "pull_account_ids", "keep_releases", "force_delete", "tags")
OF_BUILD = ("dockerfile", "target", "build_args", "build_secrets", "push_dockerfile", "cache_from", "repository_url")
REPOSITORY_URL = re.compile(r"(?P<host>[a-z0-9.:-]+)/(?P<name>[a-z0-9][a-z0-9._/-]*)")
BY_DIGEST = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")
IN_REGISTRY = re.compile(r"[^/\s]*[.:][^/\s]*/\S+|localhost/\S+")


@dataclass(frozen=True)
class Build:
    """What is built, and what it is called."""

    context: Path
    dockerfile: Path
    platform: str
    args: Mapping[str, str]
    target: str | None
    cache_from: Sequence[pulumi.Input[str]]
    secrets: Mapping[str, Mapping[str, Any]]
    push_dockerfile: Path | None
    tag: str
    """Tag of the release: from what was asked for and the content of the tree."""
    variant: str
    """What the docker provider would build again for and is no other release, as a short digest."""


@dataclass(frozen=True)
class ImagePlan:
    """A container image with every default filled in."""

    architecture: str
    keep_releases: int
    severities: Sequence[str]
    """Severities that stop an update; none without a gate."""
    build: Build | None
    """None for an image that is there already."""


def image_plan(who: str, name: str, args: ContainerImageArgs) -> ImagePlan:
    """Arguments to what is built. Raises ArgumentError."""
    one_argument(who, {key: args.get(key) for key in ("context", "image_uri")})
    keep = whole_number(who, "keep_releases", given(args.get("keep_releases"), KEEP_RELEASES), 2, MOST_RELEASES)
    architecture = one_of(who, "architecture", given(args.get("architecture"), ARCHITECTURE), tuple(ARCHITECTURES))
    severities = check_gate(who, args)
    if (uri := args.get("image_uri")) is not None:
        not_with(who, args, "image_uri", [*OF_BUILD, *OF_REPOSITORY], "which takes an image as it is")
        check_image_uri(who, args, uri)
        return ImagePlan(architecture, keep, severities, None)
    check_repository(who, name, args)
    return ImagePlan(architecture, keep, severities, build(who, args, PLATFORMS[architecture]))


def build(who: str, args: ContainerImageArgs, platform: str) -> Build:
    """Arguments to a build and its names."""
    context, path = build_paths(who, args)
    dockerfile = Dockerfile(who, path)
    target, build_args = args.get("target"), given(args.get("build_args"), {})
    secrets, cache_from = given(args.get("build_secrets"), {}), given(args.get("cache_from"), [])
    if target is not None:
        dockerfile.check_target(target)
    dockerfile.check_arguments(build_args)
    dockerfile.check_secrets(secrets)
    push = push_path(who, args, path)
    for index, image in enumerate(cache_from):
        if isinstance(image, str) and not IN_REGISTRY.fullmatch(image):
            rule = f"cache_from[{index}] must be an image with its registry"
            raise ArgumentError(f"{who}: {rule}, got {image!r}; write it like ghcr.io/shop/app:main")
    settings = {"platform": platform, "args": dict(build_args), "target": target, "secrets": sorted(secrets)}
    found = digests(context, path, json.dumps(settings, sort_keys=True))
    # Outputs of other resources have no value yet, and a change of theirs builds nothing again.
    cached = [image if isinstance(image, str) else "" for image in cache_from]
    pushed = digests(push.parent, push, "") if push else None
    paths = [str(it) for it in (context, path, push)]
    watched = json.dumps([found.content, found.modes, paths, cached, pushed and [pushed.content, pushed.modes]])
    return Build(
        context=context,
        dockerfile=path,
        platform=platform,
        args=build_args,
        target=target,
        cache_from=cache_from,
        secrets=secrets,
        push_dockerfile=push,
        tag=RELEASE_PREFIX + found.content[:DIGEST_CHARACTERS],
        variant=hashlib.sha256(watched.encode()).hexdigest()[:VARIANT_CHARACTERS],
    )


def build_paths(who: str, args: ContainerImageArgs) -> tuple[Path, Path]:
    """Context and Dockerfile relative to the program's folder: the docker provider compares paths, on every machine."""
    context = relative(args["context"])
    if not context.is_dir() or not args["context"]:
        fix = "paths are relative to the program's folder"
        raise ArgumentError(f"{who}: context must be an existing folder, got {args['context']!r}; {fix}")
    wanted = args.get("dockerfile")
    dockerfile = relative(wanted) if wanted else context / DOCKERFILE
    if dockerfile.is_file():
        return context, dockerfile
    fix = f"create {dockerfile}"
    if wanted and (context / wanted).is_file():
        fix = f"paths are relative to the program's folder, write {context / wanted}"
    raise ArgumentError(f"{who}: dockerfile must be an existing file, got {str(dockerfile)!r}; {fix}")


def push_path(who: str, args: ContainerImageArgs, dockerfile: Path) -> Path | None:
    """The Dockerfile that pushes what was built with secrets, relative to the program's folder."""
    wanted, secrets = args.get("push_dockerfile"), args.get("build_secrets")
    if wanted is None and not secrets:
        return None
    if wanted is None:
        why = "the docker provider that pushes takes no secrets"
        fix = "create a file with the two lines `ARG IMAGE` and `FROM ${IMAGE}`, such as push/Dockerfile"
        raise ArgumentError(f"{who}: build_secrets needs push_dockerfile, got none; {why}, {fix}")
    if not secrets:
        raise ArgumentError(f"{who}: push_dockerfile needs build_secrets, got none; remove it")
    not_with(who, args, "build_secrets", ["cache_from"], "whose builder logs in to no registry")
    own_ignore = dockerfile.with_name(dockerfile.name + IGNORE_FILE)
    if own_ignore.is_file():
        rule = f"build_secrets reads {IGNORE_FILE} of the context and no other"
        raise ArgumentError(f"{who}: {rule}, got {str(own_ignore)!r}; move it there")
    context = relative(args["context"])
    inside = os.path.relpath(dockerfile, context)
    if is_ignored(inside, ignore_patterns(context, dockerfile)):
        rule = f"build_secrets needs the Dockerfile in the build, got a {IGNORE_FILE} that leaves {inside} out"
        raise ArgumentError(f"{who}: {rule}; add the line !{inside}")
    path = relative(wanted)
    if not path.is_file():
        raise ArgumentError(f"{who}: push_dockerfile must be an existing file, got {wanted!r}; create it")
    check_push_dockerfile(who, path)
    return path


def relative(path: str) -> Path:
    """A path of the caller's, relative to the program's folder."""
    return Path(os.path.relpath(path or os.curdir))


def check_gate(who: str, args: ContainerImageArgs) -> Sequence[str]:
    """Severities that stop an update, worst first."""
    lowest, accepted = args.get("fail_on_severity"), given(args.get("accepted_findings"), [])
    if lowest is None:
        if accepted:
            raise ArgumentError(f"{who}: accepted_findings needs fail_on_severity, got none; set it, or remove them")
        return ()
    distinct(who, "accepted_findings", accepted)
    return SEVERITIES[: SEVERITIES.index(one_of(who, "fail_on_severity", lowest, SEVERITIES)) + 1]


def check_image_uri(who: str, args: ContainerImageArgs, uri: pulumi.Input[str]) -> None:
    """An image by digest; an output is believed."""
    if isinstance(uri, str) and not BY_DIGEST.fullmatch(uri):
        fix = "write it like registry/name@sha256:..., a tag may mean another image tomorrow"
        raise ArgumentError(f"{who}: image_uri must name its image by digest, got {uri!r}; {fix}")
    host = uri.partition("/")[0] if isinstance(uri, str) else ""
    if host and args.get("fail_on_severity") and not (ECR_HOST.fullmatch(host) or on_this_machine(host)):
        raise ArgumentError(f"{who}: fail_on_severity needs an image in ECR, got {uri!r}; remove it, or copy the image")


def check_repository(who: str, name: str, args: ContainerImageArgs) -> None:
    """A repository of its own, or another one's with nothing that only its owner may set."""
    url = args.get("repository_url")
    if url is not None:
        not_with(who, args, "repository_url", OF_REPOSITORY, "whose settings are its owner's")
        if isinstance(url, str) and not REPOSITORY_URL.fullmatch(url):
            fix = "write it like 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/app"
            raise ArgumentError(f"{who}: repository_url must be a registry and a name, without tag, got {url!r}; {fix}")
        return
    if not name.islower() or not name.replace("-", "").isalnum() or not name.isascii() or not name[0].isalpha():
        rule = "the name must be lower-case letters, digits and hyphens and start with a letter"
        raise ArgumentError(f"{who}: {rule}, got {name!r}")
    if len(name) > LONGEST_NAME:
        raise ArgumentError(f"{who}: the name must be at most {LONGEST_NAME} characters, got {len(name)}")
    aws_arn(who, "kms_key_arn", args.get("kms_key_arn"), "kms", "a KMS key")
    each(who, "pull_account_ids", given(args.get("pull_account_ids"), []), account_id)
