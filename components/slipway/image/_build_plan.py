"""Checked arguments of a build, and its tag: a digest of its arguments and files.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from slipway.common import Arguments

from ._build_context import digests, owner_only
from ._build_secrets import BuildSecret, build_secrets, push_dockerfile
from ._dockerfile import Dockerfile
from ._program_paths import program_path, provider_path

DOCKERFILE = "Dockerfile"
PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
RELEASE_PREFIX = "release-"
DIGEST_CHARACTERS = 32
VARIANT_CHARACTERS = 8
NAMED_FILES = 3  # in a sentence
IN_REGISTRY = re.compile(r"[^/\s]*[.:][^/\s]*/\S+|localhost/\S+")


@dataclass(frozen=True)
class BuildPlan:
    """A build's arguments, with every default filled in."""

    context: Path
    dockerfile: Path
    platform: str
    args: Mapping[str, str]
    target: str | None
    cache_from: Sequence[pulumi.Input[str]]
    secrets: Sequence[BuildSecret]
    push_dockerfile: Path | None
    tag: str
    """Tag of the release: `release-` and a digest of arguments and content."""
    variant: str
    """Short digest of everything that makes the docker provider build again. The tag covers less."""
    warning: str | None
    """Sentence on files that the image's user cannot read."""


def build_plan(arguments: Arguments, architecture: str) -> BuildPlan:
    """Check the arguments of a build, and read the files. Raises ArgumentError."""
    context, path = build_paths(arguments)
    dockerfile = Dockerfile(arguments, path)
    dockerfile.check_target()
    dockerfile.check_arguments()
    dockerfile.check_bases()
    dockerfile.check_secrets()
    secrets, push = build_secrets(arguments), push_dockerfile(arguments, context, path)
    target, args = arguments.optional_text("target"), arguments.text_map("build_args")
    cache_from = checked_cache(arguments)
    settings = {
        "platform": PLATFORMS[architecture],
        "args": dict(args),
        "target": target,
        "secrets": [secret.id for secret in secrets],
    }
    build = digests(context, path, json.dumps(settings, sort_keys=True))
    # Outputs of other resources have no value yet, and their changes cause no build.
    cache_names = [image if isinstance(image, str) else "" for image in cache_from]
    push_build = digests(push.parent, push, "") if push else None
    variant = [
        build.content,
        build.modes,
        [str(each and provider_path(each)) for each in (context, path, push)],
        cache_names,
        push_build and [push_build.content, push_build.modes],
    ]
    return BuildPlan(
        context=context,
        dockerfile=path,
        platform=PLATFORMS[architecture],
        args=args,
        target=target,
        cache_from=cache_from,
        secrets=secrets,
        push_dockerfile=push,
        tag=RELEASE_PREFIX + build.content[:DIGEST_CHARACTERS],
        variant=hashlib.sha256(json.dumps(variant).encode()).hexdigest()[:VARIANT_CHARACTERS],
        warning=None if dockerfile.sets_modes else unreadable(owner_only(context, path), context),
    )


def unreadable(files: Sequence[str], context: Path) -> str | None:
    """Sentence on files for their owner alone; none without any. COPY keeps a mode, and makes root the owner."""
    if not files:
        return None
    named = ", ".join(files[:NAMED_FILES])
    more = f" and {len(files) - NAMED_FILES} more" if len(files) > NAMED_FILES else ""
    verb = "is" if len(files) == 1 else "are"
    return (
        f"{named}{more} in {context} {verb} readable by the owner alone, and a task whose user is not root ends with "
        f"PermissionError; run `chmod -R a+rX {context}`, or write RUN chmod after COPY in the Dockerfile"
    )


def build_paths(arguments: Arguments) -> tuple[Path, Path]:
    """Context and Dockerfile, relative to the program's folder."""
    text, dockerfile_text = arguments.text("context"), arguments.text("dockerfile")
    context = program_path(text)
    if not context.is_dir():
        fix = "paths are relative to the program's folder"
        raise arguments.error("context", f"must be an existing folder, got {text!r}; {fix}")
    dockerfile = program_path(dockerfile_text) if dockerfile_text else context / DOCKERFILE
    if dockerfile.is_file():
        return context, dockerfile
    fix = f"create {dockerfile}"
    if dockerfile_text and (context / dockerfile_text).is_file():
        fix = f"paths are relative to the program's folder, write {context / dockerfile_text}"
    raise arguments.error("dockerfile", f"must be an existing file, got {str(dockerfile)!r}; {fix}")


def checked_cache(arguments: Arguments) -> Sequence[pulumi.Input[str]]:
    """Images of cache_from, each with its registry; outputs pass unread."""
    images = arguments.inputs("cache_from")
    for index, image in enumerate(images):
        if isinstance(image, str) and not IN_REGISTRY.fullmatch(image):
            rule = f"must be an image with its registry, got {image!r}"
            raise arguments.error(f"cache_from[{index}]", f"{rule}; write it like ghcr.io/shop/app:main")
    return images
