"""Network ACLs, one per tier, in front of the security groups. They keep no track of connections.

Each kind of rule has a hundred rule numbers, the second half for IPv6, so one more rule renumbers no other.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2

from slipway.common import ADMIN_PORTS, ANYWHERE, ANYWHERE_IPV6, Arguments, check_not_everyone

from ._address_plan import ISOLATED, PUBLIC
from ._routing import Site

DENIED, INSIDE, ADMIN, NOT_ADMIN, REST = 100, 200, 300, 400, 500
IPV6 = 50
MOST_RULES = 20  # AWS's quota per direction, counted apart for IPv4 and IPv6
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls
FIXED_RULES = 8  # of the longest list, a public tier's ingress: the VPC, two refusals, two web ports, three answers
WEB = (80, 443)
ALL, ICMP, TCP, UDP, ICMPV6 = "-1", "1", "6", "17", "58"
ANSWERS = (1024, 65535)  # ports that answers go to; NAT gateways use all of them
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports


class NetworkAclArgs(TypedDict):
    """Network ACLs of a network."""

    admin_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks outside the VPC that may reach ports 22 and 3389, in addition to connected_cidr_blocks. Include those
    that reach a bastion's public address by ssh. Default: none."""
    denied_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks to refuse in both directions. Default: none."""


@dataclass(frozen=True)
class AclSpec:
    """Checked networks that ACL rules treat differently."""

    vpc: str
    connected: Sequence[str]
    admin: Sequence[str]
    denied: Sequence[str]


@dataclass(frozen=True)
class AclRule:
    """One rule of a network ACL."""

    number: int
    action: str
    block: pulumi.Input[str]
    protocol: str = ALL
    ports: tuple[int, int] = (0, 0)
    icmp: tuple[int, int] | None = None
    """ICMP type and code."""
    is_ipv6: bool = False

    def arguments(self) -> ec2.NetworkAclIngressArgsDict:
        """The rule as the provider takes it; ingress and egress have the same keys."""
        rule: ec2.NetworkAclIngressArgsDict = {
            "rule_no": self.number,
            "action": self.action,
            "protocol": self.protocol,
            "from_port": self.ports[0],
            "to_port": self.ports[1],
        }
        if self.is_ipv6:
            rule["ipv6_cidr_block"] = self.block
        else:
            rule["cidr_block"] = self.block
        if self.icmp is not None:
            rule["icmp_type"], rule["icmp_code"] = self.icmp
        return rule


def acl_spec(arguments: Arguments, network: ipaddress.IPv4Network) -> AclSpec | None:
    """Checked network_acls; None without."""
    acls = arguments.nested("network_acls")
    if acls is None:
        return None
    connected = arguments.texts("connected_cidr_blocks")
    admin, denied = acls.cidr_blocks("admin_cidr_blocks"), acls.cidr_blocks("denied_cidr_blocks")
    check_not_everyone(acls.who, acls.label("admin_cidr_blocks"), admin)
    for index, block in enumerate(denied):
        if network.overlaps(ipaddress.IPv4Network(block)):
            rule = f"must not overlap cidr_block {network}, got {block}"
            fix = "the VPC could not reach its own addresses; name networks outside"
            raise acls.error(f"denied_cidr_blocks[{index}]", f"{rule}; {fix}")
    rules = len(denied) + len(connected) + len(ADMIN_PORTS) * len(admin) + FIXED_RULES
    if rules > MOST_RULES:
        sum_of = f"{len(denied)} denied + {len(connected)} connected + {len(ADMIN_PORTS)} x {len(admin)} admin + {FIXED_RULES}"
        rule = f"must need at most {MOST_RULES} rules, got {sum_of} = {rules}"
        fix = "name larger networks in it or in connected_cidr_blocks"
        raise arguments.error("network_acls", f"{rule}; {fix}")
    return AclSpec(str(network), connected, admin, denied)


def network_acls(site: Site, spec: AclSpec, tiers: Mapping[str, Mapping[str, ec2.Subnet]], ipv6: bool) -> None:
    """An ACL for each tier's subnets."""
    vpc_ipv6 = site.vpc.ipv6_cidr_block if ipv6 else None
    for tier, subnets in tiers.items():
        name = f"{site.context.name}-{tier}"
        ec2.NetworkAcl(
            name,
            vpc_id=site.vpc.id,
            subnet_ids=[subnet.id for subnet in subnets.values()],
            ingress=[rule.arguments() for rule in ingress(tier, spec, vpc_ipv6)],
            egress=[rule.arguments() for rule in egress(tier, spec, vpc_ipv6)],
            tags=site.context.tagged(name),
            opts=site.context.child,
        )


def ingress(tier: str, spec: AclSpec, vpc_ipv6: pulumi.Input[str] | None) -> Iterator[AclRule]:
    """Rules for packets into a tier: the VPC for all, answers for all but isolated, the web for public."""
    yield from inside(spec, vpc_ipv6)
    if tier == ISOLATED:
        return
    for index, block in enumerate(spec.admin):
        for offset, port in enumerate(ADMIN_PORTS):
            yield AclRule(ADMIN + len(ADMIN_PORTS) * index + offset, "allow", block, TCP, (port, port))
    yield from ingress_from_anywhere(tier, 0, is_ipv6=False)
    if vpc_ipv6 is not None:
        yield from ingress_from_anywhere(tier, IPV6, is_ipv6=True)


def ingress_from_anywhere(tier: str, shift: int, *, is_ipv6: bool) -> Iterator[AclRule]:
    """Rules for the whole internet over one version of IP: no administration, answers, and the web for public."""
    anywhere = ANYWHERE_IPV6 if is_ipv6 else ANYWHERE
    for offset, port in enumerate(ADMIN_PORTS):
        yield AclRule(NOT_ADMIN + shift + offset, "deny", anywhere, TCP, (port, port), is_ipv6=is_ipv6)
    first = REST + shift
    yield AclRule(first, "allow", anywhere, TCP, ANSWERS, is_ipv6=is_ipv6)
    yield AclRule(first + 1, "allow", anywhere, UDP, ANSWERS, is_ipv6=is_ipv6)
    # The message "packet too big"; large transfers hang without it.
    protocol, too_big = (ICMPV6, (2, 0)) if is_ipv6 else (ICMP, (3, 4))
    yield AclRule(first + 2, "allow", anywhere, protocol, icmp=too_big, is_ipv6=is_ipv6)
    for offset, port in enumerate(WEB if tier == PUBLIC else ()):
        yield AclRule(first + 3 + offset, "allow", anywhere, TCP, (port, port), is_ipv6=is_ipv6)


def egress(tier: str, spec: AclSpec, vpc_ipv6: pulumi.Input[str] | None) -> Iterator[AclRule]:
    """Rules for packets out of a tier: the VPC for isolated, everywhere for the others."""
    yield from inside(spec, vpc_ipv6)
    if tier != ISOLATED:
        yield AclRule(REST, "allow", ANYWHERE)
        if vpc_ipv6 is not None:
            yield AclRule(REST + IPV6, "allow", ANYWHERE_IPV6, is_ipv6=True)


def inside(spec: AclSpec, vpc_ipv6: pulumi.Input[str] | None) -> Iterator[AclRule]:
    """Rules of every tier in both directions: denied networks refused, the VPC and connected networks allowed."""
    for index, block in enumerate(spec.denied):
        yield AclRule(DENIED + index, "deny", block)
    for index, block in enumerate((spec.vpc, *spec.connected)):
        yield AclRule(INSIDE + index, "allow", block)
    if vpc_ipv6 is not None:
        yield AclRule(INSIDE + IPV6, "allow", vpc_ipv6, is_ipv6=True)
