"""What components do during an update: hooks, which the engine calls before it makes or changes a resource (ADR 0017)."""

from ._image_check import ImageNeeds, checked_image
from ._image_config import on_this_machine
from ._look_up import cause, has_engine, hook_name, look_up
from ._scan_gate import Gate, scanned
from ._somebody_else import others_named

__all__ = [
    "Gate",
    "ImageNeeds",
    "cause",
    "checked_image",
    "has_engine",
    "hook_name",
    "look_up",
    "on_this_machine",
    "others_named",
    "scanned",
]
