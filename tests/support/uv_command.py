"""uv, as the set-up finds it."""

import subprocess

from setup.uv_binary import find_uv, uv_environment


def uv(*arguments: str) -> str:
    """Output of a uv command; its error is in the failure."""
    done = subprocess.run([find_uv(), *arguments], env=uv_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
