"""Scans of images."""

from moto.ecr.models import ECRBackend

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.documents import Document


@corrects(
    ECRBackend.describe_image_scan_findings,
    why="moto answers a made-up vulnerability for any image; ECR answers UNSUPPORTED_IMAGE for one without a scanner.",
)
def describe_image_scan_findings(
    _: object, __: ECRBackend, registry_id: str, repository_name: str, image_id: Document
) -> Document:
    return {
        "registryId": registry_id,
        "repositoryName": repository_name,
        "imageId": image_id,
        "imageScanStatus": {"status": "UNSUPPORTED_IMAGE", "description": "the sandbox has no scanner"},
    }
