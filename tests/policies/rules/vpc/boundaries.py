"""Cases of the rules in `vpc.boundaries`: VPC."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import SUBNET
from tests.support.policies.samples import ACL, ANYWHERE, FALSE_OR_ABSENT, TRUE_VALUES, Case, at, failing_with


def acl(*entries: tuple[int, str, str, int, int]) -> dict[str, object]:
    """A network ACL with ingress entries of number, action, CIDR and ports."""
    names = ("ruleNo", "action", "cidrBlock", "fromPort", "toPort")
    return {"ingress": [dict(zip(names, entry, strict=True)) | {"protocol": "tcp"} for entry in entries]}


ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"

CASES: list[Case] = [
    at("subnet-no-auto-public-ip", SUBNET, "mapPublicIpOnLaunch", passes=[None, False], fails=[True]),
    at("subnet-no-auto-public-ip", SUBNET, "assignIpv6AddressOnCreation", passes=[None, False], fails=[True]),
    *(
        Case(
            rule=f"nacl-no-ingress-{name}",
            kind=ACL,
            passes=[
                {},
                acl((1, "allow", "10.0.0.0/8", port, port)),
                acl((1, "allow", ANYWHERE, 443, 443)),
                acl((2, "allow", ANYWHERE, 0, 65535), (1, "deny", ANYWHERE, port, port)),
            ],
            fails=[
                (acl((1, "allow", ANYWHERE, port, port)), [f"ingress[0] lets the internet reach TCP port {port}"]),
                (acl((2, "deny", ANYWHERE, port, port), (1, "allow", ANYWHERE, 0, 65535)), ["ingress[1]"]),
                (acl((1, "allow", "everywhere", port, port)), ["ingress[0].cidrBlock is not a CIDR"]),
            ],
            waits=[{"ingress": UNKNOWN}, acl((1, "allow", UNKNOWN, port, port))],
        )
        for name, port in (("ssh", 22), ("rdp", 3389))
    ),
    Case(
        rule="nacl-no-ingress-all",
        kind=ACL_RULE,
        passes=[
            {"egress": True, "ruleAction": "allow", "protocol": "-1", "cidrBlock": ANYWHERE},
            {"ruleAction": "deny", "protocol": "-1", "cidrBlock": ANYWHERE},
            {"ruleAction": "allow", "protocol": "-1", "cidrBlock": "10.0.0.0/8"},
        ],
        fails=[
            ({"ruleAction": "allow", "protocol": "-1", "cidrBlock": ANYWHERE}, ["cidrBlock lets the internet"]),
            (
                {"ruleAction": "allow", "protocol": "6", "fromPort": 0, "toPort": 65535, "ipv6CidrBlock": "::/0"},
                ["cidrBlock lets the internet"],
            ),
        ],
        waits=[{"ruleAction": "allow", "protocol": "-1", "cidrBlock": UNKNOWN}],
    ),
    Case(
        rule="vpc-no-default-vpc", kind="aws:ec2/defaultVpc:DefaultVpc", passes=[], fails=[({}, ["type is DefaultVpc"])]
    ),
    Case(
        rule="vpc-no-default-vpc",
        kind="aws:ec2/defaultSubnet:DefaultSubnet",
        passes=[],
        fails=[({}, ["type is DefaultSubnet"])],
    ),
    at(
        "subnet-no-auto-public-ip",
        SUBNET,
        "mapPublicIpOnLaunch",
        passes=FALSE_OR_ABSENT,
        fails=TRUE_VALUES,
        cidrBlock="10.0.0.0/24",
    ),
    failing_with(
        "nacl-no-ingress-all",
        "aws:ec2/networkAclRule:NetworkAclRule",
        passes=[{"ruleAction": "allow", "protocol": "6", "fromPort": 443, "toPort": 443, "cidrBlock": "0.0.0.0/0"}],
        fails=[
            (
                {"ruleAction": "ALLOW", "protocol": -1.0, "cidrBlock": "0.0.0.0/0", "egress": False},
                "cidrBlock lets the internet",
            )
        ],
    ),
    failing_with(
        "vpc-no-default-vpc",
        "aws:ec2/defaultSubnet:DefaultSubnet",
        passes=[],
        fails=[({"availabilityZone": "eu-west-1a", "forceDestroy": None}, "type is DefaultSubnet")],
    ),
]
