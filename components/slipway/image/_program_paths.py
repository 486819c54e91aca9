"""Paths of a build, as the docker provider reads them."""

import os
from pathlib import Path

import pulumi


def program_path(text: str) -> Path:
    """A path relative to the program's folder, since the docker provider compares paths on every machine.

    An inline program of the Automation API runs in one folder and its provider in another: the workspace's. Such a program
    has no root directory, and its absolute paths stay absolute.
    """
    is_inline = pulumi.runtime.get_root_resource() is not None and pulumi.get_root_directory() is None
    if is_inline and Path(text).is_absolute():
        return Path(os.path.normpath(text))
    return Path(os.path.relpath(text or os.curdir))
