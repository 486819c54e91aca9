"""Network, Bastion and Host on the real engine, in a sandbox of their own: each NAT and way in, what stays, and ssh."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own
from tests.support.sandbox.runtime_cloud import eventually

PROJECT = f"""
name: probe
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
# OWN in args.json stands for an Elastic IP that the program makes itself.
PROGRAM = """
import slipway

slipway.speed_up_program()
import json
from pathlib import Path
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from slipway import Bastion, Host, Network

args = json.loads(Path("args.json").read_text())
own = aws.ec2.Eip("own", domain="vpc")
networks, doors = {}, {}
for name, given in args["networks"].items():
    if given.get("nat_elastic_ip_allocation_ids") == ["OWN"]:
        given["nat_elastic_ip_allocation_ids"] = [own.id]
    networks[name] = Network(name, given)
for name, given in args["bastions"].items():
    place = networks[given.pop("network")]
    subnet_id = place.first_public_subnet_id if given.pop("public") else place.first_private_subnet_id
    where = {"vpc_id": place.vpc_id, "vpc_cidr_block": place.cidr_block, "subnet_id": subnet_id}
    doors[name] = Bastion(name, where | given)
    pulumi.export(f"{name}Config", doors[name].ssh_config)
    pulumi.export(f"{name}Session", doors[name].session_command)
for name, given in args["hosts"].items():
    place, door = networks[given.pop("network")], doors[given["bastion_name"]]
    of_door = {
        "bastion_security_group_id": door.security_group_id,
        "key_name": door.key_name,
        "key_file": door.key_file,
    }
    host = Host(name, {"vpc_id": place.vpc_id, "subnet_id": place.first_private_subnet_id, **of_door, **given})
    pulumi.export(f"{name}Config", host.ssh_config)
"""
SUBNET, INSTANCE, NAT = "aws:ec2/subnet:Subnet", "aws:ec2/instance:Instance", "aws:ec2/natGateway:NatGateway"
EVERY_TIER = ["public", "private", "isolated"]
OFFICE = {"allowed_cidr_blocks": ["203.0.113.7/32"]}
HOURS = {"stop_schedule": "cron(0 19 ? * MON-FRI *)", "start_schedule": "cron(0 7 ? * MON-FRI *)"}
ACLS = {"network_acls": {"admin_cidr_blocks": ["203.0.113.7/32"], "denied_cidr_blocks": ["198.51.100.0/24"]}}


class Program:
    """One stack whose arguments change."""

    def __init__(self, stacks: Stacks, directory: Path) -> None:
        self.stacks, self.directory = stacks, directory
        self.deployed: dict[str, dict[str, dict[str, Any]]] = {}
        (directory / "Pulumi.yaml").write_text(PROJECT)
        (directory / "__main__.py").write_text(PROGRAM)
        stacks.pulumi(directory, "stack", "init", "sandbox-access")

    def say(self, **args: object) -> None:
        empty: dict[str, object] = {"networks": {}, "bastions": {}, "hosts": {}}
        (self.directory / "args.json").write_text(json.dumps(empty | args))

    def deploy(self, **args: object) -> None:
        """Deploy, and see that a second preview is empty."""
        self.say(**args)
        self.stacks.pulumi(self.directory, "up", "--yes", "--skip-preview")
        self.stacks.pulumi(self.directory, "preview", "--expect-no-changes")
        self.deployed = self.stacks.state(self.directory)

    def refused(self, **args: object) -> str:
        """What a preview of these arguments says."""
        self.say(**args)
        return self.stacks.run(self.directory, "pulumi", "preview").stdout

    def state(self, kind: str) -> dict[str, dict[str, Any]]:
        """Resources of a type that the last deployment left in state, by name."""
        return self.deployed.get(kind, {})

    def ids(self, kind: str) -> dict[str, str]:
        return {name: resource["id"] for name, resource in self.state(kind).items()}

    def output(self, name: str) -> str:
        return self.stacks.pulumi(self.directory, "stack", "output", name).rstrip("\n")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A stack in a sandbox of this module's own; destroyed in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as stacks:
        stack = Program(stacks, tmp_path_factory.mktemp("program"))
        yield stack
        stacks.pulumi(stack.directory, "destroy", "--yes", "--skip-preview")


@pytest.mark.e2e
def test_networks_and_what_stands_in_them_change_and_nothing_moves_unasked(program: Program) -> None:
    key = {"key_file": str(program.directory / "door.pem")}
    every_way = {"access": ["session_manager", "key_pair", "instance_connect", "instance_connect_endpoint"]}
    small, other = {"cidr_block": "10.21.0.0/22"}, {"cidr_block": "10.22.0.0/16", "zone_count": 1}
    home = {"network": "small", "public": True}
    inside = {"network": "small", "public": False}
    hosts = {"jobs": {"network": "small", "bastion_name": "door"}}
    steps: list[dict[str, object]] = [
        {
            "networks": {
                "main": {"nat": "single"},
                "small": small | {"nat": "instance"} | ACLS,
                "other": other | {"nat_elastic_ip_allocation_ids": ["OWN"]},
            },
            "bastions": {
                "door": home | key,
                "logged": inside | {"session_logs": True} | HOURS,
                "tunnel": inside | {"access": ["instance_connect_endpoint"]},
            },
        },
        {
            "networks": {
                "main": {"nat": "per_zone", "zone_count": 3, "tiers": EVERY_TIER, "ipv6": True},
                "small": small | {"nat": "single", "ipv6": True, "network_acls": {}},
                "other": other | {"nat": "instance", "nat_elastic_ip_allocation_ids": ["OWN"]},
            },
            "bastions": {
                "door": home | key | OFFICE | {"access": ["key_pair"]},
                "logged": inside | {"session_logs": True, "session_log_retention_days": 7},
                "tunnel": inside | {"elastic_ip": True, "session_logs": True},
            },
        },
        {
            "networks": {
                "main": {
                    "nat": "none",
                    "zone_count": 3,
                    "tiers": EVERY_TIER,
                    "ipv6": True,
                    "endpoints_for": ["QueueWorker", "Bastion"],
                },
                "small": small | {"nat": "per_zone", "ipv6": True},
                "other": other | {"nat": "instance", "nat_instance_type": "t4g.micro"},
            },
            "bastions": {
                "door": home | key | OFFICE | every_way | {"targets": {"db": {"host": "db.internal", "port": 5432}}},
                "logged": inside | HOURS,
                "tunnel": inside | {"refresh_ami": True},
            },
        },
        {
            "networks": {
                "main": {"zone_count": 3, "tiers": ["private", "isolated"], "ipv6": True, "dynamodb_endpoint": True},
                "small": small | {"ipv6": True},
                "other": other | {"nat": "none"},
            },
            "bastions": {
                "door": home | key | OFFICE,
                "logged": inside,
                # The other processor has another image, as a newer release has.
                "tunnel": inside | {"refresh_ami": True, "instance_type": "t3.micro"},
            },
        },
    ]
    subnets: dict[str, str] = {}
    instances: list[dict[str, str]] = []
    nats = []
    for step in steps:
        program.deploy(hosts=hosts, **step)
        now = program.ids(SUBNET)
        assert {name: subnets.get(name, subnet_id) for name, subnet_id in now.items()} == now
        subnets |= now
        instances.append(program.ids(INSTANCE))
        nats.append(sorted(program.ids(NAT)))
    assert nats == [
        ["main-nat-a", "other-nat-a"],
        ["main-nat-a", "main-nat-b", "main-nat-c", "small-nat-a"],
        ["small-nat-a", "small-nat-b"],
        ["small-nat-a"],
    ]
    assert [sorted(name for name in ids if name.endswith("-nat")) for ids in instances] == [
        ["small-nat"],
        ["other-nat"],
        ["other-nat"],
        [],
    ]
    assert instances[1]["other-nat"] == instances[2]["other-nat"], "another size is no other instance"
    for name in ("door", "logged", "jobs"):
        assert {ids[name] for ids in instances} == {instances[0][name]}
    first, *rest, last = (ids["tunnel"] for ids in instances)
    assert rest == [first, first]
    assert last != first, "a newer image replaces it when asked"


@pytest.mark.e2e
def test_a_host_is_reached_through_the_bastion_by_the_printed_configuration(program: Program) -> None:
    door = {"network": "home", "public": True, "key_file": str(program.directory / "door.pem")} | OFFICE
    hosts = {"jobs": {"network": "home", "bastion_name": "door"}}
    program.deploy(networks={"home": {"nat": "instance"}}, bastions={"door": door}, hosts=hosts)
    known = f"Host *\n  StrictHostKeyChecking accept-new\n  UserKnownHostsFile {program.directory / 'known_hosts'}\n"
    config = program.directory / "config"
    config.write_text(f"{program.output('doorConfig')}\n{program.output('jobsConfig')}\n{known}")
    private = program.state(INSTANCE)["jobs"]["outputs"]["privateIp"]

    def hostname() -> subprocess.CompletedProcess[str]:
        return program.stacks.run(
            program.directory, "ssh", "-F", str(config), "-o", "LogLevel=ERROR", "jobs", "hostname"
        )

    eventually(lambda: hostname().returncode == 0, state=lambda: hostname().stdout)
    assert hostname().stdout.strip() == f"ip-{private.replace('.', '-')}"


@pytest.mark.e2e
def test_a_network_that_is_there_is_taken_and_what_is_wrong_with_it_is_one_sentence(program: Program) -> None:
    networks: dict[str, object] = {"home": {"nat": "instance"}}
    program.deploy(networks=networks)
    subnets = program.ids(SUBNET)
    private = [subnets["home-private-a"], subnets["home-private-b"]]
    vpc_id = program.ids("aws:ec2/vpc:Vpc")["home"]
    public = [subnets["home-public-a"], subnets["home-public-b"]]
    existing = {"vpc_id": vpc_id, "private_subnet_ids": private}
    program.deploy(networks=networks | {"found": existing | {"public_subnet_ids": public}})
    assert program.ids(SUBNET) == subnets
    elsewhere = program.refused(networks=networks | {"found": existing | {"vpc_id": "vpc-00000000"}})
    assert (
        "error: Network 'found': private_subnet_ids must be subnets of vpc-00000000 in the provider's region and account, "
        f"got {', '.join(private)}\n"
    ) in elsewhere
    assert "Traceback" not in elsewhere
    swapped = program.refused(networks=networks | {"found": {"vpc_id": vpc_id, "isolated_subnet_ids": private}})
    assert f"error: Network 'found': isolated_subnet_ids must have no way out, got {private[0]} with route" in swapped
