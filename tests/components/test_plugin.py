"""The plugin and the bastion's key on the real CLI: what only the engine can show."""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import HANG_SECONDS
from tests.support.components.samples import COMPONENTS

CHECKOUT = Path(__file__).parents[2]

Pulumi = Callable[..., subprocess.CompletedProcess[str]]

PROJECT = f"""
name: probe
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
plugins: {{providers: [{{name: slipway, path: {CHECKOUT / "components"}}}]}}
"""

QUEUE = """
import pulumi


class Queue(pulumi.ComponentResource):
    def __init__(self, name, props):
        super().__init__("slipway:index:Queue", name, props, None, remote=True)


Queue("work", {"visibilityTimeoutSeconds": 50000})
"""

GUARDED = """
from slipway import Queue, guard

guard()
Queue("work", {})
"""

KEY = """
import pulumi
from slipway.dynamic import private_key

key = private_key("door", "keys/door.pem", pulumi.ResourceOptions())
pulumi.export("publicKey", key.public_key)
"""


@pytest.fixture
def pulumi(tmp_path: Path) -> Pulumi:
    """Runs `pulumi <arguments>` in a project of its own on a file backend of its own; both streams come as one."""
    path = os.pathsep.join([str(Path.home() / ".pulumi" / "bin"), os.environ["PATH"]])
    cli = shutil.which("pulumi", path=path)
    assert cli, "there is no Pulumi CLI to test with; run make ready"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    environment = clean | {
        "PATH": path,
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    directory = tmp_path / "probe"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text(PROJECT)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [cli, *arguments],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )

    return run


def with_program(pulumi: Pulumi, tmp_path: Path, program: str) -> Path:
    """The project with this program and the stack `dev`."""
    directory = tmp_path / "probe"
    (directory / "__main__.py").write_text(program)
    assert pulumi("stack", "init", "dev").returncode == 0
    return directory


@pytest.mark.engine
def test_get_schema_prints_every_component_with_descriptions(pulumi: Pulumi) -> None:
    shown = pulumi("package", "get-schema", str(CHECKOUT / "components"))
    assert shown.returncode == 0, shown.stdout
    schema = json.loads(shown.stdout)
    assert (schema["name"], schema["version"]) == ("slipway", "0.1.0")
    assert set(schema["resources"]) == {f"slipway:index:{kind}" for kind in COMPONENTS}
    committed = json.loads((CHECKOUT / "components" / "schema.json").read_text())
    for token, component in committed["resources"].items():
        assert schema["resources"][token]["inputProperties"] == component["inputProperties"], token
    assert [it["value"] for it in schema["types"]["slipway:index:Nat"]["enum"]] == [
        "none",
        "single",
        "per_zone",
        "instance",
    ]


@pytest.mark.engine
def test_the_plugin_refuses_in_one_sentence(pulumi: Pulumi, tmp_path: Path) -> None:
    with_program(pulumi, tmp_path, QUEUE)
    shown = pulumi("preview")
    sentence = "Queue 'work': visibilityTimeoutSeconds must be a whole number 0-43200, got 50000"
    assert shown.returncode != 0
    assert f"error: slipway:index:Queue resource 'work' has a problem: {sentence}\n" in shown.stdout
    assert "_checks.py" not in shown.stdout, "where the check stands is of no use to the caller"


@pytest.mark.engine
def test_a_guarded_program_keeps_a_stack_of_the_sandbox_off_aws(pulumi: Pulumi, tmp_path: Path) -> None:
    with_program(pulumi, tmp_path, GUARDED)
    assert pulumi("stack", "init", "sandbox").returncode == 0
    shown = pulumi("up", "--yes", "--skip-preview")
    assert shown.returncode != 0
    assert (
        "error: stack 'sandbox' deploys to the sandbox on this machine, and this shell is not attached to it"
        in shown.stdout
    )
    assert "Traceback" not in shown.stdout
    assert "Queue" not in shown.stdout


@pytest.mark.engine
def test_a_key_file_lives_as_long_as_its_stack(pulumi: Pulumi, tmp_path: Path) -> None:
    directory = with_program(pulumi, tmp_path, KEY)
    path = directory / "keys" / "door.pem"
    made = pulumi("up", "--yes", "--skip-preview")
    assert made.returncode == 0, made.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    private = path.read_text()
    assert not any(line in pulumi("stack", "export", "--show-secrets").stdout for line in private.splitlines())
    assert "2 unchanged" in pulumi("preview").stdout
    path.unlink()
    assert "1 to replace" in pulumi("preview").stdout
    assert pulumi("up", "--yes", "--skip-preview").returncode == 0
    assert path.read_text() != private
    assert pulumi("destroy", "--yes", "--skip-preview").returncode == 0
    assert not path.exists()
