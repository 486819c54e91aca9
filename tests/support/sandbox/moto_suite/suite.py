"""Runs moto's own tests of the services that the sandbox corrects.

The tests come from moto's source distribution, pinned by its hash, and are kept beside the virtual environment's packages.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from setup.uv_binary import find_uv, uv_environment
from tests.support.sandbox.moto_suite.plugin.outcomes import CORRECTED, OUTCOMES

VERSION = "5.2.5"
SHA256 = "391857257d5dac144334013c2c10e599def5f0562f553e979160140bd7bd9cf6"
PLUGIN = Path(__file__).with_name("plugin")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Comparison:
    """Outcomes of the same tests with the corrections and without them."""

    passed_without: frozenset[str]
    passed_with: frozenset[str]
    verified: frozenset[str]
    """Tests that moto's authors ran on AWS."""

    @property
    def lost(self) -> frozenset[str]:
        """Tests that pass on moto as it is and fail on the corrected one."""
        return self.passed_without - self.passed_with


def compare(paths: list[str]) -> Comparison:
    """Runs moto's tests in these files and folders twice, side by side."""
    folder = sources()
    with ThreadPoolExecutor() as pool:
        without, corrected = pool.map(lambda changed: _outcomes(folder, paths, corrected=changed), (False, True))
    return Comparison(
        passed_without=frozenset(test for test, passed in without["passed"].items() if passed),
        passed_with=frozenset(test for test, passed in corrected["passed"].items() if passed),
        verified=frozenset(without["verified"]),
    )


def _outcomes(folder: Path, paths: list[str], *, corrected: bool) -> dict[str, dict[str, bool]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_", "PYTEST_"))}
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "outcomes.json"
        environment = clean | CREDENTIALS | {"PYTHONPATH": f"{PLUGIN}:{folder}", OUTCOMES: str(report)}
        if corrected:
            environment[CORRECTED] = "yes"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "outcomes", "-p", "no:cacheprovider", *paths]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert report.exists(), done.stdout + done.stderr
        outcomes: dict[str, dict[str, bool]] = json.loads(report.read_text())
    assert outcomes["passed"], done.stdout + done.stderr
    return outcomes


def sources() -> Path:
    """The unpacked source distribution of moto, fetched when it is not there."""
    place = Path(sys.prefix) / f"moto-{VERSION}"
    if not place.exists():
        with tempfile.TemporaryDirectory(dir=sys.prefix) as download:
            with tarfile.open(_fetched(Path(download))) as archive:
                archive.extractall(download, filter="data")
            (Path(download) / place.name).rename(place)
    return place


def _fetched(folder: Path) -> Path:
    pinned = folder / "moto.txt"
    pinned.write_text(f"moto=={VERSION} --hash=sha256:{SHA256}\n")
    pip = [find_uv(), "tool", "run", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
    command = [*pip, "--require-hashes", "--dest", str(folder), "--requirement", str(pinned)]
    done = subprocess.run(command, env=uv_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / f"moto-{VERSION}.tar.gz"
