"""Providers of dynamic resources as a stack's state stores them, today and before the modules moved."""

from dataclasses import dataclass

from pulumi import dynamic

from slipway.dynamic.image_check import ImageCheckProvider
from slipway.dynamic.image_scan import ImageScanProvider
from slipway.dynamic.private_key import PrivateKeyProvider
from slipway.dynamic.verdict import VerdictProvider


@dataclass(frozen=True)
class Stored:
    """A provider, and the texts under `__provider` in a state: written today, and before the modules moved."""

    provider: dynamic.ResourceProvider
    path: str
    today: str
    earlier: str


STORED = [
    Stored(
        VerdictProvider(),
        "slipway.dynamic.verdict.VerdictProvider",
        "gASVMgAAAAAAAACMF3NsaXB3YXkuZHluYW1pYy52ZXJkaWN0lIwPVmVyZGljdFByb3ZpZGVylJOUKYGULg==",
        "gASVKwAAAAAAAACMEHNsaXB3YXkuX3ZlcmRpY3SUjA9WZXJkaWN0UHJvdmlkZXKUk5QpgZQu",
    ),
    Stored(
        PrivateKeyProvider(),
        "slipway.dynamic.private_key.PrivateKeyProvider",
        "gASVOQAAAAAAAACMG3NsaXB3YXkuZHluYW1pYy5wcml2YXRlX2tleZSMElByaXZhdGVLZXlQcm92aWRlcpSTlCmBlC4=",
        "gASVMgAAAAAAAACMFHNsaXB3YXkuX3ByaXZhdGVfa2V5lIwSUHJpdmF0ZUtleVByb3ZpZGVylJOUKYGULg==",
    ),
    Stored(
        ImageCheckProvider(),
        "slipway.dynamic.image_check.ImageCheckProvider",
        "gASVOQAAAAAAAACMG3NsaXB3YXkuZHluYW1pYy5pbWFnZV9jaGVja5SMEkltYWdlQ2hlY2tQcm92aWRlcpSTlCmBlC4=",
        "gASVMgAAAAAAAACMFHNsaXB3YXkuX2ltYWdlX2NoZWNrlIwSSW1hZ2VDaGVja1Byb3ZpZGVylJOUKYGULg==",
    ),
    Stored(
        ImageScanProvider(),
        "slipway.dynamic.image_scan.ImageScanProvider",
        "gASVNwAAAAAAAACMGnNsaXB3YXkuZHluYW1pYy5pbWFnZV9zY2FulIwRSW1hZ2VTY2FuUHJvdmlkZXKUk5QpgZQu",
        "gASVMAAAAAAAAACME3NsaXB3YXkuX2ltYWdlX3NjYW6UjBFJbWFnZVNjYW5Qcm92aWRlcpSTlCmBlC4=",
    ),
]


def as_before_the_move(state: str) -> str:
    """A state with earlier paths in place of today's."""
    for stored in STORED:
        state = state.replace(stored.today, stored.earlier)
    return state
