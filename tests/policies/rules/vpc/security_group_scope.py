"""Cases of the rules in `vpc.security_group_scope`: Security groups: ports and networks."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    ANYWHERE,
    EGRESS_RULE,
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    Case,
    at,
    failing_with,
    ingress,
    tcp,
)

EVERYTHING_OUT: dict[str, object] = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [ANYWHERE]}


def egress(*rules: dict[str, object]) -> dict[str, object]:
    """A security group with these egress rules."""
    return {"egress": list(rules)}


CASES: list[Case] = [
    Case(
        rule="sg-no-ingress-rdp",
        kind=GROUP,
        passes=[{}, ingress(tcp(3389, 3389, "10.0.0.0/8")), ingress(tcp(443, 443, ANYWHERE))],
        fails=[
            (ingress(tcp(3389, 3389, ANYWHERE)), ["ingress[0].cidrBlocks[0] opens TCP port 3389"]),
            (ingress(tcp(3000, 4000, "0.0.0.0/1", "128.0.0.0/1")), ["ingress[0].cidrBlocks[0], ingress[0]"]),
        ],
        waits=[{"ingress": UNKNOWN}],
    ),
    Case(
        rule="sg-no-ingress-http",
        kind=INGRESS_RULE,
        passes=[{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": ANYWHERE}],
        fails=[
            ({"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": ANYWHERE}, ["cidrIpv4 opens TCP port 80"])
        ],
        waits=[{"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": UNKNOWN}],
    ),
    Case(
        rule="sg-only-authorized-ports",
        kind=GROUP,
        passes=[
            ingress(tcp(80, 80, ANYWHERE), tcp(443, 443, ANYWHERE)),
            ingress(tcp(9999, 9999, "203.0.113.0/24")),
            ingress({"protocol": "icmp", "fromPort": -1, "toPort": -1, "cidrBlocks": [ANYWHERE]}),
        ],
        fails=[
            (ingress(tcp(9999, 9999, ANYWHERE)), ["ingress[0].cidrBlocks[0] opens TCP port 9999 to the internet"]),
            (ingress(tcp(80, 82, ANYWHERE)), ["ingress[0].cidrBlocks[0] opens TCP ports 80 to 82"]),
            (ingress(tcp(443, 443, ANYWHERE) | {"protocol": "udp"}), ["ingress[0].cidrBlocks[0] opens UDP port 443"]),
        ],
        waits=[{"ingress": UNKNOWN}],
    ),
    Case(
        rule="sg-no-high-risk-ports",
        kind=GROUP_RULE,
        passes=[{"type": "ingress", **tcp(443, 443, ANYWHERE)}, {"type": "egress", **tcp(3306, 3306, ANYWHERE)}],
        fails=[
            ({"type": "ingress", **tcp(5432, 5432, ANYWHERE)}, ["cidrBlocks[0] opens TCP 5432 to the internet"]),
            ({"type": "ingress", **tcp(20, 25, ANYWHERE)}, ["cidrBlocks[0] opens TCP 20, 21, 22, 23, 25"]),
        ],
        waits=[{"type": "ingress", **tcp(22, 22), "cidrBlocks": UNKNOWN}],
    ),
    Case(
        rule="sg-wide-public-cidr",
        kind=GROUP,
        passes=[
            ingress(tcp(443, 443, ANYWHERE)),
            ingress(tcp(443, 443, "10.0.0.0/8")),
            ingress(tcp(443, 443, "203.0.0.0/16")),
        ],
        fails=[
            (ingress(tcp(443, 443, "203.0.0.0/15")), ["ingress[0].cidrBlocks[0] admits a public /15"]),
            (ingress(tcp(443, 443, "8.0.0.0/7")), ["ingress[0].cidrBlocks[0] admits a public /7"]),
        ],
        waits=[{"ingress": UNKNOWN}],
    ),
    Case(
        rule="sg-egress-restricted",
        kind=GROUP,
        passes=[{}, egress(tcp(443, 443, ANYWHERE)), egress(tcp(0, 65535, "10.0.0.0/8"))],
        fails=[
            (egress(EVERYTHING_OUT), ["egress[0].cidrBlocks[0] lets out every port"]),
            (egress(tcp(0, 65535, ANYWHERE)), ["egress[0].cidrBlocks[0] lets out every port"]),
        ],
        waits=[{"egress": UNKNOWN}],
    ),
    Case(
        rule="sg-egress-restricted",
        kind=EGRESS_RULE,
        passes=[{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": ANYWHERE}],
        fails=[({"ipProtocol": "-1", "cidrIpv4": ANYWHERE}, ["cidrIpv4 lets out"])],
        waits=[{"ipProtocol": "-1", "cidrIpv4": UNKNOWN}],
    ),
    at("sg-description", GROUP, "description", passes=["Tasks of api"], fails=[None, " ", "Managed by Pulumi"]),
    at(
        "sg-rule-description",
        INGRESS_RULE,
        "description",
        passes=["From the office"],
        fails=[None, "", "Managed by Pulumi"],
    ),
    Case(
        rule="sg-rule-description",
        kind=GROUP,
        passes=[{}, ingress(tcp(443, 443, ANYWHERE, description="HTTPS"))],
        fails=[(ingress(tcp(443, 443, ANYWHERE)), ["ingress[0].description"])],
        waits=[{"ingress": UNKNOWN}],
    ),
    Case(
        rule="sg-too-many-rules",
        kind=GROUP,
        passes=[{}, {"ingress": []}, ingress(*[tcp(443, 443)] * 2)],
        fails=[
            (ingress(*[tcp(443, 443)] * 3), ["ingress has more rules"]),
            ({"egress": [tcp(443, 443)] * 3}, ["egress has more rules"]),
            (ingress(*[tcp(443, 443)] * 3) | {"egress": [tcp(443, 443)] * 3}, ["ingress has", "egress has"]),
        ],
        waits=[{"ingress": UNKNOWN}, {"egress": UNKNOWN}],
        config={"mostRules": 2},
    ),
    at(
        "sg-description",
        GROUP,
        "description",
        passes=["Load balancer of api", "Bastion"],
        fails=["Managed by Terraform"],
        ingress=[],
    ),
    failing_with(
        "sg-no-ingress-rdp",
        GROUP,
        passes=[ingress(tcp(3388, 3388, "0.0.0.0/0"))],
        fails=[
            (
                ingress(tcp(0, 65535, "::/0")),
                "ingress[0].cidrBlocks[0] opens TCP ports 0 to 65535, 3389 among them, to the",
            ),
        ],
    ),
    failing_with(
        "sg-no-ingress-http",
        GROUP,
        passes=[ingress(tcp(80, 80, "10.0.0.0/8")), ingress(tcp(8080, 8080, "0.0.0.0/0"))],
        fails=[
            (ingress(tcp(80, 80, "0.0.0.0/0")), "ingress[0].cidrBlocks[0] opens TCP port 80"),
            (
                ingress(tcp(79, 81, "0.0.0.0/1", "128.0.0.0/1")),
                "ingress[0].cidrBlocks[0], ingress[0].cidrBlocks[1] opens",
            ),
        ],
    ),
    failing_with(
        "sg-no-high-risk-ports",
        GROUP_RULE,
        passes=[{"type": "ingress", **tcp(5432, 5432, "10.0.0.0/8")}],
        fails=[({"type": "ingress", **tcp(3306, 3306, "0.0.0.0/0")}, "cidrBlocks[0] opens TCP 3306 to the internet")],
    ),
    failing_with(
        "sg-wide-public-cidr",
        GROUP,
        passes=[ingress(tcp(443, 443, "10.0.0.0/8"))],
        fails=[(ingress(tcp(443, 443, "52.0.0.0/8")), "ingress[0]")],
    ),
    Case(
        rule="sg-only-authorized-ports",
        kind=GROUP,
        passes=[ingress(tcp(443, 443, ANYWHERE) | {"protocol": "udp"})],
        fails=[(ingress(tcp(53, 53, ANYWHERE) | {"protocol": "udp"}), ["ingress[0].cidrBlocks[0] opens UDP port 53"])],
        config={"allowedUdpPorts": [443]},
    ),
]
