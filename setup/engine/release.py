"""The release of the CLI to install, and the check of an installed one."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from setup.engine import hosts

VERSION = "3.259.0"  # of the pulumi SDK in requirements.txt and of setup/engine/cli/go.mod
MINIMUM = (3, 255, 0)  # older ones run policy packs and component plugins differently
SECONDS = 20  # for a `pulumi version` that hangs


def parsed(text: str) -> tuple[int, int, int] | None:
    """The release in the output of `pulumi version` ("v3.259.0", "v3.260.0-alpha.1"); None for any other text."""
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def version_of(executable: Path) -> tuple[int, int, int] | None:
    """The release of a CLI; None when it does not start or does not say."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(
            [str(executable), "version"], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parsed(done.stdout) if done.returncode == 0 else None


def is_new_enough(executable: Path) -> bool:
    """True for a CLI of at least the minimum release."""
    version = version_of(executable)
    return version is not None and version >= MINIMUM


def language_host(executable: Path) -> Path | None:
    """The CLI's Python language host: as for the CLI itself, the first on PATH, else the one beside it."""
    on_path = shutil.which(hosts.LANGUAGE_HOST)
    if on_path:
        return Path(on_path)
    beside = executable.resolve().with_name(hosts.LANGUAGE_HOST)
    return beside if beside.exists() else None


def host_works(host: Path) -> bool:
    """True when a language host of the official release starts."""
    try:
        return (
            subprocess.run([str(host), "--version"], capture_output=True, timeout=SECONDS, check=False).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
