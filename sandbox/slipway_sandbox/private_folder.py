"""A folder whose files are their owner's alone, whichever program writes them, under whatever umask.

A default ACL takes the place of the umask, and new folders below inherit it.
Source: https://man7.org/linux/man-pages/man5/acl.5.html, linux/include/uapi/linux/posix_acl_xattr.h
"""

import contextlib
import os
import stat
import struct
from pathlib import Path

ACL = "system.posix_acl_default"
VERSION, NO_ID = 2, 0xFFFFFFFF
OWNER, GROUP, OTHERS = 0x01, 0x04, 0x20
ONLY_OWNER = struct.pack("<I", VERSION) + b"".join(
    struct.pack("<HHI", who, permissions, NO_ID) for who, permissions in ((OWNER, 0o7), (GROUP, 0), (OTHERS, 0))
)


def keep_private(folder: Path) -> None:
    """Makes everything in a folder its owner's alone, and what comes later where the file system has ACLs."""
    _close(folder)
    for entry in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # a lock of Pulumi's that has just gone
            _close(entry)


def _close(path: Path) -> None:
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        if stat.S_IMODE(mode) != 0o700:
            path.chmod(0o700)
        if hasattr(os, "setxattr"):
            with contextlib.suppress(OSError):  # no ACLs here; the next start closes what is open
                os.setxattr(path, ACL, ONLY_OWNER)
    elif stat.S_ISREG(mode) and mode & 0o077:
        path.chmod(0o600)
