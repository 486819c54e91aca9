"""Installs the official release, where it can be reached.

Source: https://www.pulumi.com/docs/install
"""

import hashlib
import platform
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from setup.engine.console import EngineError, say, step
from setup.engine.release import VERSION

CONNECT_SECONDS = 4  # decides whether the download can be reached at all
READ_SECONDS = 60
SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Source:
    """Where the official release is published."""

    archives: str = "https://get.pulumi.com/releases/sdk"
    checksums: str = f"https://github.com/pulumi/pulumi/releases/download/v{VERSION}/pulumi-{VERSION}-checksums.txt"


def archive_name(system: str, machine: str) -> str | None:
    """The archive for a platform, as `platform.system()` and `platform.machine()` name it; None where there is none."""
    if system not in SYSTEMS or machine not in MACHINES:
        return None
    return f"pulumi-v{VERSION}-{SYSTEMS[system]}-{MACHINES[machine]}.tar.gz"


def install(root: Path, source: Source | None = None) -> bool:
    """Put the official CLI and its language hosts into `<root>/bin`. When they cannot be downloaded: False, and a line with the reason.

    Raises EngineError when the download differs from the published checksum.
    """
    source = source or Source()
    name = archive_name(platform.system(), platform.machine())
    if name is None:
        say(f"there is no official Pulumi CLI for {platform.system()} {platform.machine()}")
        return False
    try:
        with urllib.request.urlopen(source.checksums, timeout=CONNECT_SECONDS) as answer:  # noqa: S310 - fixed https
            checksums = answer.read().decode()
        request = urllib.request.urlopen(f"{source.archives}/{name}", timeout=CONNECT_SECONDS)  # noqa: S310
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        say(f"the official Pulumi CLI cannot be downloaded here ({getattr(error, 'reason', error)})")
        return False
    with (
        request as answer,
        step(f"downloading the official Pulumi CLI {VERSION}"),
        tempfile.TemporaryDirectory(dir=root, prefix=".download-") as scratch,
    ):
        archive = Path(scratch) / name
        try:
            with archive.open("wb") as file:
                shutil.copyfileobj(answer, file)
        except OSError as error:
            say(f"the download of the official Pulumi CLI broke off ({error})")
            return False
        verify(archive, checksums)
        _unpack(archive, root / "bin")
    return True


def verify(archive: Path, checksums: str) -> None:
    """Compares an archive with its line in the published checksums. Raises EngineError when it differs or has none."""
    expected = {name: digest for digest, name in (line.split() for line in checksums.splitlines() if line.strip())}
    with archive.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != expected.get(archive.name):
        raise EngineError(
            f"{archive.name} has SHA-256 {actual}, published is {expected.get(archive.name, 'none')}; "
            "nothing was installed, try again or install the Pulumi CLI by hand (https://www.pulumi.com/docs/install)"
        )


def _unpack(archive: Path, binaries: Path) -> None:
    """Renames each file into place, `pulumi` last: a broken-off run leaves no CLI without its hosts."""
    unpacked = archive.parent / "unpacked"
    with tarfile.open(archive) as tar:
        tar.extractall(unpacked, filter="data")
    binaries.mkdir(parents=True, exist_ok=True)
    files = sorted((path for path in unpacked.rglob("*") if path.is_file()), key=lambda path: path.name == "pulumi")
    for file in files:
        file.replace(binaries / file.name)
