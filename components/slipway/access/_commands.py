"""Commands and ssh configuration for a bastion, and for the hosts and ports behind it.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slipway.ec2 import USER

from ._key_pair import KEY_PAIR
from ._ways_in import CONNECT_ENDPOINT, SESSION_MANAGER


@dataclass(frozen=True)
class Commands:
    """Commands for one bastion, as someone would paste them into a shell.

    >>> commands = Commands("door", ["session_manager"], "i-1", "eu-west-1", None, None, None)
    >>> commands.session
    'aws ssm start-session --region eu-west-1 --target i-1'
    """

    name: str
    """Alias of the bastion in an ssh configuration."""
    access: Sequence[str]
    instance_id: str
    region: str
    ssh_address: str | None
    """Address for ssh; None where ssh goes through a tunnel."""
    key_file: str | None
    session_document: str | None
    """The bastion's own session document; None for AWS's default."""

    @property
    def session(self) -> str:
        """Open a shell through Session Manager."""
        document = f" --document-name {self.session_document}" if self.session_document else ""
        return f"{self._start_session}{document}"

    @property
    def start(self) -> str:
        """Start the instance."""
        return f"aws ec2 start-instances --region {self.region} --instance-ids {self.instance_id}"

    @property
    def instance_connect(self) -> str:
        """Open a shell with a key that EC2 Instance Connect puts on the instance for a minute."""
        instance = f"--region {self.region} --instance-id {self.instance_id} --os-user {USER}"
        connection = "eice" if CONNECT_ENDPOINT in self.access else "direct"
        return f"aws ec2-instance-connect ssh {instance} --connection-type {connection}"

    @property
    def ssh(self) -> str:
        """Connect by ssh, through a tunnel where no port is open."""
        identity = f"-i {self.key_file} " if self.key_file else ""
        if self.ssh_address:
            return f"ssh {identity}{USER}@{self.ssh_address}"
        return f"ssh {identity}-o ProxyCommand='{self._tunnel}' {USER}@{self.instance_id}"

    def forward(self, host: str, port: int, local_port: int) -> str:
        """Forward a local port to a host behind the bastion."""
        if SESSION_MANAGER in self.access:
            parameters = {"host": [host], "portNumber": [str(port)], "localPortNumber": [str(local_port)]}
            document = "AWS-StartPortForwardingSessionToRemoteHost"
            return f"{self._start_session} --document-name {document} --parameters '{json.dumps(parameters)}'"
        if KEY_PAIR in self.access:
            return self.ssh.replace("ssh ", f"ssh -N -L {local_port}:{host}:{port} ", 1)
        return f"{self.instance_connect} --local-forwarding {local_port}:{host}:{port}"

    def ssh_config(self, hosts: Mapping[str, str]) -> str:
        """Blocks of an ssh configuration: the bastion, then a block for each host behind it."""
        proxy = [] if self.ssh_address else [f"ProxyCommand {self._tunnel}"]
        bastion = ssh_block(self.name, self.ssh_address or self.instance_id, self.key_file, proxy)
        jump = [f"ProxyJump {self.name}"]
        return bastion + "".join(ssh_block(alias, address, self.key_file, jump) for alias, address in hosts.items())

    @property
    def _start_session(self) -> str:
        return f"aws ssm start-session --region {self.region} --target {self.instance_id}"

    @property
    def _tunnel(self) -> str:
        """Proxy command for ssh to an instance without an open port."""
        if SESSION_MANAGER in self.access:
            document = "--document-name AWS-StartSSHSession --parameters portNumber=%p"
            return f"aws ssm start-session --region {self.region} --target %h {document}"
        return f"aws ec2-instance-connect open-tunnel --region {self.region} --instance-id %h --remote-port %p"


def ssh_block(alias: str, address: str, key_file: str | None, options: Sequence[str]) -> str:
    """A host's block of an ssh configuration."""
    identity = [f"IdentityFile {key_file}", "IdentitiesOnly yes"] if key_file else []
    lines = [f"HostName {address}", f"User {USER}", *options, *identity]
    return "".join([f"Host {alias}\n", *(f"  {line}\n" for line in lines)])
