"""What a program or a machine counts on in a wheel: Python's versions, extras and entry points.

A baseline keeps these and the SHA-256, and no wheel: wheels are not compressed (setup/distributions.py), so those of a
version take megabytes, and its tag builds them again with the same bytes. `python -m tests.support.wheels VERSION FOLDER`
says whether the wheels in a folder are those of the baseline, as a release does.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from typing import Any
from zipfile import Path as ZipPath

FOLDER = Path(__file__).parents[1] / "upgrade"

Json = Mapping[str, Any]


def promises(distribution: Distribution) -> dict[str, Any]:
    """Promises of an installed distribution, or of a wheel."""
    return {
        "requires_python": distribution.metadata["Requires-Python"],
        "requires": sorted(distribution.requires or []),
        "extras": sorted(distribution.metadata.get_all("Provides-Extra") or []),
        "entry_points": {f"{it.group}/{it.name}": it.value for it in distribution.entry_points},
    }


def of_wheels(folder: Path) -> dict[str, Any]:
    """Name of each distribution with a wheel in a folder, to its promises and the wheel's SHA-256."""
    found = {}
    for wheel in sorted(folder.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        inside = ZipPath(str(wheel), f"{name}-{version}.dist-info/")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        found[name.replace("_", "-")] = promises(PathDistribution(inside)) | {"sha256": digest}
    return found


def broken_promises(before: Json, after: Json) -> Iterator[str]:
    """What a machine with the wheels before cannot have any more, as `slipway-cli/console_scripts/slipway is removed`."""
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            yield f"{name} is removed"
            continue
        yield from (f"{name}[{extra}] is removed" for extra in old["extras"] if extra not in new["extras"])
        yield from (f"{name}/{point} is removed" for point in old["entry_points"] if point not in new["entry_points"])
        if old["requires_python"] != new["requires_python"]:
            yield f"{name}/Requires-Python is {new['requires_python']}, was {old['requires_python']}"


def difference(baseline: Path, folder: Path) -> str:
    """Why the wheels in a folder are not those of a baseline; empty where they are."""
    path = baseline / "wheels.json"
    fix = "and commit what it writes"
    if not path.exists():
        return f"there is no baseline of {baseline.name}; run make baseline, {fix}"
    expected = {name: it["sha256"] for name, it in json.loads(path.read_text()).items()}
    built = {name: it["sha256"] for name, it in of_wheels(folder).items()}
    changed = sorted(name for name in expected.keys() | built.keys() if expected.get(name) != built.get(name))
    if changed:
        return f"the baseline of {baseline.name} is of other wheels of {', '.join(changed)}; run make baseline again, {fix}"
    return ""


if __name__ == "__main__":
    sys.exit(difference(FOLDER / sys.argv[1], Path(sys.argv[2])) or 0)
