"""Packages of pulumi_aws load module by module, and have the names that they have as a whole."""

import json
import subprocess
import sys
from pathlib import Path

import pulumi_aws
import pytest

from slipway.program._on_demand import module_of_each_name

PLACE = Path(pulumi_aws.__file__).parent
SCRIPT = """
import json, sys
import pulumi_aws
from pulumi_aws import sns
from slipway.program._on_demand import load_on_demand

sns.Topic  # used before
if sys.argv[1] == "on demand":
    load_on_demand()
queue = pulumi_aws.sqs.Queue
loaded = sorted(name for name in sys.modules if name.startswith("pulumi_aws.sqs.") or name == "pulumi_aws.sns.topic_policy")
import pulumi_aws.sqs.get_queue
from pulumi_aws.kms import *
from pulumi_aws.sqs import queue_policy
try:
    unknown = pulumi_aws.sqs.Quueue
except AttributeError as error:
    unknown = str(error)


def names(package):
    found = {name: getattr(package, name) for name in dir(package) if not name.startswith("_")}
    return {name: f"{type(it).__name__} {getattr(it, '__module__', it.__class__)}" for name, it in found.items()}


print(json.dumps({
    "loaded": loaded,
    "function": type(pulumi_aws.sqs.get_queue).__name__,
    "module": pulumi_aws.sqs.queue_policy.QueuePolicy is queue_policy.QueuePolicy is pulumi_aws.sqs.QueuePolicy,
    "star": Key is pulumi_aws.kms.Key,
    "type": pulumi_aws.ecs.ServiceLoadBalancerArgs.__name__,
    "unknown": unknown,
    "names": [names(it) for it in (pulumi_aws.sqs, pulumi_aws.kms, pulumi_aws.sns)],
}))
"""


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, object]]:
    """What a program sees of pulumi_aws, as a whole and on demand."""

    def run(mode: str) -> dict[str, object]:
        ended = subprocess.run([sys.executable, "-c", SCRIPT, mode], capture_output=True, text=True, check=True)
        found: dict[str, object] = json.loads(ended.stdout)
        return found

    return {mode: run(mode) for mode in ("as a whole", "on demand")}


def test_a_name_loads_its_own_module_and_a_package_that_was_used_stays_as_it_is(
    seen: dict[str, dict[str, object]],
) -> None:
    assert seen["on demand"]["loaded"] == ["pulumi_aws.sns.topic_policy", "pulumi_aws.sqs.queue"]


def test_a_package_has_the_names_that_it_has_as_a_whole(seen: dict[str, dict[str, object]]) -> None:
    whole, on_demand = (
        [{name: it for name, it in names.items() if name != "typing"} for names in found["names"]]  # type: ignore[attr-defined]
        for found in (seen["as a whole"], seen["on demand"])
    )
    assert on_demand == whole
    assert {key: it for key, it in seen["on demand"].items() if key not in ("names", "loaded")} == {
        "function": "function",
        "module": True,
        "star": True,
        "type": "ServiceLoadBalancerArgs",
        "unknown": "module 'pulumi_aws.sqs' has no attribute 'Quueue'",
    }


def test_every_package_of_the_sdk_only_collects_names() -> None:
    packages = [it.parent for it in PLACE.glob("*/__init__.py")]
    assert [it.name for it in packages if module_of_each_name(it) is None] == ["config"]
    assert len(packages) > 200


def test_a_package_that_does_more_is_loaded_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "queue.py").write_text("__all__ = ['Queue']\n")
    (tmp_path / "__init__.py").write_text("# made\nfrom .queue import *\n")
    assert module_of_each_name(tmp_path) == {"Queue": "queue"}
    (tmp_path / "__init__.py").write_text("from .queue import *\nregister()\n")
    assert module_of_each_name(tmp_path) is None
    (tmp_path / "queue.py").write_text("Queue = 1\n")
    (tmp_path / "__init__.py").write_text("from .queue import *\n")
    assert module_of_each_name(tmp_path) is None
