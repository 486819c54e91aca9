"""Image repositories, whose images live in the registry that stands for ECR."""

import base64
import datetime
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import ACCOUNT, Scope
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.services.lookup import shaped
from slipway_sandbox.registry import repositories

ARN = {"resourceArn": "arn:aws:ecr:{region}:{account}:repository/{id}"}
TOKEN_HOURS = 12
# No word of a build: progress has secrets taken out of it.
PASSWORD = "not-asked-for"  # noqa: S105 - the registry on this machine asks for none


def delete_repository(scope: Scope) -> None:
    """Deletes the repository; with forceDelete its images in the registry too, else only an empty one."""
    tags = repositories.tags(scope.cloud.registry, scope.id)
    if tags and not scope.state.get("forceDelete"):
        raise AwsError(
            "DeleteRepository",
            "RepositoryNotEmptyException",
            f"The repository with name '{scope.id}' in registry with id '{ACCOUNT}' cannot be deleted because it still "
            "contains images",
        )
    scope.call("delete_repository", repositoryName=scope.id, force=True)
    repositories.delete_images(scope.cloud.registry, scope.id, tags)


def get_authorization_token(scope: Scope) -> Mapping[str, Any]:
    """Credentials for the registry that stands for ECR."""
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=TOKEN_HOURS)
    return {
        "id": scope.region,
        "authorizationToken": base64.b64encode(f"AWS:{PASSWORD}".encode()).decode(),
        "expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "password": PASSWORD,
        "proxyEndpoint": f"http://{scope.cloud.registry}",
        "registryId": ACCOUNT,
        "userName": "AWS",
    }


def get_repository(scope: Scope) -> Mapping[str, Any]:
    """The repository by name."""
    name = scope.inputs["name"]
    found = scope.call("describe_repositories", repositoryNames=[name])["repositories"][0]
    listed = scope.call("list_tags_for_resource", resourceArn=found["repositoryArn"])["tags"]
    return {
        "id": name,
        "name": name,
        "arn": found["repositoryArn"],
        "registryId": ACCOUNT,
        "repositoryUrl": f"{scope.cloud.registry}/{name}",
        "imageTagMutability": found["imageTagMutability"],
        "imageScanningConfigurations": [found["imageScanningConfiguration"]],
        "encryptionConfigurations": [found["encryptionConfiguration"]],
        "mostRecentImageTags": [],
        "tags": {tag["Key"]: tag["Value"] for tag in listed},
    }


def get_images(scope: Scope) -> Mapping[str, Any]:
    """Tags and digests of the images of a repository, as the registry that stands for ECR has them."""
    name = scope.inputs["repositoryName"]
    scope.call("describe_repositories", repositoryNames=[name])  # refuses one that does not exist
    registry = scope.cloud.registry
    found = [(tag, repositories.digest(registry, name, tag)) for tag in repositories.tags(registry, name)]
    return {
        "id": name,
        "region": scope.region,
        "repositoryName": name,
        "registryId": ACCOUNT,
        "imageIds": [{"imageTag": tag, "imageDigest": digest} for tag, digest in found if digest],
    }


def get_image(scope: Scope) -> Mapping[str, Any]:
    """The image by tag or digest; with mostRecent the only one that there is."""
    registry, repository = scope.cloud.registry, scope.inputs["repositoryName"]
    scope.call("describe_repositories", repositoryNames=[repository])
    tags = repositories.tags(registry, repository)
    reference = scope.inputs.get("imageDigest") or scope.inputs.get("imageTag")
    asked = [reference] if reference else tags
    digests = {repositories.digest(registry, repository, each) for each in asked} - {None}
    if not digests:
        raise ProviderError(f"there is no image {reference or ''} in {repository}; push it first".replace("  ", " "))
    if len(digests) > 1:
        raise ProviderError(f"{len(digests)} images are in {repository}; say which by imageTag or imageDigest")
    digest = str(digests.pop())
    return shaped(
        scope,
        "ecr.GetImageResult",
        {
            "id": digest,
            "imageDigest": digest,
            "imageTags": [tag for tag in tags if repositories.digest(registry, repository, tag) == digest],
            "imageUri": f"{registry}/{repository}@{digest}",
            "registryId": ACCOUNT,
        },
    )


RESOURCES = (
    Resource(
        "aws:ecr/repository:Repository",
        "ecr",
        create=Call("create_repository", reply="repository"),
        id="repositoryName",
        read=(Call("describe_repositories", {"repositoryNames": ["{id}"]}, reply="repositories[0]"),),
        updates=(
            Update("imageScanningConfiguration", Call("put_image_scanning_configuration", {"repositoryName": "{id}"})),
            Update(
                "imageTagMutability imageTagMutabilityExclusionFilters",
                Call("put_image_tag_mutability", {"repositoryName": "{id}"}),
            ),
        ),
        delete=delete_repository,
        tags=Tags(
            add=Call("tag_resource", ARN),
            remove=Call("untag_resource", ARN),
            read=Call("list_tags_for_resource", ARN, reply="tags"),
        ),
        autoname=Autoname(length_limit=256, lower_case=True),
        computed={"repositoryUrl": "{registry}/{id}"},
        defaults={"imageTagMutability": "MUTABLE"},
        echoed="forceDelete",
        immutable={"a repository keeps its name and its encryption": "name encryptionConfigurations"},
    ),
    Resource(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "ecr",
        create=Call("put_lifecycle_policy"),
        id="{repository}",
        read=(Call("get_lifecycle_policy", {"repositoryName": "{id}"}),),
        delete=Call("delete_lifecycle_policy", {"repositoryName": "{id}"}),
        names={"repository": "repositoryName", "policy": "lifecyclePolicyText"},
        documents="policy",
        immutable={"a policy belongs to one repository": "repository", "the real provider makes it anew": "policy"},
        exclusive=True,  # a repository has one
    ),
    Resource(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "ecr",
        create=Call("set_repository_policy"),
        id="{repository}",
        read=(Call("get_repository_policy", {"repositoryName": "{id}"}),),
        updates=(Update("policy", Call("set_repository_policy", {"repositoryName": "{id}"})),),
        delete=Call("delete_repository_policy", {"repositoryName": "{id}"}),
        names={"repository": "repositoryName", "policy": "policyText"},
        documents="policy",
        immutable={"a policy belongs to one repository": "repository"},
    ),
)
FUNCTIONS = (
    Function("aws:ecr/getAuthorizationToken:getAuthorizationToken", "ecr", get_authorization_token),
    Function("aws:ecr/getImages:getImages", "ecr", get_images),
    Function("aws:ecr/getImage:getImage", "ecr", get_image),
    Function("aws:ecr/getRepository:getRepository", "ecr", get_repository),
)
