"""Resources whose providers are ours. A stack's state stores the path of their classes, so these modules never move."""

from collections.abc import Mapping

from pulumi import dynamic

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
from ._served import served, served_type
from .platform_guard import PlatformGuard
from .private_key import PrivateKey, PrivateKeyProvider, private_key

__all__ = [
    "ALGORITHMS",
    "ED25519",
    "PlatformGuard",
    "PrivateKey",
    "UnreadableKeyError",
    "check_public_key",
    "obstacle",
    "private_key",
    "public_half",
    "served",
    "served_providers",
    "would_be_tracked",
    "write_new_key",
]


def served_providers() -> Mapping[str, dynamic.ResourceProvider]:
    """Type of each resource that the component plugin serves, to its provider."""
    return {served_type("PrivateKey"): PrivateKeyProvider()}
