"""`pulumi policy analyze` on exported states; the files beside them hold the expected findings.

After an intended change, `.venv/bin/python -m tests.policies.engine.test_golden` writes these files again; read their diff.
"""

import json
import tempfile
from pathlib import Path

import pytest

from tests.support.policies.pulumi_cli import PACK, cli

GOLDEN = Path(__file__).parent / "golden"
STATES = sorted(path.name.removesuffix(".state.json") for path in GOLDEN.glob("*.state.json"))
PROD = {"pack": {"profile": "prod"}}


def analyzed(name: str, folder: Path) -> list[str]:
    """One line per finding of the state under the profile prod: level, rule, resource, problem."""
    config = folder / "config.json"
    config.write_text(json.dumps(PROD))
    state = str(GOLDEN / f"{name}.state.json")
    arguments = ("--file", state, "--policy-pack", str(PACK), "--policy-pack-config", str(config), "--json")
    result = cli(folder, "policy", "analyze", *arguments)
    events = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    told = [event["policyEvent"] for event in events if "policyEvent" in event]
    found = [one for one in told if " was checked on " not in one["message"]]  # a list of the pack grows old by itself
    mandatory = any(one["enforcementLevel"] == "mandatory" for one in found)
    assert (result.returncode != 0) is mandatory, result.stderr
    return sorted(
        f"{one['enforcementLevel']} {one['policyName']} {one.get('resourceUrn', '').rpartition('::')[2]}: "
        + one["message"].splitlines()[1].partition(". Fix: ")[0]
        for one in found
    )


@pytest.mark.engine
@pytest.mark.parametrize("name", STATES)
def test_an_exported_state_is_judged_as_before(name: str, tmp_path: Path) -> None:
    assert analyzed(name, tmp_path) == (GOLDEN / f"{name}.findings.txt").read_text().splitlines()


if __name__ == "__main__":
    for each in STATES:
        with tempfile.TemporaryDirectory() as scratch:
            (GOLDEN / f"{each}.findings.txt").write_text("\n".join(analyzed(each, Path(scratch))) + "\n")
