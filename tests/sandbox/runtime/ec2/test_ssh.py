"""EC2 instances over real ssh: for how long, with which key, and on from there."""

import dataclasses
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
import pytest

from slipway_sandbox.runtime.ec2 import instance_spec
from tests.sandbox.conftest import Box
from tests.support.commands import HANG_SECONDS
from tests.support.sandbox.runtime_cloud import Cloud, eventually, make_image, new_key, running_cloud

pytestmark = pytest.mark.e2e

AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
SHUT = {"command": "", "note": "no security group of it lets port 22 in"}


class Remote:
    """An instance with a key of the test's own; `ways` is what the status says of all instances."""

    def __init__(self, cloud: Cloud, folder: Path, ways: Callable[[], dict[str, Any]]) -> None:
        self.cloud, self.ways, self.key = cloud, ways, folder / "own.pem"
        self._known_hosts = folder.parent / "known_hosts"
        folder.mkdir(exist_ok=True)
        cloud.network()
        cloud.ec2.import_key_pair(KeyName="own", PublicKeyMaterial=new_key(self.key).encode())
        self.group = cloud.ec2.create_security_group(GroupName="ssh", Description="ssh", VpcId=cloud.vpc)["GroupId"]
        made = self.started(self.group)
        self.id: str = made["InstanceId"]
        self.hostname = made["PrivateDnsName"].partition(".")[0]

    def started(self, group: str) -> dict[str, Any]:
        """A new instance with the key, in the VPC and this security group."""
        [made] = self.cloud.ec2.run_instances(
            ImageId=self.cloud.ssm.get_parameter(Name=AMAZON_LINUX)["Parameter"]["Value"],
            MinCount=1,
            MaxCount=1,
            KeyName="own",
            SubnetId=self.cloud.subnets[0],
            SecurityGroupIds=[group],
        )["Instances"]
        return dict(made)

    def let_in(self) -> None:
        permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.7/32"}]}
        self.cloud.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[permission])

    def address(self) -> str:
        """A new Elastic IP of the instance."""
        allocated = self.cloud.ec2.allocate_address(Domain="vpc")
        self.cloud.ec2.associate_address(InstanceId=self.id, AllocationId=allocated["AllocationId"])
        return str(allocated["PublicIp"])

    def becomes(self, way: dict[str, str] | None) -> None:
        """Returns once the status says so of the instance."""
        eventually(lambda: self.ways().get(self.id) == way, state=self.ways)

    def ssh(self, *where: str, run: str, key: Path | None = None) -> tuple[int, str]:
        """Exit code and output over ssh; a host key that is another than the first time is refused."""
        options = ["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=accept-new", "HostKeyAlias=instance"]
        options += [f"UserKnownHostsFile={self._known_hosts}", "LogLevel=ERROR"]
        command = ["ssh", *(f"-o{option}" for option in options), "-i", str(key or self.key), *where, run]
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=HANG_SECONDS,
        )
        return ended.returncode, ended.stdout


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    make_image(tmp_path)
    with running_cloud(tmp_path / "home") as started:
        yield started
    assert started.containers() == [], "a stopped controller leaves no container behind"


@pytest.fixture
def remote(cloud: Cloud, tmp_path: Path) -> Remote:
    def ways() -> dict[str, Any]:
        return {id_: dataclasses.asdict(way) for id_, way in cloud.controller.ways_in().items()}

    return Remote(cloud, tmp_path / "keys", ways)


def volumes(cloud: Cloud) -> list[Any]:
    client = docker.from_env()
    try:
        return list(client.volumes.list(filters={"label": f"slipway.sandbox={cloud.controller.owner}"}))
    finally:
        client.close()


def test_ssh_connects_with_the_key_of_the_pair_for_as_long_as_the_instance_runs(remote: Remote, tmp_path: Path) -> None:
    cloud = remote.cloud
    remote.becomes(SHUT)
    remote.let_in()
    address = remote.address()
    where = f"ec2-user@{address}"
    open_way = {"command": f"ssh -i YOUR_KEY {where}", "note": ""}
    remote.becomes(open_way)
    assert remote.ssh(where, run="whoami; hostname; echo kept > note") == (0, f"ec2-user\n{remote.hostname}\n")
    new_key(tmp_path / "other.pem")
    refusal = (255, f"{where}: Permission denied (publickey).\n")
    assert remote.ssh(where, run="true", key=tmp_path / "other.pem") == refusal
    assert remote.ssh(f"root@{address}", run="true") == (255, f"root@{address}: Permission denied (publickey).\n")

    cloud.ec2.stop_instances(InstanceIds=[remote.id])
    eventually(lambda: cloud.containers() == [])
    cloud.ec2.delete_key_pair(KeyName="own")
    cloud.ec2.start_instances(InstanceIds=[remote.id])
    remote.becomes(open_way)
    assert remote.ssh(where, run="cat note") == (0, "kept\n"), "the same host key, key and home, whatever the key pair"

    cloud.ec2.terminate_instances(InstanceIds=[remote.id])
    remote.becomes(None)
    eventually(lambda: cloud.containers() == volumes(cloud) == list((cloud.home / "instances").iterdir()) == [])
    assert remote.ssh(where, run="true")[0] == 255


def test_tasks_are_reached_from_an_instance_by_their_addresses(remote: Remote) -> None:
    remote.let_in()
    serve = "trap 'exit 0' TERM; busybox httpd -f -p 8080 -h /www & wait"
    arn = remote.cloud.run(remote.cloud.define({"sh": serve}))
    eventually(lambda: remote.cloud.task(arn)["lastStatus"] == "RUNNING")
    task = remote.cloud.task(arn)["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    where = f"ec2-user@{remote.address()}"
    remote.becomes({"command": f"ssh -i YOUR_KEY {where}", "note": ""})
    reach = f"curl --silent --retry 20 --retry-connrefused --retry-delay 1 http://{task}:8080/health"
    assert remote.ssh(where, run=reach) == (0, "ok")


def test_from_an_instance_others_of_its_vpc_are_reached_by_their_private_address_where_a_rule_lets_it_in(
    remote: Remote,
) -> None:
    remote.let_in()
    where = f"ec2-user@{remote.address()}"
    remote.becomes({"command": f"ssh -i YOUR_KEY {where}", "note": ""})
    ec2, from_door = remote.cloud.ec2, [{"GroupId": remote.group}]
    inner = ec2.create_security_group(GroupName="inner", Description="inner", VpcId=remote.cloud.vpc)["GroupId"]
    made = remote.started(inner)
    address = made["PrivateIpAddress"]
    greet = f"timeout 5 bash -c 'head -c 7 < /dev/tcp/{address}/22'"
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": from_door}
    ec2.authorize_security_group_ingress(GroupId=inner, IpPermissions=[permission])
    eventually(lambda: remote.ssh(where, run=greet) == (0, "SSH-2.0"))

    ec2.revoke_security_group_ingress(GroupId=inner, IpPermissions=[permission])
    eventually(lambda: remote.ssh(where, run=greet)[0] != 0)


@contextmanager
def taken(address: str) -> Iterator[None]:
    """Port 22 of an address is another program's: a container, as not everybody may listen there."""
    client = docker.from_env()
    other = client.containers.run(instance_spec.IMAGE, ["sleep", "600"], detach=True, ports={"22/tcp": (address, 22)})
    try:
        yield
    finally:
        other.remove(force=True)
        client.close()


def test_where_port_22_is_taken_the_status_names_another_port_and_why(remote: Remote) -> None:
    remote.let_in()
    ec2 = remote.cloud.ec2
    allocated = ec2.allocate_address(Domain="vpc")
    with taken(allocated["PublicIp"]):
        ec2.associate_address(InstanceId=remote.id, AllocationId=allocated["AllocationId"])
        way = eventually(lambda: (way := remote.ways().get(remote.id)) and way["command"] and way["note"] and way)
    assert way["note"] == f"{allocated['PublicIp']}:22 cannot be opened here: port is already allocated"
    *start, option, port, where = way["command"].split()
    assert (start, option, where) == (["ssh", "-i", "YOUR_KEY"], "-p", "ec2-user@127.0.0.1")
    assert remote.ssh(option, port, where, run="whoami") == (0, "ec2-user\n")


def test_an_instance_answers_as_before_after_the_sandbox_was_stopped_or_killed(box: Box) -> None:
    box.must("start")
    cloud = Cloud(f"http://127.0.0.1:{box.status()['ports']['moto']}", box.home.runtime)
    remote = Remote(cloud, box.home.keys, lambda: dict(box.status()["instances"]))
    remote.let_in()
    where = f"ec2-user@{remote.address()}"
    command = f"ssh -i {remote.key} {where}"
    for end in (box.saved, lambda: box.must("stop"), box.kill):
        end()
        box.must("start")
        remote.becomes({"command": command, "note": ""})
        assert remote.ssh(where, run="whoami") == (0, "ec2-user\n")
    assert any(line.split(maxsplit=1) == [remote.id, command] for line in box.must("status").splitlines())
    box.must("stop")
    assert cloud.containers() == volumes(cloud) == []
