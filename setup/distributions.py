"""Builds this checkout's own distributions, reproducibly: `python3 -m setup.distributions` writes them all into dist/.

A wheel has the same bytes on every machine, in every folder and with every umask. So it is not compressed: two versions
of zlib compress differently. uv builds it with the setuptools pinned by hash in requirements.txt.
Source: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
Source: https://reproducible-builds.org/specs/source-date-epoch/
"""

import gzip
import hashlib
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from setup.machine import cache, call, report
from setup.steps import ROOT
from setup.uv_binary import find_uv, uv_environment

# Folders that may hold a distribution; each one with a pyproject.toml does.
FOLDERS = ("components", "consumer", "ops", "policies", "sandbox")
TARGET = ROOT / "dist"
BUILD_PINS = ROOT / "requirements.txt"
LEFT_OUT = ("build", "*.egg-info", "__pycache__", ".*")
EPOCH = 315532800  # 1980-01-01, the earliest time that a zip file can hold
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
FILE_MODE = 0o644


def folders() -> list[Path]:
    """Folders of the distributions in this checkout."""
    return [ROOT / name for name in FOLDERS if (ROOT / name / "pyproject.toml").is_file()]


def build(folder: Path, target: Path, *, wheel_only: bool = False) -> list[Path]:
    """Build the distribution in `folder` into `target`: an sdist, and a wheel from the sdist. Raises MachineError."""
    with tempfile.TemporaryDirectory(prefix="build-") as scratch:
        # A copy, so that no file of an earlier build and no bytecode gets in.
        source = Path(scratch) / folder.name
        shutil.copytree(folder, source, ignore=shutil.ignore_patterns(*LEFT_OUT))
        shutil.copy(ROOT / "LICENSE", source)
        built = Path(scratch) / "built"
        command = [find_uv(), "build", "--quiet", "--no-config", "--python", sys.executable, "--out-dir", str(built)]
        pins = ["--build-constraints", str(BUILD_PINS), "--require-hashes", *(["--wheel"] if wheel_only else [])]
        env = uv_environment() | {"SOURCE_DATE_EPOCH": str(EPOCH)}
        call([*command, *pins, str(source)], f"build {folder.name}/", cache() / "build.log", env)
        target.mkdir(parents=True, exist_ok=True)
        return [_settle(path, target / path.name) for path in sorted(built.glob("slipway*"))]


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _settle(built: Path, target: Path) -> Path:
    """Write `built` again as `target`: sorted, with fixed times, owners and modes."""
    if built.suffix == ".whl":
        _settle_wheel(built, target)
    else:
        _settle_sdist(built, target)
    return target


def _settle_wheel(built: Path, target: Path) -> None:
    with ZipFile(built) as wheel:
        content = {entry.filename: wheel.read(entry) for entry in wheel.infolist() if not entry.is_dir()}
    with ZipFile(target, "w", ZIP_STORED) as settled:
        # The metadata comes last, as the specification advises.
        for name in sorted(content, key=lambda name: (".dist-info/" in name, name)):
            entry = ZipInfo(name, ZIP_TIME)
            entry.create_system = 3  # Unix
            entry.external_attr = (0o100000 | FILE_MODE) << 16
            settled.writestr(entry, content[name])


def _settle_sdist(built: Path, target: Path) -> None:
    with (
        tarfile.open(built) as sdist,
        target.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=EPOCH) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.GNU_FORMAT) as settled,
    ):
        for member in sorted((member for member in sdist if member.isfile()), key=lambda member: member.name):
            entry = tarfile.TarInfo(member.name)
            entry.size, entry.mtime, entry.mode = member.size, EPOCH, FILE_MODE
            settled.addfile(entry, sdist.extractfile(member))


def make_all() -> str:
    """Empty dist/, build every distribution into it, and return the number of files."""
    shutil.rmtree(TARGET, ignore_errors=True)
    files = [path for folder in folders() for path in build(folder, TARGET)]
    for path in files:
        print(f"{sha256(path)}  {path.relative_to(ROOT)}", flush=True)
    return f"{len(files)} files in {TARGET.name}/"


def main() -> int:
    """Build everything, say so, and return the exit code."""
    return report("distributions", make_all, "are built")


if __name__ == "__main__":
    sys.exit(main())
