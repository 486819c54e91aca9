"""What a bastion leads to: commands and ssh entries for private hosts and ports, as someone would paste them.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from slipway.common import CHILD_NAME, ArgumentError, whole_number
from slipway.ec2 import SSH, USER

from ._ways_in import CONNECT_ENDPOINT, KEY_PAIR, SESSION_MANAGER

HIGHEST_PORT = 65535
PRIVILEGED_PORTS = 1024  # below, only root listens
ABOVE_PRIVILEGED = 10000


class BastionTargetArgs(TypedDict):
    """Something that is reached through a bastion."""

    host: pulumi.Input[str]
    """Private address or DNS name, as the bastion sees it."""
    port: int
    """TCP port, 1-65535. With access by key_pair, 22 is a host for ssh."""
    local_port: NotRequired[int]
    """Port of the machine that connects. Default: the same port, or 10000 more where that is below 1024."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of the target, opened to the bastion on this port. Default: the group stays as it is."""


@dataclass(frozen=True)
class Target:
    """A target with its ports settled."""

    host: pulumi.Input[str]
    port: int
    local_port: int
    security_group_id: pulumi.Input[str] | None


@dataclass(frozen=True)
class Way:
    """How a bastion is reached, once it stands."""

    access: Sequence[str]
    instance_id: str
    region: str
    address: str | None
    """Where ssh connects to; none where it goes through a tunnel."""
    key_file: str | None
    name: str
    document: str | None
    """Session document of its own, where there is one."""

    @property
    def target(self) -> str:
        """Session Manager's words for the instance."""
        return f"aws ssm start-session --region {self.region} --target {self.instance_id}"

    @property
    def session(self) -> str:
        """Command that opens a shell through Session Manager."""
        return f"{self.target} --document-name {self.document}" if self.document else self.target

    @property
    def start(self) -> str:
        """Command that starts the instance."""
        return f"aws ec2 start-instances --region {self.region} --instance-ids {self.instance_id}"

    @property
    def connect(self) -> str:
        """Command that opens a shell with a key that EC2 Instance Connect passes in for a minute."""
        where = f"--region {self.region} --instance-id {self.instance_id} --os-user {USER}"
        kind = "eice" if CONNECT_ENDPOINT in self.access else "direct"
        return f"aws ec2-instance-connect ssh {where} --connection-type {kind}"

    @property
    def ssh(self) -> str:
        """Command that connects by ssh, through a tunnel where no port is open."""
        identity = f"-i {self.key_file} " if self.key_file else ""
        if self.address:
            return f"ssh {identity}{USER}@{self.address}"
        return f"ssh {identity}-o ProxyCommand='{self.tunnel}' {USER}@{self.instance_id}"

    @property
    def tunnel(self) -> str:
        """Command that ssh talks through to an instance without an open port."""
        if SESSION_MANAGER in self.access:
            document = "--document-name AWS-StartSSHSession --parameters portNumber=%p"
            return f"aws ssm start-session --region {self.region} --target %h {document}"
        return f"aws ec2-instance-connect open-tunnel --region {self.region} --instance-id %h --remote-port %p"

    def forward(self, host: str, port: int, local_port: int) -> str:
        """Command that puts a port behind the bastion on this machine."""
        if SESSION_MANAGER in self.access:
            parameters = {"host": [host], "portNumber": [str(port)], "localPortNumber": [str(local_port)]}
            document = "AWS-StartPortForwardingSessionToRemoteHost"
            return f"{self.target} --document-name {document} --parameters '{json.dumps(parameters)}'"
        if KEY_PAIR in self.access:
            return self.ssh.replace("ssh ", f"ssh -N -L {local_port}:{host}:{port} ", 1)
        return f"{self.connect} --local-forwarding {local_port}:{host}:{port}"

    def config(self, hosts: Mapping[str, str]) -> str:
        """Blocks of an ssh configuration: the bastion, and every host behind it."""
        through = [] if self.address else [f"ProxyCommand {self.tunnel}"]
        own = ssh_block(self.name, self.address or self.instance_id, self.key_file, through)
        return own + "".join(
            ssh_block(alias, address, self.key_file, [f"ProxyJump {self.name}"]) for alias, address in hosts.items()
        )


def ssh_block(alias: str, address: str, key_file: str | None, more: Sequence[str]) -> str:
    """A host's block of an ssh configuration."""
    identity = [f"IdentityFile {key_file}", "IdentitiesOnly yes"] if key_file else []
    lines = [f"HostName {address}", f"User {USER}", *more, *identity]
    return "".join([f"Host {alias}\n", *(f"  {line}\n" for line in lines)])


def targets(who: str, name: str, args: Mapping[str, BastionTargetArgs], access: Sequence[str]) -> dict[str, Target]:
    """Targets with ports that are possible, and local ones that do not clash."""
    found: dict[str, Target] = {}
    owners: dict[int, str] = {}
    for key, target in args.items():
        argument = f"targets.{key}"
        if not CHILD_NAME.fullmatch(key) or key == name:
            rule = f"must be letters, digits and hyphens, start with a letter, and not be {name!r}"
            raise ArgumentError(f"{who}: the keys of targets {rule}, got {key!r}")
        host = target["host"]
        if isinstance(host, str) and (not host or any(it.isspace() or it in "'\"$`;:/" for it in host)):
            raise ArgumentError(f"{who}: {argument}.host must be an address or DNS name, got {host!r}")
        port = whole_number(who, f"{argument}.port", target["port"], 1, HIGHEST_PORT)
        own = target.get("local_port")
        if own is None:
            local = port + ABOVE_PRIVILEGED if port < PRIVILEGED_PORTS else port
        else:
            local = whole_number(who, f"{argument}.local_port", own, 1, HIGHEST_PORT)
        if not (port == SSH and KEY_PAIR in access):
            if local in owners:
                raise ArgumentError(
                    f"{who}: {argument}.local_port must be a port of its own, got {local}, which {owners[local]} has; "
                    "set local_port to another"
                )
            owners[local] = key
        found[key] = Target(host, port, local, target.get("security_group_id"))
    return found


def is_ssh_host(target: Target, access: Sequence[str]) -> bool:
    """Whether a target gets an entry in the ssh configuration and not a forwarded port."""
    return target.port == SSH and KEY_PAIR in access
