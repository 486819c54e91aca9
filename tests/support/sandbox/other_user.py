"""A program that another user of this machine runs."""

import os
import subprocess
import sys

import pytest

from tests.support.commands import HANG_SECONDS

NOBODY = 65534
CAN_BECOME_NOBODY = os.geteuid() == 0
needs_root = pytest.mark.skipif(not CAN_BECOME_NOBODY, reason="only root can become another user")


def as_nobody(imports: str, script: str, *arguments: str) -> str:
    """What a Python script prints as user nobody. Its imports are read before, as root may read more."""
    program = f"import os, sys\n{imports}\nos.setuid({NOBODY})\n{script}"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=HANG_SECONDS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
