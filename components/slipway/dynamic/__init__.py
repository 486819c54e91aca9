"""Dynamic resources. A stack's state stores the path of their classes, so these modules never move."""

from . import _earlier_paths  # noqa: F401 - makes earlier paths loadable
from ._image_config import on_this_machine
from ._key_file import (
    ALGORITHMS,
    ED25519,
    UnreadableKeyError,
    check_public_key,
    obstacle,
    public_half,
    would_be_tracked,
    write_new_key,
)
from .image_check import ImageNeeds, checked_image
from .image_scan import scanned
from .platform_guard import PlatformGuard
from .private_key import PrivateKey

__all__ = [
    "ALGORITHMS",
    "ED25519",
    "ImageNeeds",
    "PlatformGuard",
    "PrivateKey",
    "UnreadableKeyError",
    "check_public_key",
    "checked_image",
    "obstacle",
    "on_this_machine",
    "public_half",
    "scanned",
    "would_be_tracked",
    "write_new_key",
]
