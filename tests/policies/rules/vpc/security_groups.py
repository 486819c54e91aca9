"""Cases of the rules in `vpc.security_groups`: Security groups."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import ANYWHERE, GROUP, GROUP_RULE, INGRESS_RULE, Case, failing_with, ingress, tcp

ALL_PORTS = {"fromPort": -1, "toPort": -1}

CASES: list[Case] = [
    Case(
        rule="sg-no-ingress-ssh",
        kind=GROUP,
        passes=[
            {},
            ingress(tcp(22.0, 22.0, "203.0.113.7/32")),
            ingress(tcp(443, 443, "0.0.0.0/0")),
            ingress(tcp(0, 0, "0.0.0.0/0")),
            ingress({"protocol": "udp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}),
            ingress({"protocol": "-1", "self": True}),
            ingress(tcp(22, 22, "0.0.0.0/1")),
        ],
        fails=[
            (ingress(tcp(22.0, 22.0, "0.0.0.0/0")), ["ingress[0].cidrBlocks[0] opens TCP port 22 to the internet"]),
            (ingress(tcp(0, 1024, "10.0.0.0/8", "0.0.0.0/0")), ["ingress[0].cidrBlocks[1]"]),
            (ingress({"protocol": "-1", "ipv6CidrBlocks": ["0::/0"]}), ["ingress[0].ipv6CidrBlocks[0]"]),
            (
                ingress(tcp(22, 22, "0.0.0.0/1"), tcp(20, 30, "128.0.0.0/1", self=True)),
                ["ingress[0].cidrBlocks[0], ingress[1].cidrBlocks[0] opens"],
            ),
            (ingress(tcp(22, 22, "everywhere")), ["ingress[0].cidrBlocks[0] is not a CIDR"]),
        ],
        waits=[
            {"ingress": UNKNOWN},
            ingress(tcp(22, 22, UNKNOWN)),
            ingress({**tcp(22, 22, "0.0.0.0/0"), "toPort": UNKNOWN}),
        ],
    ),
    Case(
        rule="sg-no-ingress-ssh",
        kind=GROUP_RULE,
        passes=[{"type": "egress", **tcp(22, 22, "0.0.0.0/0")}, {"type": "ingress", **tcp(22, 22, "10.0.0.0/8")}],
        fails=[({"type": "ingress", **tcp(22, 22, "0.0.0.0/0")}, ["cidrBlocks[0]"])],
        waits=[{"type": "ingress", **tcp(22, 22), "cidrBlocks": UNKNOWN}],
    ),
    Case(
        rule="sg-no-ingress-all-ports",
        kind=INGRESS_RULE,
        passes=[{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"}],
        fails=[
            ({"ipProtocol": "-1", "cidrIpv6": "::/0"}, ["cidrIpv6 opens every TCP and UDP port"]),
            ({"ipProtocol": "tcp", "fromPort": 1, "toPort": 65535, "cidrIpv4": "0.0.0.0/0"}, ["cidrIpv4 opens every"]),
        ],
        waits=[{"ipProtocol": "-1", "cidrIpv4": UNKNOWN}],
    ),
    failing_with(
        "sg-no-ingress-all-ports",
        INGRESS_RULE,
        passes=[
            {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"},
            {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-1"},
        ],
        fails=[
            (
                {"ipProtocol": "17", "fromPort": 0, "toPort": 65535, "cidrIpv4": "0.0.0.0/0"},
                "cidrIpv4 opens every UDP port",
            )
        ],
    ),
    Case(
        rule="sg-no-ingress-ssh",
        kind=GROUP,
        passes=[ingress({"protocol": "17", "fromPort": 22, "toPort": 22, "cidrBlocks": [ANYWHERE]})],
        fails=[
            (ingress({"protocol": "6", "fromPort": "22", "toPort": "22", "cidrBlocks": [ANYWHERE]}), ["ingress[0]"]),
            (ingress({"protocol": "all", **ALL_PORTS, "cidrBlocks": [ANYWHERE]}), ["ingress[0].cidrBlocks[0]"]),
            (
                ingress({"protocol": "-1", "ipv6CidrBlocks": ["2000::/4", "3000::/4"]}),
                ["ingress[0].ipv6CidrBlocks[0], "],
            ),
            (ingress({"protocol": "TCP", "fromPort": 0, "toPort": 65535, "cidrBlocks": ["1.2.3.4/0"]}), ["ingress[0]"]),
        ],
    ),
]
