"""Dynamic resources. A stack's state stores the path of their classes, so these modules never move."""

from .image_check import checked_image
from .image_config import ECR_HOST, on_this_machine
from .image_scan import scanned
from .private_key import (
    ALGORITHMS,
    ED25519,
    PrivateKey,
    UnreadableKeyError,
    check_public_key,
    public_half,
    would_be_tracked,
)
from .verdict import Verdict

__all__ = [
    "ALGORITHMS",
    "ECR_HOST",
    "ED25519",
    "PrivateKey",
    "UnreadableKeyError",
    "Verdict",
    "check_public_key",
    "checked_image",
    "on_this_machine",
    "public_half",
    "scanned",
    "would_be_tracked",
]
