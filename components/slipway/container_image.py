"""Image built from a folder and pushed to a private ECR repository of its own, referenced by digest.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi
import pulumi_docker as docker
from pulumi_aws import ecr

from ._build_context import digest
from ._checks import ArgumentError, check_keys, given, one_of, whole_number
from ._tags import named

DOCKERFILE = "Dockerfile"
X86_64, ARM64 = "x86_64", "arm64"
DOCKER_PLATFORMS = {X86_64: "linux/amd64", ARM64: "linux/arm64"}
KEEP_RELEASES = 20
MOST_RELEASES = 1000
RELEASE_PREFIX = "release-"
DIGEST_CHARACTERS = 32
UNTAGGED_DAYS = 14
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-create.html: lower case, 2-256 characters
LONGEST_NAME = 248


class ContainerImageArgs(TypedDict):
    """Arguments of ContainerImage."""

    context: str
    """Folder to build, relative to the program's; its .dockerignore is honoured."""
    dockerfile: NotRequired[str]
    """Path of the Dockerfile, relative to the program's folder. Default: Dockerfile inside context."""
    target: NotRequired[str]
    """Stage of the Dockerfile to build. Default: the last one."""
    build_args: NotRequired[Mapping[str, str]]
    """Values for the Dockerfile's ARG lines; they stay readable in the image, so no secrets. Default: none."""
    architecture: NotRequired[str]
    """Processor to build for, x86_64 or arm64; the same as the service's. Default: x86_64."""
    keep_releases: NotRequired[int]
    """Latest releases that the repository keeps, 2-1000; what is live is among them. Default: 20."""
    force_delete: NotRequired[bool]
    """Delete the repository even while it holds images. Default: false, it then has to be emptied first."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on the repository. Default: a Name, and the provider's own."""


class ContainerImage(pulumi.ComponentResource):
    """A repository with immutable tags, scan on push and a lifecycle policy, and the image built and pushed to it.

    The tag comes from what the build can see, so an unchanged tree is no change on any machine. When the tree changes,
    deploy builds and pushes; preview builds nothing.

    Raises ArgumentError on a missing folder or Dockerfile, an architecture that Fargate does not have, or a number of
    releases outside its bounds.
    """

    image_uri: pulumi.Output[str]
    """The pushed image by digest, to run."""
    repository_url: pulumi.Output[str]
    """Repository without tag or digest."""
    repository_arn: pulumi.Output[str]
    """ARN of the repository."""
    architecture: pulumi.Output[str]
    """Processor that the image runs on, for the service that takes it."""

    def __init__(self, name: str, args: ContainerImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"ContainerImage {name!r}"
        check_keys(who, args, ContainerImageArgs)
        check_repository_name(who, name)
        keep = whole_number(who, "keep_releases", given(args.get("keep_releases"), KEEP_RELEASES), 2, MOST_RELEASES)
        architecture = one_of(who, "architecture", given(args.get("architecture"), X86_64), (X86_64, ARM64))
        context, dockerfile = build_paths(who, args)
        build: docker.DockerBuildArgsDict = {
            "context": str(context),
            "dockerfile": str(dockerfile),
            "platform": DOCKER_PLATFORMS[architecture],
            "args": given(args.get("build_args"), {}),
        }
        if (target := args.get("target")) is not None:
            build["target"] = target
        tag = RELEASE_PREFIX + digest(context, dockerfile, json.dumps(build, sort_keys=True))[:DIGEST_CHARACTERS]
        super().__init__("slipway:index:ContainerImage", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        repository = ecr.Repository(
            name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS"}],
            force_delete=given(args.get("force_delete"), False),
            tags=named(name, args.get("tags")),
            opts=child,
        )
        ecr.LifecyclePolicy(name, repository=repository.name, policy=lifecycle(keep), opts=child)
        login = ecr.get_authorization_token_output(opts=pulumi.InvokeOutputOptions(parent=self))
        image = docker.Image(
            name,
            image_name=pulumi.Output.concat(repository.repository_url, ":", tag),
            build=build,
            # The token is new at every run; the docker provider leaves user name and password out of its diff.
            registry={
                "server": repository.repository_url.apply(lambda url: url.split("/")[0]),
                "username": login.user_name,
                "password": pulumi.Output.secret(login.password),
            },
            opts=child,
        )
        self.image_uri = image.repo_digest
        self.repository_url = repository.repository_url
        self.repository_arn = repository.arn
        self.architecture = pulumi.Output.from_input(architecture)
        self.register_outputs(
            {
                "imageUri": self.image_uri,
                "repositoryUrl": self.repository_url,
                "repositoryArn": self.repository_arn,
                "architecture": self.architecture,
            }
        )


def check_repository_name(who: str, name: str) -> None:
    """A name that ECR takes with Pulumi's suffix."""
    if not name.islower() or not name.replace("-", "").isalnum() or not name.isascii() or not name[0].isalpha():
        rule = "the name must be lower-case letters, digits and hyphens and start with a letter"
        raise ArgumentError(f"{who}: {rule}, got {name!r}")
    if len(name) > LONGEST_NAME:
        raise ArgumentError(f"{who}: the name must be at most {LONGEST_NAME} characters, got {len(name)}")


def build_paths(who: str, args: ContainerImageArgs) -> tuple[Path, Path]:
    """Context and Dockerfile relative to the program's folder: the docker provider compares paths, on every machine."""
    context = Path(os.path.relpath(args["context"]))
    if not context.is_dir():
        fix = "paths are relative to the program's folder"
        raise ArgumentError(f"{who}: context must be an existing folder, got {args['context']!r}; {fix}")
    wanted = args.get("dockerfile")
    dockerfile = Path(os.path.relpath(wanted)) if wanted else context / DOCKERFILE
    if dockerfile.is_file():
        return context, dockerfile
    fix = f"create {dockerfile}"
    if wanted and (context / wanted).is_file():
        fix = f"paths are relative to the program's folder, write {context / wanted}"
    raise ArgumentError(f"{who}: dockerfile must be an existing file, got {str(dockerfile)!r}; {fix}")


def lifecycle(keep: int) -> str:
    """Lifecycle policy that keeps the latest releases, and removes what lost its tag after two weeks."""
    releases = {"tagStatus": "tagged", "tagPrefixList": [RELEASE_PREFIX], "countType": "imageCountMoreThan"}
    untagged = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days"}
    rules = [
        {"description": f"Keep the latest {keep} releases", "selection": {**releases, "countNumber": keep}},
        {
            "description": f"Remove untagged images after {UNTAGGED_DAYS} days",
            "selection": {**untagged, "countNumber": UNTAGGED_DAYS},
        },
    ]
    numbered = [
        {"rulePriority": number, **rule, "action": {"type": "expire"}} for number, rule in enumerate(rules, start=1)
    ]
    return json.dumps({"rules": numbered})
