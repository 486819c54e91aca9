"""Network ACLs, one per tier: a second gate in front of the security groups, which keeps no track of connections.

Rules of a kind have a hundred numbers of their own, IPv6's in its second half, so that one more moves no other.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2

from slipway.common import (
    ADMIN_PORTS,
    ANYWHERE,
    ANYWHERE_IPV6,
    ArgumentError,
    check_not_everyone,
    cidr_block,
    each,
    given,
    named,
)

from ._address_plan import ISOLATED, PUBLIC
from ._routing import Site

DENIED, INSIDE, ADMIN, NOT_ADMIN, REST = 100, 200, 300, 400, 500
IPV6 = 50
MOST_RULES = 20  # AWS's quota per direction, IPv4 and IPv6 apart
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls
FIXED_RULES = 8  # in the fullest list, what public subnets let in: the VPC, two refusals, two web ports, three answers
WEB = (80, 443)
ALL, ICMP, TCP, UDP, ICMPV6 = "-1", "1", "6", "17", "58"
ANSWERS = (1024, 65535)  # ports that answers come to: NAT gateways use all of them
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
Rule = dict[str, Any]


class NetworkAclArgs(TypedDict):
    """Network ACLs of a network."""

    admin_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks outside the VPC that may reach ports 22 and 3389, beside the connected ones; ssh to a bastion's
    public address needs them here too. Default: none."""
    denied_cidr_blocks: NotRequired[list[str]]
    """IPv4 networks that nothing comes from and nothing goes to. Default: none."""


@dataclass(frozen=True)
class AclSpec:
    """What the ACLs of a network tell apart."""

    vpc: str
    connected: Sequence[str]
    admin: Sequence[str]
    denied: Sequence[str]


def acl_spec(who: str, args: Mapping[str, Any], network: ipaddress.IPv4Network) -> AclSpec | None:
    """Arguments about network ACLs to their meaning; None without."""
    asked: NetworkAclArgs | None = args.get("network_acls")
    if asked is None:
        return None
    connected = given(args.get("connected_cidr_blocks"), [])
    admin, denied = given(asked.get("admin_cidr_blocks"), []), given(asked.get("denied_cidr_blocks"), [])
    each(who, "network_acls.admin_cidr_blocks", admin, cidr_block)
    each(who, "network_acls.denied_cidr_blocks", denied, cidr_block)
    check_not_everyone(who, "network_acls.admin_cidr_blocks", admin)
    for index, block in enumerate(denied):
        if network.overlaps(ipaddress.IPv4Network(block)):
            fix = "nothing in the VPC could speak with the rest of it; name networks outside"
            raise ArgumentError(
                f"{who}: network_acls.denied_cidr_blocks[{index}] must not overlap cidr_block {network}, got {block}; {fix}"
            )
    rules = len(denied) + len(connected) + len(ADMIN_PORTS) * len(admin) + FIXED_RULES
    if rules > MOST_RULES:
        parts = f"{len(denied)} denied + {len(connected)} connected + {len(ADMIN_PORTS)} x {len(admin)} admin + {FIXED_RULES}"
        raise ArgumentError(
            f"{who}: network_acls must need at most {MOST_RULES} rules, got {parts} = {rules}; name larger networks"
        )
    return AclSpec(str(network), connected, admin, denied)


def network_acls(site: Site, acls: AclSpec, tiers: Mapping[str, Mapping[str, ec2.Subnet]], ipv6: bool) -> None:
    """An ACL for each tier's subnets."""
    vpc_ipv6 = site.vpc.ipv6_cidr_block if ipv6 else None
    for tier, subnets in tiers.items():
        name = f"{site.name}-{tier}"
        ec2.NetworkAcl(
            name,
            vpc_id=site.vpc.id,
            subnet_ids=[subnet.id for subnet in subnets.values()],
            ingress=[ec2.NetworkAclIngressArgs(**it) for it in ingress(tier, acls, vpc_ipv6)],
            egress=[ec2.NetworkAclEgressArgs(**it) for it in egress(tier, acls, vpc_ipv6)],
            tags=named(name, site.tags),
            opts=site.child,
        )


def ingress(tier: str, acls: AclSpec, vpc_ipv6: pulumi.Input[str] | None) -> Iterator[Rule]:
    """What a tier lets in: the VPC; but for isolated subnets answers, and for public ones the web."""
    yield from inside(acls, vpc_ipv6)
    if tier == ISOLATED:
        return
    places = [(0, ANYWHERE), *([(IPV6, ANYWHERE_IPV6)] if vpc_ipv6 is not None else [])]
    for index, block in enumerate(acls.admin):
        for offset, port in enumerate(ADMIN_PORTS):
            yield rule(ADMIN + len(ADMIN_PORTS) * index + offset, "allow", block, TCP, (port, port))
    for shift, anywhere in places:
        for offset, port in enumerate(ADMIN_PORTS):
            yield rule(NOT_ADMIN + shift + offset, "deny", anywhere, TCP, (port, port))
        first = REST + shift
        yield rule(first, "allow", anywhere, TCP, ANSWERS)
        yield rule(first + 1, "allow", anywhere, UDP, ANSWERS)
        yield too_big(first + 2, anywhere)
        for offset, port in enumerate(WEB if tier == PUBLIC else ()):
            yield rule(first + 3 + offset, "allow", anywhere, TCP, (port, port))


def egress(tier: str, acls: AclSpec, vpc_ipv6: pulumi.Input[str] | None) -> Iterator[Rule]:
    """What a tier lets out: isolated subnets to the VPC only, others everywhere."""
    yield from inside(acls, vpc_ipv6)
    if tier != ISOLATED:
        yield rule(REST, "allow", ANYWHERE)
        if vpc_ipv6 is not None:
            yield rule(REST + IPV6, "allow", ANYWHERE_IPV6)


def inside(acls: AclSpec, vpc_ipv6: pulumi.Input[str] | None) -> Iterator[Rule]:
    """What every tier has both ways: nothing with denied networks, everything with the VPC and those connected to it."""
    for index, block in enumerate(acls.denied):
        yield rule(DENIED + index, "deny", block)
    for index, block in enumerate((acls.vpc, *acls.connected)):
        yield rule(INSIDE + index, "allow", block)
    if vpc_ipv6 is not None:
        yield rule(INSIDE + IPV6, "allow", vpc_ipv6, ipv6=True)


def rule(
    number: int,
    action: str,
    block: pulumi.Input[str],
    protocol: str = ALL,
    ports: tuple[int, int] = (0, 0),
    ipv6: bool = False,
) -> Rule:
    """One rule as the provider takes it."""
    key = "ipv6_cidr_block" if ipv6 or block == ANYWHERE_IPV6 else "cidr_block"
    return {
        "rule_no": number,
        "action": action,
        "protocol": protocol,
        "from_port": ports[0],
        "to_port": ports[1],
        key: block,
    }


def too_big(number: int, anywhere: str) -> Rule:
    """Let in the message that a packet is too big for its way; without it, large transfers hang."""
    if anywhere == ANYWHERE_IPV6:
        return rule(number, "allow", anywhere, ICMPV6) | {"icmp_type": 2, "icmp_code": 0}
    return rule(number, "allow", anywhere, ICMP) | {"icmp_type": 3, "icmp_code": 4}
