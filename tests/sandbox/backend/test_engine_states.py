"""On the real CLI: what it says to files that kills and full disks leave, and that it goes on once they are mended."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from slipway_sandbox.backend import mend

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Stack:
    """A stack without resources, in a backend of its own with the options that the sandbox gives it."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def file(self) -> Path:
        return self.state / ".pulumi/stacks/mended/test.json"

    def pulumi(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        found = shutil.which("pulumi", path=f"{Path.home()}/.pulumi/bin:{os.environ['PATH']}")
        assert found, "there is no pulumi; `make up` installs it"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
        environment |= {
            "PULUMI_BACKEND_URL": f"file://{self.state}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        command = [found, *arguments, "--non-interactive", "--color", "never"]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    def must(self, *arguments: str) -> str:
        ended = self.pulumi(*arguments)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def refusal(self) -> str:
        """The last line that `pulumi up` says; it has to fail."""
        ended = self.pulumi("up", "--yes", "--skip-preview")
        assert ended.returncode != 0
        return (ended.stdout + ended.stderr).strip().splitlines()[-1]


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    made = Stack(tmp_path)
    made.state.mkdir()
    runtime = f"{{name: python, options: {{virtualenv: {sys.prefix!r}}}}}"
    (tmp_path / "Pulumi.yaml").write_text(f"name: mended\nruntime: {runtime}\n")
    (tmp_path / "__main__.py").write_text('import pulumi\npulumi.export("greeting", "hello")\n')
    made.must("stack", "init", "test")
    made.must("up", "--yes", "--skip-preview")
    return made


def test_what_stops_pulumi_for_ever_is_mended(stack: Stack) -> None:
    assert not list(stack.state.rglob("*.attrs")), "the backend writes no attributes, so no kill can tear them"
    attributes = stack.file.with_name("test.json.attrs")
    attributes.write_text("")
    assert stack.refusal() == "error: failed to load checkpoint: EOF"
    assert len(mend(stack.state)) == 1
    lock = stack.state / ".pulumi/locks/organization/mended/test/a.json.18b7.tmp"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text("")
    assert stack.refusal() == "error: unexpected end of JSON input"
    assert len(mend(stack.state)) == 1
    for file in (stack.file, stack.file.with_name("test.json.bak")):
        file.write_text("")
    assert stack.refusal() != ""
    assert len(mend(stack.state)) == 1
    assert stack.must("stack", "output", "greeting") == "hello\n"
    stack.must("up", "--yes", "--skip-preview")
