"""A stack whose state names the classes by their earlier paths, on the real engine: one update in place, nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own
from tests.support.components.stored_classes import STORED, as_before_the_move, with_earlier_verdict

PROJECT = f"""
name: probe
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = """
import slipway

slipway.speed_up_program()
from slipway import Bastion, Cluster, FargateService, Network

network = Network("main", {"zone_count": 1, "nat": "none"})
place = {"vpc_id": network.vpc_id, "vpc_cidr_block": network.cidr_block, "subnet_id": network.first_public_subnet_id}
Bastion("door", place | {"allowed_cidr_blocks": ["203.0.113.7/32"], "key_file": "keys/door.pem"})
FargateService(
    "api",
    {
        "cluster_arn": Cluster("main", {}).cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": "localhost:1/api@sha256:" + "a" * 64,
        "desired_count": 0,
    },
)
"""
QUESTIONS = ("ImageCheck", "ImageScan")
DYNAMIC = ("PrivateKey",)


class Stack:
    """The stack of the program."""

    def __init__(self, stacks: Stacks, folder: Path) -> None:
        self.stacks, self.folder = stacks, folder
        (folder / "Pulumi.yaml").write_text(PROJECT)
        (folder / "__main__.py").write_text(PROGRAM)
        stacks.pulumi(folder, "stack", "init", "sandbox-earlier")
        stacks.pulumi(folder, "up", "--yes", "--skip-preview")

    def state(self) -> str:
        return self.stacks.pulumi(self.folder, "stack", "export")

    def write(self, state: str) -> None:
        (self.folder / "state.json").write_text(state)
        self.stacks.pulumi(self.folder, "stack", "import", "--file", "state.json")

    def planned(self) -> dict[str, str]:
        """Type of each resource that a preview would change, to the operation."""
        steps = json.loads(self.stacks.pulumi(self.folder, "preview", "--json"))["steps"]
        return {step["urn"].split("::")[2].rpartition(":")[2]: step["op"] for step in steps if step["op"] != "same"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The program deployed to a sandbox of this module's own."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as stacks:
        yield Stack(stacks, tmp_path_factory.mktemp("program"))


def with_image_questions(state: str) -> str:
    """A state with the image's check and scan as earlier versions stored them, each a child of the service."""
    whole = json.loads(state)
    resources = whole["deployment"]["resources"]
    [key] = [it for it in resources if it["type"].endswith(":PrivateKey")]
    [service] = [it for it in resources if it["type"] == "slipway:index:FargateService"]
    for stored in STORED:
        name = stored.path.rpartition(".")[2].removesuffix("Provider")
        if name in QUESTIONS:
            kind, props = f"pulumi-python:dynamic/slipway:{name}", {"__provider": stored.today, "image": "shop:1"}
            urn = service["urn"].replace("FargateService::", f"FargateService${kind}::")
            entry = {
                "urn": urn,
                "type": kind,
                "parent": service["urn"],
                "id": "shop:1",
                "inputs": props,
                "outputs": props,
            }
            resources.append(entry | {key_: key[key_] for key_ in ("custom", "provider")})
    return json.dumps(whole)


@pytest.mark.e2e
def test_image_questions_of_earlier_versions_are_refreshed_and_deleted(stack: Stack) -> None:
    stack.write(with_image_questions(stack.state()))
    stack.stacks.pulumi(stack.folder, "refresh", "--yes", "--skip-preview")
    assert stack.planned() == dict.fromkeys(QUESTIONS, "delete")
    stack.stacks.pulumi(stack.folder, "up", "--yes", "--skip-preview")
    stack.stacks.pulumi(stack.folder, "preview", "--expect-no-changes")


@pytest.mark.e2e
def test_an_earlier_state_is_rewritten_once_and_destroyed_from_its_earlier_paths(stack: Stack) -> None:
    today = stack.state()
    earlier = as_before_the_move(today)
    assert earlier != today
    stack.write(earlier)
    # An instance takes its key at creation only: a preview that did not know the key would replace it.
    assert stack.planned() == dict.fromkeys(DYNAMIC, "update")
    stack.stacks.pulumi(stack.folder, "refresh", "--yes", "--skip-preview")
    shown = stack.stacks.pulumi(stack.folder, "up", "--yes", "--skip-preview")
    assert f"~ {len(DYNAMIC)} updated" in shown
    assert as_before_the_move(stack.state()) != stack.state(), "the present paths are stored"
    stack.stacks.pulumi(stack.folder, "preview", "--expect-no-changes")
    stack.write(earlier)
    stack.stacks.pulumi(stack.folder, "destroy", "--yes", "--skip-preview")
    assert not (stack.folder / "keys" / "door.pem").exists(), "the class was loaded from its earlier path"


@pytest.mark.e2e
def test_a_verdict_of_an_earlier_version_is_refreshed_deleted_and_destroyed(stack: Stack) -> None:
    stack.stacks.pulumi(stack.folder, "up", "--yes", "--skip-preview")
    earlier = with_earlier_verdict(stack.state(), "api")
    for state in (earlier, as_before_the_move(earlier)):
        stack.write(state)
        stack.stacks.pulumi(stack.folder, "refresh", "--yes", "--skip-preview")
        planned = stack.planned()
        assert (planned["Verdict"], planned["Stash"]) == ("delete", "create")
        stack.stacks.pulumi(stack.folder, "up", "--yes", "--skip-preview")
        stack.stacks.pulumi(stack.folder, "preview", "--expect-no-changes")
    stack.write(earlier)
    stack.stacks.pulumi(stack.folder, "destroy", "--yes", "--skip-preview")
