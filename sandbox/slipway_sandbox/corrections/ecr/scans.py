"""Scans of images."""

from collections.abc import Callable
from datetime import datetime

from moto.ecr.models import ECRBackend

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.documents import Document

from .registry import refresh

NO_SCANNER = {"status": "UNSUPPORTED_IMAGE", "description": "the sandbox has no scanner"}


@corrects(
    ECRBackend.describe_image_scan_findings,
    why="moto answers a made-up vulnerability for any scanned image, and scans none at a push; ECR scans at a push where the "
    "repository says so, and answers UNSUPPORTED_IMAGE for one without a scanner.",
)
def describe_image_scan_findings(
    original: Callable[[ECRBackend, str, str, dict[str, str]], Document],
    self: ECRBackend,
    registry_id: str,
    repository_name: str,
    image_id: dict[str, str],
) -> Document:
    refresh(self)
    repository = self.repositories.get(repository_name)
    settings = repository.image_scanning_configuration if repository else None
    if repository and isinstance(settings, dict) and settings.get("scanOnPush"):
        for image in repository.images:
            image.last_scan = image.last_scan or datetime.fromtimestamp(image.image_pushed_at)  # noqa: DTZ006 - moto's
    shown = original(self, registry_id, repository_name, image_id)
    return {key: shown[key] for key in ("registryId", "repositoryName", "imageId")} | {"imageScanStatus": NO_SCANNER}
