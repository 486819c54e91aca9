"""EC2 instances as containers with sshd: what is to be done, as tables; and one that is really logged into."""

import io
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docker
import pytest

from sandbox.runtime import instance_spec
from sandbox.runtime.instance_files import InstanceFiles, private_key_file
from sandbox.runtime.instance_spec import Door, Made, Wanted, action, admits, way_in
from setup import host_image
from tests.sandbox.runtime_cloud import Cloud, eventually, running_cloud

AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
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


@pytest.mark.parametrize(
    ("opened", "refused", "said"),
    [
        (("127.1.2.3", 22), "", "ssh -i b.pem ec2-user@127.1.2.3"),
        (("127.0.0.1", 4022), "", "ssh -i b.pem -p 4022 ec2-user@127.0.0.1"),
        (("127.0.0.1", 4022), "22 is taken", "ssh -i b.pem -p 4022 ec2-user@127.0.0.1 (22 is taken)"),
        (None, "", "no security group of it lets port 22 in"),
    ],
)
def test_status_says_how_to_connect(opened: tuple[str, int] | None, refused: str, said: str) -> None:
    assert way_in(opened, refused, "b.pem") == said


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


def new_key(path: Path) -> str:
    """An Ed25519 key at `path`; its public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path.with_name(f"{path.name}.pub").read_text()


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


class Keyed:
    """An instance that a key of the test's own was imported for."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud, self.key = cloud, folder / "own.pem"
        self.other_key = folder / "other.pem"
        public = new_key(self.key)
        new_key(self.other_key)
        self.known_hosts = folder / "known_hosts"
        cloud.network()
        cloud.ec2.import_key_pair(KeyName="own", PublicKeyMaterial=public.encode())
        self.group = cloud.ec2.create_security_group(GroupName="ssh", Description="ssh", VpcId=cloud.vpc)["GroupId"]
        [made] = cloud.ec2.run_instances(
            ImageId=cloud.ssm.get_parameter(Name=AMAZON_LINUX)["Parameter"]["Value"],
            MinCount=1,
            MaxCount=1,
            KeyName="own",
            SubnetId=cloud.subnets[0],
            SecurityGroupIds=[self.group],
        )["Instances"]
        self.id = made["InstanceId"]

    def let_in(self) -> None:
        permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.7/32"}]}
        self.cloud.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[permission])

    def address(self) -> str:
        allocated = self.cloud.ec2.allocate_address(Domain="vpc")
        self.cloud.ec2.associate_address(InstanceId=self.id, AllocationId=allocated["AllocationId"])
        return str(allocated["PublicIp"])

    def says(self, words: str) -> str:
        """What `status` says once `words` are in it."""
        reached = eventually(
            lambda: words in (said := self.cloud.controller.ways_in().get(self.id, "")) and said,
            state=self.cloud.controller.ways_in,
        )
        return str(reached)

    def ssh(self, *where: str, run: str, key: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Over ssh; a host key that is another than the first time is refused."""
        options = ["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=accept-new", "HostKeyAlias=instance"]
        options += [f"UserKnownHostsFile={self.known_hosts}"]
        command = ["ssh", *(f"-o{option}" for option in options), "-i", str(key or self.key), *where, run]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with running_cloud(tmp_path / "home") as started:
        yield started
    assert started.containers() == [], "a stopped controller leaves no container behind"


@pytest.fixture
def remote(cloud: Cloud, tmp_path: Path) -> Keyed:
    return Keyed(cloud, tmp_path)


@pytest.mark.e2e
def test_ssh_connects_with_the_key_of_the_pair_for_as_long_as_the_instance_runs(remote: Keyed) -> None:
    cloud = remote.cloud
    remote.says("no security group of it lets port 22 in")
    remote.let_in()
    address = remote.address()
    remote.says(f"ec2-user@{address}")
    where = f"ec2-user@{address}"
    ran = remote.ssh(where, run="whoami; hostname; echo kept > note")
    [reservation] = cloud.ec2.describe_instances()["Reservations"]
    private = reservation["Instances"][0]["PrivateDnsName"].partition(".")[0]
    assert (ran.returncode, ran.stdout) == (0, f"ec2-user\n{private}\n"), ran.stderr
    refused = remote.ssh(where, run="true", key=remote.other_key)
    assert (refused.returncode, refused.stderr.strip()) == (255, f"{where}: Permission denied (publickey).")
    assert remote.ssh(f"root@{address}", run="true").returncode == 255

    cloud.ec2.stop_instances(InstanceIds=[remote.id])
    eventually(lambda: cloud.containers() == [])
    cloud.ec2.delete_key_pair(KeyName="own")
    cloud.ec2.start_instances(InstanceIds=[remote.id])
    remote.says(where)
    again = remote.ssh(where, run="cat note")
    assert (again.returncode, again.stdout) == (0, "kept\n"), again.stderr

    cloud.restart()
    remote.says(where)
    after = remote.ssh(where, run="whoami")
    assert (after.returncode, after.stdout) == (0, "ec2-user\n"), f"another host key? {after.stderr}"

    cloud.ec2.terminate_instances(InstanceIds=[remote.id])
    eventually(lambda: cloud.containers() == [] and not list((cloud.home / "instances").iterdir()))
    assert cloud.controller.ways_in() == {}
    client = docker.from_env()
    try:
        assert client.volumes.list(filters={"label": f"slipway.sandbox={cloud.controller.owner}"}) == []
    finally:
        client.close()
    assert remote.ssh(where, run="true").returncode == 255


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


@pytest.mark.e2e
def test_where_port_22_is_taken_status_names_another_port_and_why(remote: Keyed) -> None:
    remote.let_in()
    allocated = remote.cloud.ec2.allocate_address(Domain="vpc")
    with taken(allocated["PublicIp"]):
        remote.cloud.ec2.associate_address(InstanceId=remote.id, AllocationId=allocated["AllocationId"])
        said = remote.says("cannot be opened")
    command, _, reason = said.partition(" (")
    assert reason == f"{allocated['PublicIp']}:22 cannot be opened here: port is already allocated)"
    *_, option, port, where = command.split()
    assert (option, where) == ("-p", "ec2-user@127.0.0.1")
    ran = remote.ssh("-p", port, where, run="whoami")
    assert (ran.returncode, ran.stdout) == (0, "ec2-user\n"), ran.stderr
