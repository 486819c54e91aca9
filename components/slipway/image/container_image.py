"""Container image: built from a folder and pushed to a private ECR repository, or an existing one; always by digest.

Every release has a build resource of its own, because an immutable tag can be pushed only once. An existing tag is used as
it is: another stack, a killed deployment or an earlier update may have pushed it.
ADR 0005 describes the two docker providers.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

import pulumi
import pulumi_docker as docker
from pulumi_aws import ecr

from slipway.common import Arguments, Context, text_output
from slipway.hooks import Gate, scanned

from ._build_plan import BuildPlan
from ._build_secrets import PUSH_ARGUMENT
from ._image_args import ContainerImageArgs
from ._image_plan import NewImage, image_plan
from ._image_repository import Repository, RepositorySpec, existing_repository, new_repository, pushed_digest
from ._program_paths import program_path, provider_path

INLINE_CACHE = {"BUILDKIT_INLINE_CACHE": "1"}  # lets cache_from of later builds reuse the image's layers


class ContainerImage(pulumi.ComponentResource):
    """An image built from a folder, in an ECR repository with immutable tags, scan on push and a lifecycle policy.

    The tag is a digest of the files that the build can see, so an unchanged tree is no change on any machine. A changed
    tree is built and pushed during the update; a preview builds nothing.

    Example::

        import pulumi
        from slipway import ContainerImage

        image = ContainerImage("app", {"context": "app", "architecture": "arm64"})
        pulumi.export("imageUri", image.image_uri)

    Raises ArgumentError on a missing folder or Dockerfile, a target, build argument or secret unknown to the Dockerfile, an
    architecture without Fargate, an image without a digest, and settings of somebody else's repository.
    """

    image_uri: pulumi.Output[str]
    """Image by digest, for a service's `image`."""
    repository_url: pulumi.Output[str]
    """URL of the repository, without tag or digest."""
    repository_arn: pulumi.Output[str | None]
    """ARN of the repository; none with image_uri."""
    architecture: pulumi.Output[str]
    """Processor of the image, for a service's `architecture`."""

    def __init__(self, name: str, args: ContainerImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("ContainerImage", name, args, ContainerImageArgs)
        plan = image_plan(arguments, name)
        super().__init__("slipway:index:ContainerImage", name, recorded_args(args), opts)
        context = Context(arguments.who, name, arguments.tags(), pulumi.ResourceOptions(parent=self))
        if isinstance(plan.image, NewImage):
            if warning := plan.image.build.warning:
                pulumi.log.warn(f"{context.who}: {warning}", resource=self)
            repository = image_repository(context, plan.image)
            self.image_uri = pushed_image(context, plan.image.build, repository)
            self.repository_url = repository.url
            self.repository_arn = repository.arn.apply(lambda arn: arn)
        else:
            self.image_uri = text_output(arguments.who, "image_uri", plan.image)
            self.repository_url = self.image_uri.apply(lambda uri: uri.partition("@")[0])
            self.repository_arn = pulumi.Output.from_input(None)
        if plan.severities:
            self.image_uri = scanned(
                context, self.image_uri, Gate(plan.severities, plan.accepted_findings, plan.scan_role_arn)
            )
        self.architecture = pulumi.Output.from_input(plan.architecture)
        self.register_outputs(
            {
                "imageUri": self.image_uri,
                "repositoryUrl": self.repository_url,
                "repositoryArn": self.repository_arn,
                "architecture": self.architecture,
            }
        )


def recorded_args(args: ContainerImageArgs) -> dict[str, object]:
    """The arguments with the provider's paths, which are the same on every machine."""
    paths = {name: args[name] for name in ("context", "dockerfile", "push_dockerfile") if args.get(name)}
    return {**args, **{name: str(provider_path(program_path(path))) for name, path in paths.items()}}


def image_repository(context: Context, image: NewImage) -> Repository:
    """The repository to push to: a new one, or the existing one."""
    if isinstance(image.repository, RepositorySpec):
        return new_repository(context, image.repository, image.build.tag)
    return existing_repository(context, image.repository)


def pushed_image(context: Context, build: BuildPlan, repository: Repository) -> pulumi.Output[str]:
    """The release by digest, built and pushed unless the repository has its tag."""
    digest = pushed_digest(context, repository, build.tag)
    login = ecr.get_authorization_token_output(
        registry_id=repository.registry_id, region=repository.region, opts=context.lookup
    )
    image = docker.Image(
        f"{context.name}-{build.variant}",
        image_name=pulumi.Output.concat(repository.url, ":", build.tag),
        build=build_with_secrets(context, build, repository) if build.secrets else build_from_context(build),
        # Known even in the preview that creates the repository: the docker provider panics on an unknown value.
        skip_push=digest.apply(lambda value: isinstance(value, str) and value != "", run_with_unknowns=True),
        # The token is new in every run; the docker provider leaves user name and password out of its diff.
        registry={
            "server": repository.url.apply(lambda url: url.split("/")[0]),
            "username": login.user_name,
            "password": pulumi.Output.secret(login.password),
        },
        opts=pulumi.ResourceOptions(
            parent=context.child.parent,
            # From the second run on, the repository has the tag from this very release.
            ignore_changes=["skipPush", *(["build.cacheFrom"] if build.cache_from else [])],
            aliases=[pulumi.Alias(name=context.name)],
        ),
    )
    return pulumi.Output.all(repository.url, digest, image.repo_digest, image.urn).apply(
        lambda values: by_digest(values[0], values[1], values[2], values[3])
    )


def build_from_context(build: BuildPlan) -> docker.DockerBuildArgsDict:
    """A build and push by one docker provider."""
    arguments: docker.DockerBuildArgsDict = {
        "context": str(provider_path(build.context)),
        "dockerfile": str(provider_path(build.dockerfile)),
        "platform": build.platform,
        "args": {**build.args, **(INLINE_CACHE if build.cache_from else {})},
    }
    if build.target is not None:
        arguments["target"] = build.target
    if build.cache_from:
        arguments["cache_from"] = {"images": build.cache_from}
    return arguments


def build_with_secrets(context: Context, build: BuildPlan, repository: Repository) -> docker.DockerBuildArgsDict:
    """A build with secrets as a resource of its own, and the build for its push."""
    arguments: docker.RemoteImageBuildArgsDict = {
        "context": str(provider_path(build.context)),
        "dockerfile": str(provider_path(build.dockerfile)),
        "platform": build.platform,
        "build_args": build.args,
        "secrets": [
            {"id": secret.id, "src": secret.file} if secret.file else {"id": secret.id, "env": secret.env or ""}
            for secret in build.secrets
        ],
    }
    if build.target is not None:
        arguments["target"] = build.target
    # A name in the repository whose tag is never pushed, so nobody can put another image there to be pulled.
    local_name = pulumi.Output.concat(repository.url, ":build-", build.tag)
    image = docker.RemoteImage(
        f"{context.name}-build-{build.variant}", name=local_name, build=arguments, opts=context.child
    )
    dockerfile = build.push_dockerfile or build.dockerfile
    return {
        "context": str(provider_path(dockerfile.parent)),
        "dockerfile": str(provider_path(dockerfile)),
        "platform": build.platform,
        "args": {PUSH_ARGUMENT: image.name},
    }


def by_digest(url: str, existing: str, built: str, urn: str) -> str:
    """The repository's image under the tag, otherwise the one pushed now. Raises RunError when both are gone."""
    if existing:
        return f"{url}@{existing}"
    if "@" not in built:
        # Built for an existing tag, so never pushed; since then, somebody deleted the image.
        raise pulumi.RunError(f"{url} no longer has the image of this release; run `pulumi up --replace '{urn}'`")
    return built
