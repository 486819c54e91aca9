"""The real CLI on exported states, with the pack of this checkout."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.support.commands import HANG_SECONDS
from tests.support.policies.samples import SERVICE

PACK = Path(__file__).resolve().parents[3] / "policies"
HOME_CLI = Path.home() / ".pulumi" / "bin"
STACK, PROVIDER_ID = "urn:pulumi:dev::shop::", "0b9d3d2c-4bd4-4a4e-9a57-1d3f2b1c0a11"


def state(folder: Path, props: dict[str, object]) -> Path:
    """An exported state of one ECS service."""
    root = {"urn": f"{STACK}pulumi:pulumi:Stack::shop-dev", "custom": False, "type": "pulumi:pulumi:Stack"}
    aws = {
        "urn": f"{STACK}pulumi:providers:aws::default",
        "custom": True,
        "id": PROVIDER_ID,
        "type": "pulumi:providers:aws",
    }
    service = {
        "urn": f"{STACK}{SERVICE}::api",
        "custom": True,
        "id": "api",
        "type": SERVICE,
        "inputs": props,
        "outputs": props,
        "parent": root["urn"],
        "provider": f"{aws['urn']}::{PROVIDER_ID}",
    }
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    deployment = {"version": 3, "deployment": {"manifest": manifest, "resources": [root, aws, service]}}
    path = folder / "state.json"
    path.write_text(json.dumps(deployment))
    return path


def run(folder: Path, pack: Path, props: dict[str, object], *more: str) -> subprocess.CompletedProcess[str]:
    """`pulumi policy analyze` on a state with these properties; it needs no program, provider or login."""
    return cli(folder, "policy", "analyze", "--file", str(state(folder, props)), "--policy-pack", str(pack), *more)


def cli(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The CLI in `folder`, with its state there."""
    pulumi = shutil.which("pulumi", path=f"{os.environ['PATH']}:{HOME_CLI}")
    assert pulumi, "no pulumi on PATH nor in ~/.pulumi/bin; run `make ready`"
    # Without the project's environment on PATH: the pack brings its own interpreter.
    path = f"{Path(pulumi).parent}:/usr/local/bin:/usr/bin:/bin"
    clean = {
        "PATH": path,
        "HOME": str(Path.home()),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_BACKEND_URL": f"file://{folder}",
        "PULUMI_CONFIG_PASSPHRASE": "only for this test",
    }
    return subprocess.run(
        [pulumi, *arguments], capture_output=True, text=True, env=clean, cwd=folder, timeout=HANG_SECONDS, check=False
    )
