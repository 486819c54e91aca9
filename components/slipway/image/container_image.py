"""Image built from a folder and pushed to a private ECR repository, or one that is there already; always by digest.

A build is a resource of its own for every release, since an immutable tag can be pushed only once: a tag that is taken (by
a deployment that was killed, by another stack, by the release that a rollback returns to) is used as it is.
What builds and what pushes: ADR 0005.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

import pulumi
import pulumi_docker as docker
from pulumi_aws import ecr

from slipway.common import check_keys
from slipway.dynamic import scanned

from ._dockerfile import PUSH_ARGUMENT
from ._image_args import ContainerImageArgs
from ._image_plan import Build, image_plan
from ._image_repository import Repository, existing_repository, own_repository, released

INLINE_CACHE = {"BUILDKIT_INLINE_CACHE": "1"}  # what makes an image's layers usable to cache_from


class ContainerImage(pulumi.ComponentResource):
    """A repository with immutable tags, scan on push and a lifecycle policy, and the image built and pushed to it.

    The tag comes from what the build can see, so an unchanged tree is no change on any machine. When the tree changes,
    deploy builds and pushes; preview builds nothing.

    Raises ArgumentError on a missing folder or Dockerfile, what no line of the Dockerfile would use, an architecture that
    Fargate does not have, an image that is not named by digest, or what only the owner of a repository may set.
    """

    image_uri: pulumi.Output[str]
    """The image by digest, to run."""
    repository_url: pulumi.Output[str]
    """Repository without tag or digest."""
    repository_arn: pulumi.Output[str | None]
    """ARN of the repository; none with image_uri."""
    architecture: pulumi.Output[str]
    """Processor that the image runs on, for the service that takes it."""

    def __init__(self, name: str, args: ContainerImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"ContainerImage {name!r}"
        check_keys(who, args, ContainerImageArgs)
        made_of = image_plan(who, name, args)
        super().__init__("slipway:index:ContainerImage", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        self.repository_arn = pulumi.Output.from_input(None)
        if made_of.build is None:
            self.image_uri = pulumi.Output.from_input(args["image_uri"])
            self.repository_url = self.image_uri.apply(lambda uri: uri.partition("@")[0])
        else:
            url, tag = args.get("repository_url"), made_of.build.tag
            if url is None:
                repository = own_repository(name, args, tag, made_of.keep_releases, child)
            else:
                repository = existing_repository(url, child)
            self.image_uri = pushed(name, made_of.build, repository, child)
            self.repository_url, self.repository_arn = repository.url, repository.arn
        if made_of.severities:
            accepted = args.get("accepted_findings") or []
            self.image_uri = scanned(who, name, self.image_uri, made_of.severities, accepted, child)
        self.architecture = pulumi.Output.from_input(made_of.architecture)
        self.register_outputs(
            {
                "imageUri": self.image_uri,
                "repositoryUrl": self.repository_url,
                "repositoryArn": self.repository_arn,
                "architecture": self.architecture,
            }
        )


def pushed(name: str, build: Build, repository: Repository, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Build a release and push it, unless its tag is taken; the image by digest."""
    digest = released(repository, build.tag, child)
    login = ecr.get_authorization_token_output(
        registry_id=repository.registry_id,
        region=repository.region,
        opts=pulumi.InvokeOutputOptions(parent=child.parent),
    )
    image = docker.Image(
        f"{name}-{build.variant}",
        image_name=pulumi.Output.concat(repository.url, ":", build.tag),
        build=from_secrets(name, build, repository, child) if build.secrets else from_context(build),
        # Known even in the preview that makes the repository: the docker provider ends in a panic where it is not.
        skip_push=digest.apply(lambda found: isinstance(found, str) and found != "", run_with_unknowns=True),
        # The token is new at every run; the docker provider leaves user name and password out of its diff.
        registry={
            "server": repository.url.apply(lambda url: url.split("/")[0]),
            "username": login.user_name,
            "password": pulumi.Output.secret(login.password),
        },
        opts=pulumi.ResourceOptions(
            parent=child.parent,
            # From the second run on the tag is taken by this very release.
            ignore_changes=["skipPush", *(["build.cacheFrom"] if build.cache_from else [])],
            aliases=[pulumi.Alias(name=name)],
        ),
    )
    return pulumi.Output.all(repository.url, digest, image.repo_digest, image.urn).apply(
        lambda values: by_digest(values[0], values[1], values[2], values[3])
    )


def from_context(build: Build) -> docker.DockerBuildArgsDict:
    """What the docker provider builds and pushes in one."""
    made: docker.DockerBuildArgsDict = {
        "context": str(build.context),
        "dockerfile": str(build.dockerfile),
        "platform": build.platform,
        "args": {**build.args, **(INLINE_CACHE if build.cache_from else {})},
    }
    if build.target is not None:
        made["target"] = build.target
    if build.cache_from:
        made["cache_from"] = {"images": build.cache_from}
    return made


def from_secrets(
    name: str, build: Build, repository: Repository, child: pulumi.ResourceOptions
) -> docker.DockerBuildArgsDict:
    """What pushes an image that was built with secrets: see ADR 0005."""
    made: docker.RemoteImageBuildArgsDict = {
        "context": str(build.context),
        "dockerfile": str(build.dockerfile),
        "platform": build.platform,
        "build_args": build.args,
        "secrets": [
            {"id": key, "src": source["file"]} if source.get("file") else {"id": key, "env": source["env"]}
            for key, source in sorted(build.secrets.items())
        ],
    }
    if build.target is not None:
        made["target"] = build.target
    # Named in the repository, where this tag never is: nobody else's image can be pulled by the name.
    local = pulumi.Output.concat(repository.url, ":build-", build.tag)
    image = docker.RemoteImage(f"{name}-build-{build.variant}", name=local, build=made, opts=child)
    push = build.push_dockerfile or build.dockerfile
    return {
        "context": str(push.parent),
        "dockerfile": str(push),
        "platform": build.platform,
        "args": {PUSH_ARGUMENT: image.name},
    }


def by_digest(url: str, taken: str, built: str, urn: str) -> str:
    """The image that the registry has under the tag, else what was pushed now."""
    if taken:
        return f"{url}@{taken}"
    if "@" not in built:
        # It was built for a tag that was taken, and the image is gone since: with its repository, or by hand.
        raise pulumi.RunError(f"{url} no longer has the image of this release; run `pulumi up --replace '{urn}'`")
    return built
