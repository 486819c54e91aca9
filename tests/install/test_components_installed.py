"""slipway-components and slipway-sandbox from their wheels: outside of the checkout, a program with a FanOut deploys."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.components.stacks import Stacks

PROGRAM = """
import pulumi
from slipway import FanOut

orders = FanOut("orders", {"queues": {"billing": {}, "shipping": {"filter_policy": {"kind": ["physical"]}}}})
pulumi.export("topicArn", orders.topic_arn)
"""


@pytest.fixture(scope="module")
def stacks(environment: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A shell attached to a sandbox of the installed slipway-sandbox; nothing of the checkout is on PATH."""
    home = tmp_path_factory.mktemp("sandbox")
    slipway = environment("slipway-sandbox") / "bin" / "slipway"
    pulumi = shutil.which("pulumi", path=f"{os.environ['PATH']}:{Path.home() / '.pulumi' / 'bin'}")
    assert pulumi, "no pulumi on PATH nor in ~/.pulumi/bin; run `make ready`"
    path = f"{Path(pulumi).parent}:{slipway.parent}:/usr/local/bin:/usr/bin:/bin"
    outside = Stacks({"PATH": path, "HOME": str(Path.home()), "SLIPWAY_SANDBOX_DIR": str(home)})
    started = outside.run(home, "slipway", "sandbox", "start")
    assert started.returncode == 0, started.stdout
    try:
        shown = outside.run(home, "sh", "-c", 'eval "$(slipway sandbox env)" && env -0').stdout
        yield Stacks(dict(entry.split("=", 1) for entry in shown.split("\0") if entry))
    finally:
        stopped = outside.run(home, "slipway", "sandbox", "stop")
    assert stopped.returncode == 0, stopped.stdout


@pytest.mark.engine
def test_a_program_with_a_fan_out_deploys(environment: Callable[..., Path], stacks: Stacks, tmp_path: Path) -> None:
    virtualenv = str(environment("slipway-components"))
    project = {"name": "shop", "runtime": {"name": "python", "options": {"virtualenv": virtualenv}}}
    (tmp_path / "Pulumi.yaml").write_text(json.dumps(project))
    (tmp_path / "__main__.py").write_text(PROGRAM)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-installed")
    stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview")
    assert stacks.pulumi(tmp_path, "stack", "output", "topicArn").startswith("arn:aws:sns:")
    assert len(stacks.resources(tmp_path, "aws:sqs/queue:Queue")) == 4, "two queues, each with a dead-letter queue"
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
