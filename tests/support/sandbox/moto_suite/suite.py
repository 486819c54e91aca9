"""Runs moto's own tests of the services that the sandbox corrects.

The tests come from moto's source distribution, pinned by its hash. They are kept in the user's cache, and so are the names
of those that pass without the corrections: this depends on the versions of the packages and of Python alone.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from setup.machine import alone, cache, write_whole
from setup.python_environment import LOCK
from setup.uv_binary import find_uv, uv_environment
from tests.support.sandbox.moto_suite.plugin.outcomes import CORRECTED, ONLY, OUTCOMES

VERSION = "5.2.5"
SHA256 = "391857257d5dac144334013c2c10e599def5f0562f553e979160140bd7bd9cf6"
PLUGINS = Path(__file__).with_name("plugin")
HERMETIC = "not network and not requires_docker"  # moto's marks; its containers come from a registry on the internet
# Pytest's other plugins, texts of failures and rewritten assertions take time, and no outcome needs them.
QUICKLY = ["-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider"]
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
    """What the runs took; tests that are known to pass without the corrections take nothing there."""


def compare(paths: list[str]) -> Comparison:
    """Runs moto's tests in these files and folders with the corrections, and without them those that failed."""
    folder, before = sources(), _cpu_seconds()
    corrected = _outcomes(folder, paths)
    failed = frozenset(test for test, passed in corrected["passed"].items() if not passed)
    return Comparison(
        passed=frozenset(corrected["passed"]) - failed,
        lost=_passing_without(folder, failed),
        verified=frozenset(corrected["verified"]),
        cpu_seconds=_cpu_seconds() - before,
    )


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _passing_without(folder: Path, tests: frozenset[str]) -> frozenset[str]:
    """Those of these tests that pass without the corrections. One that failed so before is run again, for it may be chance."""
    digest = hashlib.sha256(f"{sys.version}\n{SHA256}\n".encode() + LOCK.read_bytes())
    for plugin in sorted(PLUGINS.glob("*.py")):
        digest.update(plugin.read_bytes())
    file = cache() / "moto" / f"passing-{digest.hexdigest()[:12]}.json"
    known = frozenset(json.loads(file.read_text())) if file.exists() else frozenset()
    if unknown := sorted(tests - known):
        files = sorted({test.partition("::")[0] for test in unknown})
        outcomes = _outcomes(folder, files, uncorrected=unknown)["passed"]
        known |= {test for test, passed in outcomes.items() if passed}
        write_whole(file, json.dumps(sorted(known)))
    return tests & known


def _outcomes(folder: Path, paths: list[str], *, uncorrected: list[str] | None = None) -> dict[str, dict[str, bool]]:
    """Outcomes of all tests with the corrections, or of some without."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_", "PYTEST_"))}
    with tempfile.TemporaryDirectory() as place:
        report, only = Path(place) / "outcomes.json", Path(place) / "only.json"
        environment = clean | CREDENTIALS | {"PYTHONPATH": f"{PLUGINS}:{folder}", OUTCOMES: str(report)}
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        if uncorrected is None:
            environment[CORRECTED] = "yes"
        else:
            only.write_text(json.dumps(uncorrected))
            environment[ONLY] = str(only)
        options = [*QUICKLY, "-p", "outcomes", "-p", "surroundings", "-m", HERMETIC]
        command = [sys.executable, "-m", "pytest", *options, *paths]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert report.exists(), done.stdout + done.stderr
        outcomes: dict[str, dict[str, bool]] = json.loads(report.read_text())
    assert outcomes["passed"], done.stdout + done.stderr
    return outcomes


def sources() -> Path:
    """The unpacked source distribution of moto, fetched when it is not there."""
    home = cache() / "moto"
    home.mkdir(exist_ok=True)
    place = home / f"{VERSION}-{SHA256[:12]}"
    with alone("moto"):
        if not place.exists():
            with tempfile.TemporaryDirectory(dir=home) as download:
                with tarfile.open(_fetched(Path(download))) as archive:
                    archive.extractall(download, filter="data")
                (Path(download) / f"moto-{VERSION}").rename(place)
    return place


def _fetched(folder: Path) -> Path:
    pinned = folder / "moto.txt"
    pinned.write_text(f"moto=={VERSION} --hash=sha256:{SHA256}\n")
    pip = [find_uv(), "tool", "run", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
    command = [*pip, "--require-hashes", "--dest", str(folder), "--requirement", str(pinned)]
    done = subprocess.run(command, env=uv_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / f"moto-{VERSION}.tar.gz"
