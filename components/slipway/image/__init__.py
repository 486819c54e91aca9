"""Container images: built from a folder, pushed to ECR, used by digest."""

from ._image_args import BuildSecretArgs, ContainerImageArgs
from .container_image import ContainerImage

__all__ = ["BuildSecretArgs", "ContainerImage", "ContainerImageArgs"]
