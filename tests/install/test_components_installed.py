"""slipway-components and slipway-sandbox from their wheels: outside of the checkout, a program with a FanOut deploys."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.components.stacks import Stacks

PROGRAM = """
import pulumi
from slipway import FanOut

orders = FanOut("orders", {"queues": {"billing": {}, "shipping": {"filter_policy": {"kind": ["physical"]}}}})
pulumi.export("topicArn", orders.topic_arn)
"""


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
