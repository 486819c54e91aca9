"""Paths of a build: where the program reads them, and where the docker provider does, which compares them on every machine."""

import os
import sys
import traceback
from pathlib import Path

import pulumi


def program_path(text: str) -> Path:
    """A path from the folder of the program's process."""
    return Path(os.path.relpath(text or os.curdir))


def provider_path(path: Path) -> Path:
    """The path from the folder where the engine starts the docker provider; absolute where the two share no folder.

    A program in a folder runs in the provider's. The engine starts the provider of an inline program of the Automation API in
    the `main` of the workspace's Pulumi.yaml: the process's folder where nothing else is said, else the workspace.
    """
    if pulumi.runtime.get_root_resource() is None or pulumi.get_root_directory() is not None:
        return path
    absolute, folder = Path(os.path.normpath(Path.cwd() / path)), _folder_of_inline_program()
    if folder is None or _are_apart(absolute, folder):
        return absolute
    return Path(os.path.relpath(absolute, folder))


def _folder_of_inline_program() -> Path | None:
    """The folder in which the engine runs an inline program; None when it cannot be told.

    The SDK has it in the engine's request alone, in the method that runs the program.
    Source: https://github.com/pulumi/pulumi/blob/master/sdk/python/lib/pulumi/automation/_server.py
    """
    server = sys.modules.get("pulumi.automation._server")
    if server is None:
        return None
    for frame, _ in traceback.walk_stack(None):
        if frame.f_code is server.LanguageServer.Run.__code__:
            return Path(frame.f_locals["request"].pwd)
    return None


def _are_apart(path: Path, folder: Path) -> bool:
    """Whether the two share no folder but the root: then no path from one to the other is the same on every machine."""
    try:
        common = Path(os.path.commonpath([path, folder]))
    except ValueError:  # two drives
        return True
    return common == common.parent
