"""Dynamic resources. A stack's state stores the path of their classes, so these modules never move."""

from . import _earlier_paths  # noqa: F401 - makes earlier paths loadable
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
from .platform_guard import PlatformGuard
from .private_key import PrivateKey

__all__ = [
    "ALGORITHMS",
    "ED25519",
    "PlatformGuard",
    "PrivateKey",
    "UnreadableKeyError",
    "check_public_key",
    "obstacle",
    "public_half",
    "would_be_tracked",
    "write_new_key",
]
