"""Rules for how much security groups open, in and out, and whether they say why.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from slipway_policies.engine.registry import (
    ADVISORY,
    CRITICAL,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    OFF,
    Deferred,
    Finding,
    Outcomes,
    rule,
)
from slipway_policies.engine.resources import Resource
from slipway_policies.reading.networks import covers_the_internet, is_wide_and_public, open_ports, opening
from slipway_policies.rules.vpc.security_groups import (
    CONTROLS,
    DEFAULT_GROUP,
    EGRESS_RULE,
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    denied_port,
    egress_grants,
    grants,
    opened_by_place,
)

INGRESS = (GROUP, DEFAULT_GROUP, GROUP_RULE, INGRESS_RULE)
RULES_LINK = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
# Ports of services that are attacked where they are found. Source: FSBP EC2.19.
# fmt: off
HIGH_RISK_PORTS = (
    20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888,
    9200, 9300,
)
# fmt: on
EMPTY_WORDS = ("", "Managed by Pulumi", "Managed by Terraform")


@rule(
    *INGRESS,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("Security Hub EC2.14", "CIS 6.3", "CIS 6.4", "NIST SC-7", "NIST CM-7"),
    link=f"{CONTROLS}#ec2-14",
    fix="name the addresses that may connect, or use Fleet Manager without an open port; slipway's Bastion is Linux",
    stands_for=("sg-no-high-risk-ports", "sg-only-authorized-ports", "sg-no-public-ingress"),
)
def sg_no_ingress_rdp(group: Resource) -> Outcomes:
    """Security groups do not open RDP to the internet."""
    yield from denied_port(group, 3389)


@rule(
    *INGRESS,
    level=OFF,
    severity=MEDIUM,
    link=RULES_LINK,
    fix="serve HTTPS on 443 only; only load balancers with a redirect, such as slipway's FargateService, need port 80",
    stands_for=("sg-only-authorized-ports", "sg-no-public-ingress"),
)
def sg_no_ingress_http(group: Resource) -> Outcomes:
    """Security groups do not open port 80 to the internet.

    Off unless configured: browsers need the redirect to HTTPS on this port.
    """
    yield from denied_port(group, 80)


@rule(
    *INGRESS,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP EC2.18", "NIST CM-7"),
    link=f"{CONTROLS}#ec2-18",
    fix="put a load balancer with port 443 in front, as slipway's FargateService does, or add the port to allowedPorts "
    "or allowedUdpPorts in the policy config",
    settings={
        "allowedPorts": {
            "type": "array",
            "items": {"type": "integer"},
            "default": [80, 443],
            "description": "TCP ports allowed to the internet.",
        },
        "allowedUdpPorts": {
            "type": "array",
            "items": {"type": "integer"},
            "default": [],
            "description": "UDP ports allowed to the internet.",
        },
    },
    stands_for=("sg-no-public-ingress",),
)
def sg_only_authorized_ports(group: Resource) -> Outcomes:
    """Security groups open only the ports of the policy config to the internet."""
    given, waiting = grants(group)
    yield from waiting
    for protocol, setting in (("tcp", "allowedPorts"), ("udp", "allowedUdpPorts")):
        allowed = set(group.config.numbers(setting))
        for low, high in open_ports(given, protocol):
            beside = next((port for port in range(low, high + 1) if port not in allowed), None)
            if beside is not None:
                paths = dict.fromkeys(grant.path for grant in opening(given, protocol, beside))
                span = f"port {low}" if low == high else f"ports {low} to {high}"
                problem = f"opens {protocol.upper()} {span} to the internet, outside of {setting}"
                yield Finding(", ".join(paths), problem)


@rule(
    *INGRESS,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP EC2.19", "NIST SC-7", "NIST CM-7"),
    link=f"{CONTROLS}#ec2-19",
    fix="admit a security group or your own network instead, as slipway's components do",
    stands_for=("sg-only-authorized-ports", "sg-no-public-ingress"),
)
def sg_no_high_risk_ports(group: Resource) -> Outcomes:
    """Security groups do not open the ports of shells, databases, consoles and file shares to the internet."""
    given, waiting = grants(group)
    yield from waiting
    for places, ports in opened_by_place(given, HIGH_RISK_PORTS).items():
        yield Finding(places, f"opens TCP {ports} to the internet")


@rule(
    *INGRESS,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-7",),
    link=RULES_LINK,
    fix=(
        "name smaller networks, or lower widestPrefix in the policy config; slipway's components admit your own "
        "list of networks"
    ),
    settings={
        "widestPrefix": {
            "type": "integer",
            "minimum": 1,
            "maximum": 32,
            "default": 16,
            "description": "Prefix length of the largest allowed public IPv4 network.",
        }
    },
)
def sg_wide_public_cidr(group: Resource) -> Outcomes:
    """Security groups admit no public network above the configured size.

    Other rules judge the whole internet.
    """
    given, waiting = grants(group)
    yield from waiting
    widest = group.config.number("widestPrefix")
    for path, network in dict.fromkeys((grant.path, grant.network) for grant in given):
        if is_wide_and_public(network, widest) and not covers_the_internet([network]):
            yield Finding(path, f"admits a public /{network.prefixlen}; the widest in the policy config is /{widest}")


@rule(
    GROUP,
    DEFAULT_GROUP,
    GROUP_RULE,
    EGRESS_RULE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-7(5)",),
    link=RULES_LINK,
    fix="allow egress to HTTPS and to the services that the program calls; slipway's components allow no more",
)
def sg_egress_restricted(group: Resource) -> Outcomes:
    """Security groups do not let everything out to everywhere."""
    given, waiting = egress_grants(group)
    yield from waiting
    for low, high in open_ports(given, "tcp"):
        if low <= 1 and high == 65535:
            paths = dict.fromkeys(grant.path for grant in opening(given, "tcp", high))
            yield Finding(", ".join(paths), "lets out every port to the internet")


@rule(
    GROUP,
    level=ADVISORY,
    severity=LOW,
    controls=("NIST CM-8",),
    link=RULES_LINK,
    fix=(
        "set description to the purpose of the group, as slipway's components do; on an existing group this replaces it"
    ),
)
def sg_description(group: Resource) -> Outcomes:
    """Security groups have a description."""
    description = group["description"]
    if description.unknown:
        yield Deferred(description.path)
    elif description.text().strip() in EMPTY_WORDS:
        yield Finding(description.path, "is missing or empty")


@rule(
    GROUP,
    DEFAULT_GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    EGRESS_RULE,
    level=ADVISORY,
    severity=LOW,
    controls=("NIST CM-8",),
    link=RULES_LINK,
    fix="describe the source and its purpose in description, as slipway's components do",
)
def sg_rule_description(group: Resource) -> Outcomes:
    """Rules of security groups say who they are for."""
    inline = group.type in (GROUP, DEFAULT_GROUP)
    rules = [*group["ingress"].elements(), *group["egress"].elements()] if inline else [group]
    for one in rules:
        description = one["description"]
        if description.unknown:
            yield Deferred(description.path)
        elif description.text().strip() in EMPTY_WORDS:
            yield Finding(description.path, "is missing or empty")


@rule(
    GROUP,
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    fix="split the group by purpose, or use a prefix list; slipway's groups have a rule per source",
    settings={
        "mostRules": {
            "type": "integer",
            "minimum": 1,
            "default": 50,
            "description": "Highest number of rules of a group.",
        }
    },
)
def sg_too_many_rules(group: Resource) -> Outcomes:
    """Security groups are small enough to be read."""
    for side in (group["ingress"], group["egress"]):
        if side.unknown:
            yield Deferred(side.path)
        elif len(list(side.elements())) > group.config.number("mostRules"):
            yield Finding(side.path, "has more rules than mostRules of the policy config")
