"""Security groups that start closed, and the rules that open them, each a resource of its own.

Inline rules would make two groups that name each other impossible to create.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2, vpc

from ._tags import Tags, named

ANYWHERE = "0.0.0.0/0"
ANYWHERE_IPV6 = "::/0"
HTTPS = 443
# Earlier versions wrote the component's name into descriptions; what exists keeps its own.
KEEPS_DESCRIPTION = pulumi.ResourceOptions(ignore_changes=["description"])
ADMIN_PORTS = (22, 3389)  # ssh and remote desktop


@dataclass(frozen=True)
class _Peer:
    """The other side of a rule; one of these is set."""

    block: pulumi.Input[str] | None = None
    prefix_list_id: pulumi.Input[str] | None = None
    group_id: pulumi.Input[str] | None = None


@dataclass(frozen=True)
class Gate:
    """A security group, and the names, tags and options of its rules.

    >>> gate = closed_group("door", vpc_id, "Bastion", tags, child)
    >>> gate.let_in("ssh", 22, "ssh from the office", "203.0.113.0/24")
    """

    name: str
    """Name of the group, and prefix of the rules' names."""
    group_id: pulumi.Output[str]
    tags: Tags | None
    child: pulumi.ResourceOptions
    rules: list[pulumi.Resource] = field(default_factory=list)
    """Rules so far, of this group and of others on the way to it; its members wait for them, or their first
    connections fail."""

    def let_in(self, rule: str, port: int, purpose: str, block: pulumi.Input[str]) -> None:
        """Admit a network to one TCP port."""
        self._let_in(rule, (port, port), purpose, _Peer(block=block))

    def let_in_listed(self, rule: str, port: int, purpose: str, prefix_list_id: pulumi.Input[str]) -> None:
        """Admit the networks of a prefix list to one TCP port."""
        self._let_in(rule, (port, port), purpose, _Peer(prefix_list_id=prefix_list_id))

    def let_in_from(self, rule: str, port: int, purpose: str, group_id: pulumi.Input[str]) -> None:
        """Admit the members of another group to one TCP port."""
        self._let_in(rule, (port, port), purpose, _Peer(group_id=group_id))

    def let_all_in(self, rule: str, purpose: str, block: pulumi.Input[str]) -> None:
        """Admit a network with every protocol, for an instance that forwards."""
        self._let_in(rule, None, purpose, _Peer(block=block))

    def let_out(self, rule: str, ports: tuple[int, int], purpose: str, block: pulumi.Input[str]) -> None:
        """Let members connect to a range of TCP ports of a network."""
        self._let_out(rule, ports, purpose, _Peer(block=block))

    def let_out_to(self, rule: str, port: int, purpose: str, group_id: pulumi.Input[str]) -> None:
        """Let members connect to one TCP port of another group's members."""
        self._let_out(rule, (port, port), purpose, _Peer(group_id=group_id))

    def let_all_out(self, rule: str, purpose: str, block: pulumi.Input[str]) -> None:
        """Let members send every protocol to a network, for an instance that forwards."""
        self._let_out(rule, None, purpose, _Peer(block=block))

    def _let_in(self, rule: str, ports: tuple[int, int] | None, purpose: str, source: _Peer) -> None:
        """An ingress rule; every protocol without ports."""
        name = f"{self.name}-{rule}"
        self.rules.append(
            vpc.SecurityGroupIngressRule(
                name,
                security_group_id=self.group_id,
                description=purpose,
                ip_protocol="tcp" if ports else "-1",
                from_port=ports[0] if ports else None,
                to_port=ports[1] if ports else None,
                cidr_ipv4=source.block,
                prefix_list_id=source.prefix_list_id,
                referenced_security_group_id=source.group_id,
                tags=named(name, self.tags),
                opts=self.child,
            )
        )

    def _let_out(self, rule: str, ports: tuple[int, int] | None, purpose: str, target: _Peer) -> None:
        """An egress rule; every protocol without ports."""
        name = f"{self.name}-{rule}"
        self.rules.append(
            vpc.SecurityGroupEgressRule(
                name,
                security_group_id=self.group_id,
                description=purpose,
                ip_protocol="tcp" if ports else "-1",
                from_port=ports[0] if ports else None,
                to_port=ports[1] if ports else None,
                cidr_ipv4=target.block,
                prefix_list_id=target.prefix_list_id,
                referenced_security_group_id=target.group_id,
                tags=named(name, self.tags),
                opts=self.child,
            )
        )


def closed_group(
    name: str, vpc_id: pulumi.Input[str], purpose: str, tags: Tags | None, child: pulumi.ResourceOptions
) -> Gate:
    """A security group that lets nothing in or out until a rule says so.

    `purpose` must not hold a name: AWS replaces a group for another description, and its rules with it.
    """
    options = pulumi.ResourceOptions.merge(child, KEEPS_DESCRIPTION)
    group = ec2.SecurityGroup(name, vpc_id=vpc_id, description=purpose, tags=named(name, tags), opts=options)
    return Gate(name, group.id, tags, child)


def block_name(block: str) -> str:
    """A network in the form that resource names have: 10.0.0.0/8 to 10-0-0-0-8."""
    return block.replace(".", "-").replace("/", "-")
