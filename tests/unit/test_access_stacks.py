"""Network, Bastion and Host on the real engine, in a sandbox of their own: each NAT mode and way in, and what stays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.stacks import CHECKOUT, Stacks, sandbox_of_its_own

PROJECT = f"""
name: probe
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = """
import json
from pathlib import Path

from slipway import Bastion, Host, Network

args = json.loads(Path("args.json").read_text())
network = Network("main", args["network"])
if "bastion" in args:
    place = {"vpc_id": network.vpc_id, "vpc_cidr_block": network.cidr_block, "subnet_id": network.first_public_subnet_id}
    door = Bastion("door", place | args["bastion"])
    Host(
        "jobs",
        {
            "vpc_id": network.vpc_id,
            "subnet_id": network.first_private_subnet_id,
            "bastion_security_group_id": door.security_group_id,
        },
    )
"""
SUBNET, INSTANCE = "aws:ec2/subnet:Subnet", "aws:ec2/instance:Instance"


class Program:
    """One stack whose arguments change."""

    def __init__(self, stacks: Stacks, directory: Path, stack: str) -> None:
        self.stacks, self.directory = stacks, directory
        (directory / "Pulumi.yaml").write_text(PROJECT)
        (directory / "__main__.py").write_text(PROGRAM)
        stacks.pulumi(directory, "stack", "init", stack)

    def deploy(self, **args: Any) -> None:
        """Deploy, and see that a second preview is empty."""
        (self.directory / "args.json").write_text(json.dumps(args))
        self.stacks.pulumi(self.directory, "up", "--yes", "--skip-preview")
        self.stacks.pulumi(self.directory, "preview", "--expect-no-changes")

    def ids(self, kind: str) -> dict[str, str]:
        """Ids in state, by name, of the resources of a type."""
        found = json.loads(self.stacks.pulumi(self.directory, "stack", "export"))["deployment"]["resources"]
        return {it["urn"].split("::")[-1]: it["id"] for it in found if it["type"] == kind}

    def destroy(self) -> None:
        self.stacks.pulumi(self.directory, "destroy", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as mine:
        yield mine


@pytest.mark.e2e
def test_networks_of_every_nat_mode_grow_and_shrink_into_each_other_and_no_subnet_moves(
    stacks: Stacks,
    tmp_path: Path,
) -> None:
    program, seen = Program(stacks, tmp_path, "sandbox-network"), dict[str, str]()
    every_tier = ["public", "private", "isolated"]
    for args in (
        {"nat": "single"},
        {"nat": "per_zone", "zone_count": 3, "tiers": every_tier},
        {"nat": "none", "zone_count": 3, "tiers": every_tier, "endpoints_for": ["QueueWorker", "Bastion"]},
        {"nat": "none", "zone_count": 3, "tiers": ["private", "isolated"], "dynamodb_endpoint": True},
    ):
        program.deploy(network=args)
        now = program.ids(SUBNET)
        assert {name: seen.get(name, it) for name, it in now.items()} == now
        seen |= now
    program.destroy()


@pytest.mark.e2e
def test_a_network_of_another_stack_is_taken_and_a_wrong_id_is_one_sentence(stacks: Stacks, tmp_path: Path) -> None:
    for directory in ("owner", "guest"):
        (tmp_path / directory).mkdir()
    owner = Program(stacks, tmp_path / "owner", "sandbox-owner")
    owner.deploy(network={})
    subnets = owner.ids(SUBNET)
    private = [subnets["main-private-a"], subnets["main-private-b"]]
    existing = {"vpc_id": owner.ids("aws:ec2/vpc:Vpc")["main"], "private_subnet_ids": private}
    guest = Program(stacks, tmp_path / "guest", "sandbox-guest")
    guest.deploy(network=existing)
    assert guest.ids(SUBNET) == {}
    (guest.directory / "args.json").write_text(json.dumps({"network": existing | {"vpc_id": "vpc-00000000"}}))
    said = stacks.run(guest.directory, "pulumi", "preview").stdout
    assert (
        "error: Network 'main': private_subnet_ids must be subnets of vpc-00000000 in the provider's region and account, "
        f"got {', '.join(private)}\n"
    ) in said
    assert "Traceback" not in said
    guest.destroy()
    owner.destroy()


@pytest.mark.e2e
def test_a_bastion_stays_while_its_ways_in_change_and_goes_with_its_image_when_asked(
    stacks: Stacks,
    tmp_path: Path,
) -> None:
    program = Program(stacks, tmp_path, "sandbox-bastion")
    key = {"key_file": str(tmp_path / "door.pem")}
    office = {"allowed_cidr_blocks": ["203.0.113.7/32"]}
    every_way = {"access": ["session_manager", "key_pair", "instance_connect"]}
    instances = []
    for args in (
        key,
        key | office | {"access": ["key_pair"]},
        key | office | every_way | {"targets": {"db": {"host": "db.internal", "port": 5432}}},
        {},
        {"refresh_ami": True},
        # The other processor has another image, as a newer release has.
        {"refresh_ami": True, "instance_type": "t3.micro"},
        {"instance_type": "t3.micro"},
    ):
        program.deploy(network={}, bastion=args)
        instances.append(program.ids(INSTANCE))
    doors = [it["door"] for it in instances]
    assert doors[:5] == doors[:1] * 5
    assert doors[4] != doors[5] == doors[6]
    assert {it["jobs"] for it in instances} == {instances[0]["jobs"]}, "the host has nothing to do with it"
    program.destroy()
