"""Rules for security groups: SSH, RDP and all ports open to the internet, by one rule or by several together.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterable, Iterator

from slipway_policies.engine.registry import CRITICAL, MANDATORY, Deferred, Finding, Outcomes, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.reading.networks import ALL_PORTS, Grant, open_ports, opening, parse_network, protocol_name

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html"


@rule(
    GROUP,
    DEFAULT_GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    level=MANDATORY,
    severity=CRITICAL,
    controls=(
        "Security Hub EC2.13",
        "Security Hub EC2.53",
        "Security Hub EC2.54",
        "CIS 6.3",
        "CIS 6.4",
        "NIST SC-7",
        "NIST CM-7",
    ),
    link=f"{CONTROLS}#ec2-13",
    fix=(
        "name the addresses that may connect (allowed_cidr_blocks of slipway's Bastion), or use Session Manager "
        "without an open port"
    ),
    stands_for=("sg-no-high-risk-ports", "sg-only-authorized-ports", "sg-no-public-ingress"),
)
def sg_no_ingress_ssh(group: Resource) -> Outcomes:
    """Security groups do not open SSH to the internet.

    CIDRs are added up: two halves of the internet are the internet, and so is all of it but the private ranges.
    References to groups and prefix lists hide no CIDR beside them.
    """
    yield from denied_port(group, 22)


@rule(
    GROUP,
    DEFAULT_GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP EC2.18", "NIST SC-7"),
    link=f"{CONTROLS}#ec2-18",
    fix="open only the ports of the service, as slipway's components do",
    stands_for=(
        "sg-no-ingress-ssh",
        "sg-no-ingress-rdp",
        "sg-no-ingress-http",
        "sg-no-high-risk-ports",
        "sg-only-authorized-ports",
        "sg-no-public-ingress",
    ),
)
def sg_no_ingress_all_ports(group: Resource) -> Outcomes:
    """Security groups do not open every port to the internet."""
    given, waiting = grants(group)
    yield from waiting
    protocols: dict[str, list[str]] = {}
    for protocol in ("tcp", "udp"):
        for low, high in open_ports(given, protocol):
            if low <= 1 and high == ALL_PORTS[1]:
                paths = ", ".join(dict.fromkeys(grant.path for grant in opening(given, protocol, high)))
                protocols.setdefault(paths, []).append(protocol.upper())
    for paths, names in protocols.items():
        yield Finding(paths, f"opens every {' and '.join(names)} port to the internet")


def denied_port(group: Resource, port: int) -> Outcomes:
    """A finding when the ingress rules together open the TCP port to the internet."""
    given, waiting = grants(group)
    yield from waiting
    paths = dict.fromkeys(grant.path for grant in opening(given, "tcp", port))
    for low, high in open_ports(given, "tcp"):
        if paths and low <= port <= high:
            span = f"port {port}" if low == high else f"ports {low} to {high}, {port} among them,"
            yield Finding(", ".join(paths), f"opens TCP {span} to the internet")


def opened_by_place(ingress: list[Grant], ports: Iterable[int]) -> dict[str, str]:
    """Places of the rules to those of the TCP ports that they open to the internet, each as one text."""
    ports_by_path: dict[str, list[str]] = {}
    for port in ports:
        for path in dict.fromkeys(grant.path for grant in opening(ingress, "tcp", port)):
            ports_by_path.setdefault(path, []).append(str(port))
    paths_by_ports: dict[str, list[str]] = {}
    for path, opened in ports_by_path.items():
        paths_by_ports.setdefault(", ".join(opened), []).append(path)
    return {", ".join(paths): listed for listed, paths in paths_by_ports.items()}


def grants(group: Resource) -> tuple[list[Grant], list[Deferred]]:
    """The grants of the ingress rules to CIDRs, and the rules not known yet."""
    return _grants(_written(group, INGRESS_RULE, "ingress"))


def egress_grants(group: Resource) -> tuple[list[Grant], list[Deferred]]:
    """The grants of the egress rules to CIDRs, and the rules not known yet."""
    return _grants(_written(group, EGRESS_RULE, "egress"))


def _grants(written: Iterator[tuple[Value | Resource, list[Value]]]) -> tuple[list[Grant], list[Deferred]]:
    known: list[Grant] = []
    waiting: list[Deferred] = []
    for entry, cidrs in written:
        reach = reached(entry)
        unknown = [reach] if isinstance(reach, Deferred) else [Deferred(cidr.path) for cidr in cidrs if cidr.unknown]
        waiting += unknown[:1]
        if not isinstance(reach, Deferred):
            known += [_grant(*reach, cidr) for cidr in cidrs if not cidr.unknown]
    return known, waiting


def reached(entry: Value | Resource) -> tuple[str, tuple[int, int]] | Deferred:
    """The protocol and ports of one rule, in either resource's names."""
    protocol = entry["protocol"] if entry["ipProtocol"].absent else entry["ipProtocol"]
    low, high = entry["fromPort"], entry["toPort"]
    for value in (protocol, low, high):
        if value.unknown:
            return Deferred(value.path)
    name = protocol_name(_spelled(protocol))
    return name, ALL_PORTS if name == "all" else (int(low.number() or 0), int(high.number() or 0))


def _written(group: Resource, rule_type: str, side: str) -> Iterator[tuple[Value | Resource, list[Value]]]:
    """Each rule of one side with its CIDRs."""
    if group.type == rule_type:
        yield group, [cidr for cidr in (group["cidrIpv4"], group["cidrIpv6"]) if not cidr.absent]
    elif group.type == GROUP_RULE:
        if group["type"].text() in ("", side):
            yield group, [*group["cidrBlocks"].elements(), *group["ipv6CidrBlocks"].elements()]
    else:
        for entry in group[side].elements():
            yield entry, [*entry["cidrBlocks"].elements(), *entry["ipv6CidrBlocks"].elements()]


def _grant(protocol: str, bounds: tuple[int, int], cidr: Value) -> Grant:
    network = parse_network(cidr.text())
    if network is None:
        raise cidr.unreadable("a CIDR")
    return Grant(protocol, *bounds, network, cidr.path)


def _spelled(protocol: Value) -> str:
    return str(protocol.raw) if isinstance(protocol.raw, int) else protocol.text()
