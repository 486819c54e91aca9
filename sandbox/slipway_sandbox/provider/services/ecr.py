"""Image repositories; their images are in the sandbox's own registry."""

import base64
import datetime

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Tags, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import json_text
from slipway_sandbox.provider.properties.mapping import as_map
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.lookup import shaped
from slipway_sandbox.registry import repositories

ARN = {"resourceArn": "arn:aws:ecr:{region}:{account}:repository/{id}"}
TOKEN_HOURS = 12
# Not a word of any build: the progress display hides secrets.
PASSWORD = "not-asked-for"  # noqa: S105 - the registry on this machine asks for none


def lifecycle(value: Value) -> Value:
    """A lifecycle policy in one spelling: rules by priority, sorted tags, and no keys that the real provider does not know.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecr/lifecycle_policy.go
    """

    def read(document: Value) -> Value:
        rules = blocks(json_text.members(document, ("rules",)), "rules")
        return json_text.spelled(sorted((_lifecycle_rule(rule) for rule in rules), key=json_text.spelled))

    return json_text.parsed(value, read)


def _lifecycle_rule(rule: Properties) -> dict[str, Value]:
    parts = json_text.members(rule, ("rulePriority", "description", "selection", "action"))
    tags = ("tagPatternList", "tagPrefixList")
    counts = ("tagStatus", "storageClass", "countType", "countUnit", "countNumber")
    selection = json_text.members(parts.get("selection"), (*tags, *counts))
    selection |= {name: sorted(texts(selection, name)) or None for name in tags}
    parts["selection"] = {name: value for name, value in selection.items() if value is not None}
    parts["action"] = json_text.members(parts.get("action"), ("type", "targetStorageClass"))
    return parts


def delete_repository(scope: Scope) -> None:
    """Deletes an empty repository; with forceDelete any one, with its images in the registry."""
    tags = repositories.tags(scope.cloud.registry, scope.id)
    if tags and not scope.state.get("forceDelete"):
        raise AwsError(
            "DeleteRepository",
            "RepositoryNotEmptyException",
            f"The repository with name '{scope.id}' in registry with id '{scope.account}' cannot be deleted because it still "
            "contains images",
        )
    repositories.delete_images(scope.cloud.registry, scope.id, tags)
    scope.call("delete_repository", repositoryName=scope.id, force=True)


def get_authorization_token(scope: Scope) -> Properties:
    """Credentials for the sandbox's registry."""
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=TOKEN_HOURS)
    return {
        "id": scope.region,
        "authorizationToken": base64.b64encode(f"AWS:{PASSWORD}".encode()).decode(),
        "expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "password": PASSWORD,
        "proxyEndpoint": f"http://{scope.cloud.registry}",
        "registryId": scope.account,
        "userName": "AWS",
    }


def get_repository(scope: Scope) -> Properties:
    """The repository by name."""
    name = text(scope.inputs, "name")
    [repository] = blocks(scope.call("describe_repositories", repositoryNames=[name]), "repositories")
    arn = repository["repositoryArn"]
    return {
        "id": name,
        "name": name,
        "arn": arn,
        "registryId": scope.account,
        "repositoryUrl": f"{scope.cloud.registry}/{name}",
        "imageTagMutability": repository["imageTagMutability"],
        "imageScanningConfigurations": [repository["imageScanningConfiguration"]],
        "encryptionConfigurations": [repository["encryptionConfiguration"]],
        "mostRecentImageTags": [],
        "tags": as_map(scope.call("list_tags_for_resource", resourceArn=arn)["tags"]),
    }


def get_images(scope: Scope) -> Properties:
    """Tags and digests of the images in a repository."""
    name = text(scope.inputs, "repositoryName")
    scope.call("describe_repositories", repositoryNames=[name])  # refuses a missing one
    registry = scope.cloud.registry
    images = [(tag, repositories.digest(registry, name, tag)) for tag in repositories.tags(registry, name)]
    return {
        "id": name,
        "region": scope.region,
        "repositoryName": name,
        "registryId": scope.account,
        "imageIds": [{"imageTag": tag, "imageDigest": digest} for tag, digest in images if digest],
    }


def get_image(scope: Scope) -> Properties:
    """The image by tag or digest; with mostRecent the only image."""
    registry, repository = scope.cloud.registry, text(scope.inputs, "repositoryName")
    scope.call("describe_repositories", repositoryNames=[repository])
    tags = repositories.tags(registry, repository)
    reference = text(scope.inputs, "imageDigest", "") or text(scope.inputs, "imageTag", "")
    references = [reference] if reference else tags
    digests = {repositories.digest(registry, repository, name) for name in references} - {None}
    if not digests:
        raise ProviderError(f"there is no image {reference} in {repository}; push it first".replace("  ", " "))
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
            "registryId": scope.account,
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
        compare={"policy": lifecycle},
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
        policies="policy",
        immutable={"a policy belongs to one repository": "repository"},
    ),
)
FUNCTIONS = (
    Function("aws:ecr/getAuthorizationToken:getAuthorizationToken", "ecr", get_authorization_token),
    Function("aws:ecr/getImages:getImages", "ecr", get_images),
    Function("aws:ecr/getImage:getImage", "ecr", get_image),
    Function("aws:ecr/getRepository:getRepository", "ecr", get_repository),
)
