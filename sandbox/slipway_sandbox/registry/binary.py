"""Finds docker-registry; on Debian and Ubuntu it fetches a missing one."""

import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from slipway_sandbox.process.home import users_cache

PACKAGE = "docker-registry"
FETCH_SECONDS = 120

log = logging.getLogger(__name__)


def find() -> str | None:
    """Path of docker-registry: the installed one, else one fetched now or earlier; None without a package."""
    return shutil.which(PACKAGE) or _fetched()


def _fetched() -> str | None:
    # Unpacked, not installed: the package would start a service of its own, and installing needs root.
    cache = users_cache() / PACKAGE
    if cache.exists():
        return str(cache)
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    with tempfile.TemporaryDirectory() as directory:
        if not _download(directory) and not (os.geteuid() == 0 and _run("apt-get", "update") and _download(directory)):
            return None
        (package,) = Path(directory).glob("*.deb")
        if not _run("dpkg-deb", "-x", str(package), directory):
            return None
        cache.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(Path(directory) / "usr" / "bin" / PACKAGE, f"{cache}.{os.getpid()}")
    Path(f"{cache}.{os.getpid()}").replace(cache)
    return str(cache)


def _download(directory: str) -> bool:
    # apt's own download user may not write into a private directory of root's; root needs no other one.
    return _run("apt-get", "-o", "APT::Sandbox::User=root", "download", PACKAGE, directory=directory)


def _run(*command: str, directory: str | None = None) -> bool:
    try:
        ended = subprocess.run(
            command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired:
        log.warning("%s: no end within %d s", " ".join(command), FETCH_SECONDS)
        return False
    if ended.returncode:
        log.warning("%s: %s", " ".join(command), ended.stderr.strip())
    return ended.returncode == 0
