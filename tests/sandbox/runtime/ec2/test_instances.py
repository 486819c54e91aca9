"""EC2 instances as containers with sshd: what is to be done, as tables, and what they keep."""

import io
import stat
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from setup import host_image
from slipway_sandbox.process.home import CHECKOUT
from slipway_sandbox.runtime.ec2 import instance_spec
from slipway_sandbox.runtime.ec2.instance_files import InstanceFiles, private_key_file
from slipway_sandbox.runtime.ec2.instance_spec import (
    Door,
    Made,
    Place,
    Wanted,
    action,
    admits,
    command,
    routes,
    sources,
)
from tests.support.sandbox.runtime_cloud import new_key

DOOR, OTHER_DOOR, SHUT = Door("127.1.2.3"), Door("127.9.9.9"), Door("127.1.2.3", admitted=False)


def instance(*, running: bool = True) -> Wanted:
    return Wanted("i-1", running, DOOR, "ip-10-0-0-4", "ssh-ed25519 AAAA")


@pytest.mark.parametrize(
    ("wanted", "made", "done"),
    [
        (instance(), None, "make"),
        (instance(), Made(DOOR, running=True), ""),
        (instance(), Made(DOOR, running=False), "make"),
        (instance(), Made(OTHER_DOOR, running=True), "make"),
        (instance(), Made(SHUT, running=True), "make"),
        (instance(running=False), None, ""),
        (instance(running=False), Made(DOOR, running=True), "halt"),
        (instance(running=False), Made(OTHER_DOOR, running=False), "halt"),
        (None, Made(DOOR, running=True), "end"),
        (None, None, "end"),
    ],
    ids=[
        "a new instance",
        "nothing has changed",
        "sshd has ended",
        "another Elastic IP",
        "port 22 has been let in",
        "stopped, and without container",
        "stopped",
        "stopped, and its container has ended",
        "terminated",
        "terminated while it was stopped",
    ],
)
def test_what_is_done_follows_from_the_instance_and_its_container(
    wanted: Wanted | None, made: Made | None, done: str
) -> None:
    assert action(wanted, made) == done


@pytest.mark.parametrize(
    ("door", "ports"),
    [
        (Door("127.1.2.3"), [("127.1.2.3", 22), ("127.0.0.1", None)]),
        (Door(""), [("127.0.0.1", None)]),
        (Door("127.1.2.3", admitted=False), []),
    ],
    ids=["an Elastic IP", "no address of this machine", "no security group lets port 22 in"],
)
def test_the_public_address_is_tried_first_and_a_shut_door_has_none(
    door: Door, ports: list[tuple[str, int | None]]
) -> None:
    assert door.ports() == ports


def rule(protocol: str, low: int | None, high: int | None) -> Any:
    return SimpleNamespace(ip_protocol=protocol, from_port=low, to_port=high)


@pytest.mark.parametrize(
    ("rules", "admitted"),
    [
        ([], False),
        ([rule("tcp", 22, 22)], True),
        ([rule("tcp", 443, 443), rule("tcp", 0, 65535)], True),
        ([rule("tcp", 23, 65535)], False),
        ([rule("udp", 22, 22)], False),
        ([rule("6", 20, 25)], True),
        ([rule("-1", None, None)], True),
        ([rule("icmp", -1, -1)], False),
    ],
)
def test_port_22_is_open_where_a_rule_covers_it(rules: list[Any], admitted: bool) -> None:
    assert admits([SimpleNamespace(ingress_rules=[]), SimpleNamespace(ingress_rules=rules)]) is admitted


def test_the_sources_of_port_22_are_groups_and_networks() -> None:
    rules = [
        SimpleNamespace(**vars(rule("tcp", 22, 22)), source_group={"GroupId": "sg-1"}, ip_range={}),
        SimpleNamespace(**vars(rule("tcp", 22, 22)), source_group={}, ip_range={"CidrIp": "10.0.0.0/8"}),
        SimpleNamespace(**vars(rule("tcp", 443, 443)), source_group={"GroupId": "sg-2"}, ip_range={}),
    ]
    assert sources([SimpleNamespace(ingress_rules=rules)]) == {"sg-1", "10.0.0.0/8"}


DOOR_PLACE = Place("vpc-1", "10.0.0.4", frozenset({"sg-door"}))


@pytest.mark.parametrize(
    ("other", "reached"),
    [
        (Place("vpc-1", "10.0.1.5", sources=frozenset({"sg-door"})), True),
        (Place("vpc-1", "10.0.1.5", sources=frozenset({"10.0.0.0/24"})), True),
        (Place("vpc-1", "10.0.1.5", sources=frozenset({"sg-other", "10.0.9.0/24"})), False),
        (Place("vpc-1", "10.0.1.5"), False),
        (Place("vpc-2", "10.0.1.5", sources=frozenset({"0.0.0.0/0"})), False),
    ],
    ids=["a rule names its group", "a rule names its network", "a rule names others", "no rule", "another VPC"],
)
def test_an_instance_reaches_those_of_its_vpc_that_let_it_in(other: Place, reached: bool) -> None:
    found = routes({"i-1": DOOR_PLACE, "i-2": other}, {"i-1": "172.17.0.2", "i-2": "172.17.0.3"})
    assert found == {"i-1": {("10.0.1.5", "172.17.0.3")} if reached else set(), "i-2": set()}


def test_no_route_leads_to_an_instance_that_does_not_run() -> None:
    other = Place("vpc-1", "10.0.1.5", sources=frozenset({"sg-door"}))
    assert routes({"i-1": DOOR_PLACE, "i-2": other}, {"i-1": "172.17.0.2"}) == {"i-1": set()}


@pytest.mark.parametrize(
    ("address", "port", "said"),
    [
        ("127.1.2.3", 22, "ssh -i b.pem ec2-user@127.1.2.3"),
        ("127.0.0.1", 4022, "ssh -i b.pem -p 4022 ec2-user@127.0.0.1"),
    ],
)
def test_the_ssh_command_names_the_port_where_it_is_another(address: str, port: int, said: str) -> None:
    assert command(address, port, "b.pem") == said


def test_an_instance_keeps_its_host_key_and_the_key_that_it_was_launched_with(tmp_path: Path) -> None:
    files = InstanceFiles(tmp_path)
    files.keep("i-1", "ssh-ed25519 AAAA first")
    first = files.archive("i-1", with_home=True)
    files.keep("i-1", "ssh-ed25519 BBBB second")
    assert files.archive("i-1", with_home=True) == first
    with tarfile.open(fileobj=io.BytesIO(first)) as tar:
        owners = {entry.name: (entry.uid, entry.mode) for entry in tar}
        authorized = tar.extractfile("home/ec2-user/.ssh/authorized_keys")
        assert authorized is not None
        assert authorized.read() == b"ssh-ed25519 AAAA first\n"
    assert owners == {
        "etc/ssh/ssh_host_ed25519_key": (0, 0o600),
        "home/ec2-user/.ssh": (1000, 0o700),
        "home/ec2-user/.ssh/authorized_keys": (1000, 0o600),
    }
    with tarfile.open(fileobj=io.BytesIO(files.archive("i-1", with_home=False))) as tar:
        assert tar.getnames() == ["etc/ssh/ssh_host_ed25519_key"], "the user's own keys are left alone"
    assert stat.S_IMODE((tmp_path / "i-1" / "ssh_host_ed25519_key").stat().st_mode) == 0o600
    files.forget_all_but({"i-2"})
    assert list(tmp_path.iterdir()) == []


def test_the_private_key_is_found_by_its_public_half(tmp_path: Path) -> None:
    first, second = new_key(tmp_path / "a.pem"), new_key(tmp_path / "b.pem")
    (tmp_path / "empty").touch()
    assert private_key_file(tmp_path, second) == str(tmp_path / "b.pem")
    (tmp_path / "a.pem").unlink()
    assert private_key_file(tmp_path, first) == "YOUR_KEY"


def test_set_up_and_sandbox_speak_of_the_same_image_and_user() -> None:
    assert (host_image.TAG, host_image.USER, host_image.USER_ID) == (
        instance_spec.IMAGE,
        instance_spec.USER,
        instance_spec.USER_ID,
    )


def test_the_image_to_build_by_hand_is_that_of_the_set_up() -> None:
    recipe = (instance_spec.RECIPE / "Dockerfile").read_text()
    assert (instance_spec.RECIPE / "slipway.conf").read_text() == host_image.SSHD_CONFIG
    assert f"install --yes --no-install-recommends {' '.join(host_image.PACKAGES)} " in recipe
    assert f"useradd --uid {host_image.USER_ID} --create-home --shell /bin/bash {host_image.USER} " in recipe
    assert f"CMD {host_image.COMMAND}\n" in recipe


def test_a_missing_image_is_told_with_the_command_that_makes_it() -> None:
    assert instance_spec.image_is_missing() == (
        "EC2 instances stay records, as there is no image slipway-sandbox/host:2; "
        f"make it: cd {CHECKOUT} && python3 -m setup.host_image"
    )
