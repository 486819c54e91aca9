"""The distributions of this checkout: one version, and wheels with bytes from nothing but their files."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from setup import base_image, distributions
from setup.lock_files import pinned_hashes
from setup.machine import MachineError

ROOT = Path(__file__).parents[2]
BUILD = (
    "import sys; from pathlib import Path; from setup import distributions as d; "
    "d.build(d.ROOT / 'consumer', Path(sys.argv[1]))"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The consumer's wheel."""
    [built] = distributions.build(ROOT / "consumer", tmp_path_factory.mktemp("wheel"), wheel_only=True)
    return built


def test_all_distributions_have_one_version() -> None:
    projects = [tomllib.loads((folder / "pyproject.toml").read_text())["project"] for folder in distributions.folders()]
    assert len(projects) >= 3
    assert {project["version"] for project in projects} == {
        tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    }
    assert all(project["name"].startswith("slipway-") for project in projects), "slipway alone is another tool of PyPI"


def test_the_bytes_are_the_same_in_another_folder_with_another_umask_and_time_zone(wheel: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "another checkout"
    for name in ("setup", "consumer", "LICENSE", "requirements.txt"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        checkout.mkdir(exist_ok=True)
        copy(ROOT / name, checkout / name)
    for path in checkout.rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (1, 1))
    (checkout / "consumer" / "build" / "lib" / "slipway_consumer").mkdir(parents=True)
    (checkout / "consumer" / "build" / "lib" / "slipway_consumer" / "stale.py").touch()
    target = tmp_path / "built"
    command = ["sh", "-c", 'umask 077; exec "$@"', "sh", sys.executable, "-c", BUILD, str(target)]
    subprocess.run(command, cwd=checkout, env={**os.environ, "TZ": "Asia/Tokyo"}, check=True)
    [sdist] = target.glob("*.tar.gz")
    assert (target / wheel.name).read_bytes() == wheel.read_bytes(), "built from the sdist, too"
    with tarfile.open(sdist) as archive:
        assert {(member.mode, member.uid, member.mtime) for member in archive} == {(0o644, 0, distributions.EPOCH)}


def test_a_wheel_holds_code_types_and_licence_uncompressed(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        entries = archive.infolist()
    names = {entry.filename for entry in entries}
    assert {"slipway_consumer/__init__.py", "slipway_consumer/py.typed"} <= names
    assert "slipway_consumer-0.1.0.dist-info/licenses/LICENSE" in names
    assert {(entry.compress_type, entry.date_time) for entry in entries} == {(0, (1980, 1, 1, 0, 0, 0))}


def test_the_sample_image_pins_the_wheel_that_this_checkout_builds(wheel: Path) -> None:
    pinned = pinned_hashes((ROOT / "app" / "requirements.txt").read_text())
    assert pinned == [distributions.sha256(wheel)], "consumer/ has changed: run make lock"


def test_a_wheel_that_is_not_the_pinned_one_is_refused_before_anything_is_made(wheel: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"slipway-consumer==0.1.0 \\\n    --hash=sha256:{'0' * 64}\n    # via x\nother==1\n")
    with pytest.raises(MachineError) as refused:
        base_image.build_consumer(requirements, tmp_path / "own")
    assert str(refused.value) == (
        f"consumer/ has changed since {requirements} was locked: {wheel.name} has SHA-256 "
        f"{distributions.sha256(wheel)}; run `make lock` and the command again"
    )
