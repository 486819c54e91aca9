"""Downloads a program of the control plane, where its release can be reached.

Source: https://kubernetes.io/releases/download, https://github.com/etcd-io/etcd/releases
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

from setup.engine.build import Program
from setup.engine.console import EngineError, say, step
from setup.engine.download import CONNECT_SECONDS

MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
ETCD = "etcd"


@dataclass(frozen=True)
class Source:
    """Where the releases are published."""

    kubernetes: str = "https://dl.k8s.io/release"
    etcd: str = "https://github.com/etcd-io/etcd/releases/download"


@dataclass(frozen=True)
class Release:
    """A published file, and the file with its checksum."""

    url: str
    checksums: str

    @property
    def name(self) -> str:
        """The file's name, as in the checksums."""
        return self.url.rpartition("/")[2]


def release_of(program: Program, source: Source, system: str, machine: str) -> Release | None:
    """The release for a platform, as `platform.system()` and `platform.machine()` name it; None where there is none.

    A control plane is released for Linux alone.
    """
    if system != "Linux" or machine not in MACHINES:
        return None
    if program.executable == ETCD:
        folder = f"{source.etcd}/v{program.version}"
        return Release(f"{folder}/etcd-v{program.version}-linux-{MACHINES[machine]}.tar.gz", f"{folder}/SHA256SUMS")
    url = f"{source.kubernetes}/v{program.version}/bin/linux/{MACHINES[machine]}/{program.executable}"
    return Release(url, f"{url}.sha256")


def install(root: Path, program: Program, source: Source | None = None) -> bool:
    """Puts the released program into `<root>/bin`. Where it cannot be downloaded: False, and a line with the reason.

    Raises EngineError when the download differs from the published checksum.
    """
    release = release_of(program, source or Source(), platform.system(), platform.machine())
    if release is None:
        say(f"there is no release of {program.name} for {platform.system()} {platform.machine()}")
        return False
    try:
        with urllib.request.urlopen(release.checksums, timeout=CONNECT_SECONDS) as answer:  # noqa: S310 - fixed https
            checksums = answer.read().decode()
        request = urllib.request.urlopen(release.url, timeout=CONNECT_SECONDS)  # noqa: S310 - as above
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        say(f"the release of {program.name} cannot be downloaded here ({getattr(error, 'reason', error)})")
        return False
    binaries = root / "bin"
    binaries.mkdir(parents=True, exist_ok=True)
    with (
        request as answer,
        step(f"downloading {program.name} {program.version}"),
        tempfile.TemporaryDirectory(dir=root, prefix=".download-") as scratch,
    ):
        file = Path(scratch) / release.name
        try:
            with file.open("wb") as output:
                shutil.copyfileobj(answer, output)
        except OSError as error:
            say(f"the download of {program.name} broke off ({error})")
            return False
        verify(file, checksums)
        executable = _unpacked(file, program) if release.name.endswith(".tar.gz") else file
        executable.chmod(0o755)
        executable.replace(binaries / program.executable)
    return True


def verify(file: Path, checksums: str) -> None:
    """Compares a file with its published checksum, alone or in a list by name. Raises EngineError when it differs or has none."""
    listed = {
        name: digest for digest, name in (line.split() for line in checksums.splitlines() if len(line.split()) == 2)
    }
    expected = listed.get(file.name) or (checksums.strip() if len(checksums.split()) == 1 else None)
    with file.open("rb") as content:
        actual = hashlib.file_digest(content, "sha256").hexdigest()
    if actual != expected:
        raise EngineError(
            f"{file.name} has SHA-256 {actual}, published is {expected or 'none'}; nothing was installed, try again"
        )


def _unpacked(archive: Path, program: Program) -> Path:
    with tarfile.open(archive) as tar:
        member = next(each for each in tar if each.isfile() and each.name.endswith(f"/{program.executable}"))
        tar.extract(member, archive.parent, filter="data")
    return archive.parent / member.name
