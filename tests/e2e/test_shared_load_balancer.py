"""Services behind one load balancer: requests go by rule, a service of another stack joins, and a clash is one sentence."""

import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import HANG_SECONDS
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: joins
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
# A service of another stack, with the two values that the example exports.
JOINS = """
import slipway

slipway.speed_up_program()
import pulumi
from slipway import Cluster, FargateService, Network

config = pulumi.Config()
FargateService(
    "joined",
    {
        "cluster_arn": Cluster("main", {}).cluster_arn,
        "vpc_id": config.require("vpc"),
        "subnet_ids": config.require_object("subnets"),
        "image": "slipway-sandbox/python:3.12",
        "desired_count": 0,
        "container_port": 8080,
        "listener": {
            "listener_arn": config.require("listener"),
            "security_group_id": config.require("group"),
            "rules": {"it": {"path_patterns": PATHS}},
        },
    },
)
"""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


@pytest.fixture(scope="module")
def example(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, deployed."""
    program = tmp_path_factory.mktemp("example") / "shared"
    shutil.copytree(CHECKOUT / "examples" / "shared-load-balancer", program)
    settings = program / "Pulumi.yaml"
    settings.write_text(settings.read_text().replace("../../.venv", str(CHECKOUT / ".venv")))
    stacks.pulumi(program, "stack", "init", "sandbox-shared")
    stacks.pulumi(program, "up", "--yes", "--skip-preview")
    return program


def answer(url: str, **headers: str) -> str:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=HANG_SECONDS) as response:
            return str(response.read().decode().strip())
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode()}"


def test_a_request_goes_to_the_most_specific_rule(stacks: Stacks, example: Path) -> None:
    url = stacks.pulumi(example, "stack", "output", "url").strip()
    assert answer(f"{url}/basket?x=/stock") == "shop /basket?x=/stock"
    assert answer(f"{url}/stock/7") == "stock /stock/7"
    assert answer(f"{url}/stock") == "stock /stock"
    assert answer(f"{url}/stocks") == "shop /stocks"
    assert answer(f"{url}/basket", **{"X-Beta": "stock"}) == "stock /basket"


def test_another_stack_joins_and_one_that_asks_for_the_same_is_told_so(
    stacks: Stacks, example: Path, tmp_path: Path
) -> None:
    joins = tmp_path / "joins"
    joins.mkdir()
    (joins / "Pulumi.yaml").write_text(PROJECT)
    (joins / "__main__.py").write_text(JOINS.replace("PATHS", '["/stock", "/stock/*"]'))
    stacks.pulumi(joins, "stack", "init", "sandbox-joins")
    for key, output in (("listener", "listenerArn"), ("group", "loadBalancerSecurityGroupId")):
        stacks.pulumi(joins, "config", "set", key, stacks.pulumi(example, "stack", "output", output).strip())
    (vpc,) = stacks.resources(example, "aws:ec2/vpc:Vpc").values()
    subnets = [it["id"] for name, it in stacks.resources(example, "aws:ec2/subnet:Subnet").items() if "private" in name]
    stacks.pulumi(joins, "config", "set", "vpc", vpc["id"])
    stacks.pulumi(joins, "config", "set", "--path", "subnets[0]", subnets[0])
    before = stacks.inputs(example, "aws:lb/listenerRule:ListenerRule")

    for command, other in ((("preview",), "rule 'stock-stock'"), (("up", "--yes", "--skip-preview"), "a rule")):
        refused = stacks.run(joins, "pulumi", *command)
        assert refused.returncode != 0
        assert (
            f"FargateService 'joined': listener.rules.it has priority 46914 like {other} of another stack on this listener; "
            "it asks for the same, unless set by hand: ask for something else, or set listener.rules.it.priority, such as 46915\n"
        ) in refused.stdout
        assert "Traceback" not in refused.stdout

    (joins / "__main__.py").write_text(JOINS.replace("PATHS", '["/returns/*"]'))
    stacks.pulumi(joins, "up", "--yes", "--skip-preview")
    stacks.pulumi(joins, "preview", "--expect-no-changes")
    stacks.pulumi(example, "preview", "--expect-no-changes")
    assert stacks.inputs(example, "aws:lb/listenerRule:ListenerRule") == before
    url = stacks.pulumi(example, "stack", "output", "url").strip()
    assert answer(f"{url}/returns/1") == "503 503 Service Temporarily Unavailable"
    stacks.pulumi(joins, "destroy", "--yes", "--skip-preview")
    stacks.pulumi(example, "destroy", "--yes", "--skip-preview")
