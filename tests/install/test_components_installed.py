"""slipway-components and slipway-sandbox from their wheels: outside of the checkout, a program with a FanOut deploys, and
what docs/testing.md shows works."""

import json
import re
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

ROOT = Path(__file__).parents[2]
# What pytest does with a module of plain functions.
CALL_TESTS = """
import test_shop

for name, test in vars(test_shop).items():
    if name.startswith("test_"):
        test()
        print("passed", name)
"""


def shown(name: str) -> str:
    """The program of this name in docs/testing.md."""
    found = re.search(
        rf"^```python\n(# {name}\n.*?)^```", (ROOT / "docs" / "testing.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert found, name
    return found[1]


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


def test_unit_tests_need_the_package_alone(environment: Callable[..., Path], tmp_path: Path) -> None:
    python = environment("slipway-components") / "bin" / "python"
    (tmp_path / "test_shop.py").write_text(shown("test_shop.py"))
    done = Stacks({"PATH": "/usr/bin:/bin"}).run(tmp_path, str(python), "-c", CALL_TESTS)
    assert done.returncode == 0, done.stdout
    names = ["test_a_message_is_tried_three_times", "test_the_worker_may_consume_its_queue", "test_ten_tasks_at_most"]
    assert [line for line in done.stdout.splitlines() if line.startswith("passed")] == [f"passed {it}" for it in names]


@pytest.mark.engine
def test_an_inline_program_deploys_to_the_sandbox(
    environment: Callable[..., Path], stacks: Stacks, tmp_path: Path
) -> None:
    python = environment("slipway-components") / "bin" / "python"
    (tmp_path / "try_shop.py").write_text(shown("try_shop.py"))
    done = stacks.run(tmp_path, "slipway", "sandbox", "run", "--", str(python), "try_shop.py")
    assert done.returncode == 0, done.stdout
