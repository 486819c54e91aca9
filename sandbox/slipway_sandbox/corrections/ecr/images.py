"""Images: those of the sandbox's registry, as AWS's registry and its ECR are one."""

from collections.abc import Callable

from moto.core.exceptions import ServiceException
from moto.ecr.models import ECRBackend, Image

from slipway_sandbox.corrections._decorator import corrects

from .registry import attached, digest_of, refresh, size_of

SEES_PUSHES = (
    "moto knows no image but those of PutImage; ECR has what was pushed to its registry, and so has the sandbox."
)
DEFAULT_MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


class LayersNotFoundException(ServiceException):
    """A manifest names a layer that the repository does not have."""

    code = "LayersNotFoundException"
    message = "The specified layers could not be found, or the specified layer is not valid for this repository."


def _seeing_pushes(original: Callable[..., object], self: ECRBackend, *arguments: object, **named: object) -> object:
    refresh(self)
    return original(self, *arguments, **named)


for method in (
    ECRBackend.list_images,
    ECRBackend.describe_images,
    ECRBackend.batch_get_image,
    ECRBackend.start_image_scan,
):
    corrects(method, why=SEES_PUSHES)(_seeing_pushes)


@corrects(
    Image.get_image_size_in_bytes,
    why="moto takes the size of the configuration for an image's; ECR adds up its compressed layers.",
)
def get_image_size_in_bytes(original: Callable[[Image], int | None], self: Image) -> int | None:
    size = size_of(self)
    return original(self) if size is None else size


@corrects(
    ECRBackend.batch_delete_image,
    why="moto deletes from its own list, and does not name an image without a tag; ECR deletes from the registry and names it.",
)
def batch_delete_image(
    original: Callable[..., dict[str, list[object]]],
    self: ECRBackend,
    repository_name: str,
    registry_id: str | None = None,
    image_ids: list[dict[str, str]] | None = None,
) -> dict[str, list[object]]:
    refresh(self)
    repository = self.repositories.get(repository_name)
    before = {image.get_image_digest(): set(image.image_tags) for image in repository.images} if repository else {}
    response = original(self, repository_name, registry_id, image_ids)
    asked = [entry.get("imageDigest", "") for entry in image_ids or []]
    response["imageIds"] += [{"imageDigest": digest} for digest in asked if before.get(digest) == set()]
    after = {image.get_image_digest(): set(image.image_tags) for image in repository.images} if repository else {}
    if registry := attached():
        for digest in before.keys() - after.keys():
            registry.store.delete(repository_name, digest)
        for digest, tags in after.items():
            for tag in before[digest] - tags:
                registry.store.untag(repository_name, tag)
    return response


@corrects(
    ECRBackend.put_image,
    why="moto makes up a digest from the layers' and keeps the manifest to itself; ECR has the manifest's own digest, "
    "and the image can be pulled.",
)
def put_image(
    original: Callable[..., Image],
    self: ECRBackend,
    repository_name: str,
    image_manifest: str,
    image_tag: str,
    **named: str | None,
) -> Image:
    refresh(self)
    digest = digest_of(image_manifest)
    image = original(self, repository_name, image_manifest, image_tag, **{**named, "digest": digest})
    if registry := attached():
        kind = image.image_manifest_media_type or DEFAULT_MEDIA_TYPE
        if not registry.store.put(repository_name, image_tag or digest, image_manifest, kind):
            refresh(self)
            raise LayersNotFoundException
    return image


@corrects(
    ECRBackend.delete_repository,
    why="moto deletes a repository whose images are in the registry, and leaves them there; ECR refuses without force, and "
    "deletes them with it.",
)
def delete_repository(
    original: Callable[..., object], self: ECRBackend, repository_name: str, *arguments: object, **named: object
) -> object:
    refresh(self)
    repository = original(self, repository_name, *arguments, **named)
    if registry := attached():
        registry.store.delete_repository(repository_name)
    return repository
