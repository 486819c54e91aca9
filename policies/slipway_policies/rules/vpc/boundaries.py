"""Rules for VPCs: subnets, network ACLs and the default VPC.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/infrastructure-security.html
"""

from collections.abc import Iterator

from slipway_policies.engine.registry import ADVISORY, MEDIUM, Deferred, Finding, Outcomes, deny, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.reading.networks import ALL_PORTS, covers_the_internet, parse_network, protocol_name

ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html"
ACL_FIX = (
    "allow only the ports that are served and the ephemeral ports of answers; slipway's Network does so "
    "with network_acls, and else leaves the ACL as AWS makes it and closes its security groups"
)


@rule(
    "aws:ec2/subnet:Subnet",
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP EC2.15", "NIST SC-7"),
    link=f"{CONTROLS}#ec2-15",
    fix="remove mapPublicIpOnLaunch and assignIpv6AddressOnCreation, as slipway's Network does, in public subnets too",
    remedy={"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False},
)
def subnet_no_auto_public_ip(subnet: Resource) -> Outcomes:
    """Subnets assign no public addresses by themselves."""
    for switch in (subnet["mapPublicIpOnLaunch"], subnet["assignIpv6AddressOnCreation"]):
        yield from deny(
            switch, switch.true, "is true, so everything started in the subnet has an address on the internet"
        )


@rule(
    ACL,
    DEFAULT_ACL,
    ACL_RULE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP EC2.21", "CIS 6.2"),
    link=f"{CONTROLS}#ec2-21",
    fix=ACL_FIX,
)
def nacl_no_ingress_ssh(acl: Resource) -> Outcomes:
    """Network ACLs do not let the internet reach SSH.

    Reads rules in their order, so a deny before the allow passes. Judges a separate NetworkAclRule alone.
    """
    yield from _open_port(acl, 22)


@rule(
    ACL,
    DEFAULT_ACL,
    ACL_RULE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP EC2.21", "CIS 6.2"),
    link=f"{CONTROLS}#ec2-21",
    fix=ACL_FIX,
)
def nacl_no_ingress_rdp(acl: Resource) -> Outcomes:
    """Network ACLs do not let the internet reach RDP."""
    yield from _open_port(acl, 3389)


@rule(
    ACL,
    ACL_RULE,
    level=ADVISORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
    fix=ACL_FIX,
    stands_for=(
        "nacl-no-ingress-ssh",
        "nacl-no-ingress-rdp",
    ),
)
def nacl_no_ingress_all(acl: Resource) -> Outcomes:
    """Network ACLs of a program do not let everything in."""
    for entry, network, bounds in _entries(acl):
        if entry.unknown:
            yield Deferred(entry.path)
        elif network and bounds == ALL_PORTS and _allows(acl, entry):
            yield Finding(_place(acl, entry), "lets the internet reach every port")


@rule(
    "aws:ec2/defaultVpc:DefaultVpc",
    "aws:ec2/defaultSubnet:DefaultSubnet",
    level=ADVISORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html",
    fix="create a network, such as slipway's Network",
)
def vpc_no_default_vpc(adopted: Resource) -> Outcomes:
    """Programs do not use the default VPC: all of its subnets are public."""
    yield Finding("type", f"is {adopted.type.rpartition(':')[2]}, which is public")


Entry = tuple[Value, bool, tuple[int, int]]


def _open_port(acl: Resource, port: int) -> Outcomes:
    for entry, internet, (low, high) in _entries(acl):
        if entry.unknown:
            yield Deferred(entry.path)
            return
        if internet and low <= port <= high:
            if _allows(acl, entry):
                yield Finding(_place(acl, entry), f"lets the internet reach TCP port {port}")
            return


def _entries(acl: Resource) -> Iterator[Entry]:
    """Each ingress entry for TCP in the order of its number: whether it is about the internet, and its ports."""
    if acl.type == ACL_RULE:
        entries = [] if acl["egress"].true else [Value(dict(acl.props), "", acl.urn)]
    else:
        entries = list(acl["ingress"].elements())
    known = [_entry(entry) for entry in entries]
    number = "ruleNumber" if acl.type == ACL_RULE else "ruleNo"
    yield from sorted(
        (one for one in known if one), key=lambda one: 0 if one[0].unknown else (one[0][number].number() or 0)
    )


def _entry(entry: Value) -> Entry | None:
    if entry.unknown:
        return entry, False, ALL_PORTS
    parts = [entry[key] for key in ("protocol", "cidrBlock", "ipv6CidrBlock", "fromPort", "toPort", "egress")]
    for part in parts:
        if part.unknown:
            return part, False, ALL_PORTS
    protocol, *cidrs, low, high, _ = parts
    name = protocol_name(str(protocol.raw) if isinstance(protocol.raw, int) else protocol.text())
    if name not in ("all", "tcp"):
        return None
    networks = [parse_network(cidr.text()) for cidr in cidrs if cidr.text()]
    if None in networks:
        raise cidrs[0].unreadable("a CIDR")
    internet = covers_the_internet(network for network in networks if network)
    bounds = ALL_PORTS if name == "all" else (int(low.number() or 0), int(high.number() or 0))
    return entry, internet, bounds


def _allows(acl: Resource, entry: Value) -> bool:
    return entry["ruleAction" if acl.type == ACL_RULE else "action"].text().lower() == "allow"


def _place(acl: Resource, entry: Value) -> str:
    return "cidrBlock" if acl.type == ACL_RULE else entry.path
