"""Runs moto's own tests of the services that the sandbox corrects.

The tests come from moto's source distribution, pinned by its hash, and are kept beside the virtual environment's packages.
"""

import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from setup.uv_binary import find_uv, uv_environment
from tests.support.sandbox.moto_suite.plugin.outcomes import CORRECTED, ONLY, OUTCOMES

VERSION = "5.2.5"
SHA256 = "391857257d5dac144334013c2c10e599def5f0562f553e979160140bd7bd9cf6"
PLUGINS = Path(__file__).with_name("plugin")
HERMETIC = "not network and not requires_docker"  # moto's marks; its containers come from a registry on the internet
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Comparison:
    """Outcomes of tests with the corrections; those that failed were run without them, too."""

    passed: frozenset[str]
    """Tests that pass on the corrected moto."""
    lost: frozenset[str]
    """Tests that fail on the corrected moto and pass on moto as it is."""
    verified: frozenset[str]
    """Tests that moto's authors ran on AWS."""
    cpu_seconds: float
    """What both runs took."""


def compare(paths: list[str]) -> Comparison:
    """Runs moto's tests in these files and folders with the corrections, and without them those that failed."""
    folder, before = sources(), _cpu_seconds()
    corrected = _outcomes(folder, paths)
    failed = sorted(test for test, passed in corrected["passed"].items() if not passed)
    files = sorted({test.partition("::")[0] for test in failed})
    without = _outcomes(folder, files, uncorrected=failed)["passed"] if failed else {}
    return Comparison(
        passed=frozenset(corrected["passed"]) - frozenset(failed),
        lost=frozenset(test for test, passed in without.items() if passed),
        verified=frozenset(corrected["verified"]),
        cpu_seconds=_cpu_seconds() - before,
    )


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _outcomes(folder: Path, paths: list[str], *, uncorrected: list[str] | None = None) -> dict[str, dict[str, bool]]:
    """Outcomes of all tests with the corrections, or of some without."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_", "PYTEST_"))}
    with tempfile.TemporaryDirectory() as place:
        report, only = Path(place) / "outcomes.json", Path(place) / "only.json"
        environment = clean | CREDENTIALS | {"PYTHONPATH": f"{PLUGINS}:{folder}", OUTCOMES: str(report)}
        if uncorrected is None:
            environment[CORRECTED] = "yes"
        else:
            only.write_text(json.dumps(uncorrected))
            environment[ONLY] = str(only)
        options = ["-q", "-p", "outcomes", "-p", "surroundings", "-p", "no:cacheprovider", "-m", HERMETIC]
        command = [sys.executable, "-m", "pytest", *options, *paths]
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
