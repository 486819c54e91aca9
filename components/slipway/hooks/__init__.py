"""What components do during an update: hooks, which the engine calls before it makes or changes a resource (ADR 0017)."""

from ._hook import error_hook, resource_hook, worded
from ._image_check import ImageNeeds, checked_image
from ._image_config import on_this_machine
from ._look_up import cause, has_engine, look_up
from ._scan_gate import Gate, scanned
from ._somebody_else import others_named

__all__ = [
    "Gate",
    "ImageNeeds",
    "cause",
    "checked_image",
    "error_hook",
    "has_engine",
    "look_up",
    "on_this_machine",
    "others_named",
    "resource_hook",
    "scanned",
    "worded",
]
