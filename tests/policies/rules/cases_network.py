"""For each further rule over EC2, security groups and VPCs: what passes, what fails and where, and what must wait."""

import base64

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import GROUP, GROUP_RULE, INGRESS_RULE, INSTANCE, TEMPLATE, Case, at, ingress, tcp

EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ACL, ACL_RULE = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule"
SUBNET, KEY_PAIR = "aws:ec2/subnet:Subnet", "aws:ec2/keyPair:KeyPair"
ENI = "networkInterfaces[0].associatePublicIpAddress"
ANYWHERE = "0.0.0.0/0"


def rsa(bits: int) -> str:
    """An RSA public key with a modulus of this length."""
    fields = [b"ssh-rsa", b"\x01\x00\x01", (1 << (bits - 1)).to_bytes(bits // 8 + 1, "big")]
    return f"ssh-rsa {base64.b64encode(b''.join(len(one).to_bytes(4, 'big') + one for one in fields)).decode()} me"


def user_data(text: str) -> dict[str, str]:
    """User data as launch templates take it."""
    return {"userData": base64.b64encode(text.encode()).decode()}


def acl(*entries: tuple[int, str, str, int, int]) -> dict[str, object]:
    """A network ACL with ingress entries of number, action, CIDR and ports."""
    names = ("ruleNo", "action", "cidrBlock", "fromPort", "toPort")
    return {"ingress": [dict(zip(names, entry, strict=True)) | {"protocol": "tcp"} for entry in entries]}


def egress(*rules: dict[str, object]) -> dict[str, object]:
    """A security group with these egress rules."""
    return {"egress": list(rules)}


EVERYTHING_OUT: dict[str, object] = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [ANYWHERE]}

NETWORK_CASES = [
    *(
        at("ec2-imds-hop-limit", kind, "metadataOptions.httpPutResponseHopLimit", [None, 1], [2, 64])
        for kind in (INSTANCE, TEMPLATE)
    ),
    at("ec2-no-public-ip", INSTANCE, "associatePublicIpAddress", [None, False], [True]),
    at("ec2-no-public-ip", TEMPLATE, ENI, [None, "false"], ["true", True]),
    at("ec2-instance-profile", INSTANCE, "iamInstanceProfile", ["app"], [None, ""]),
    at("ec2-detailed-monitoring", INSTANCE, "monitoring", [True], [None, False]),
    at("ec2-termination-protection", INSTANCE, "disableApiTermination", [True], [None, False]),
    Case(
        "ec2-no-secrets-user-data",
        INSTANCE,
        [
            {},
            {"userData": "#!/bin/bash\nyum update -y"},
            {"userData": "export TOKEN=$(aws secretsmanager get-secret-value)"},
            {"userData": "PASSWORD_FILE=/run/password"},
        ],
        [
            ({"userData": "export DB_PASSWORD=hunter2"}, ["userData"]),
            ({"userData": "key AKIAIOSFODNN7EXAMPLE"}, ["userData"]),
            ({"userDataBase64": user_data("API_KEY='abc123'")["userData"]}, ["userDataBase64"]),
        ],
        [{"userData": UNKNOWN}],
    ),
    Case(
        "ec2-no-secrets-user-data",
        TEMPLATE,
        [user_data("#!/bin/sh")],
        [(user_data("DB_PASSWORD=hunter2"), ["userData"])],
        [{"userData": UNKNOWN}],
    ),
    at("ec2-source-dest-check", INSTANCE, "sourceDestCheck", [None, True], [False]),
    at("ec2-source-dest-check", "aws:ec2/networkInterface:NetworkInterface", "sourceDestCheck", [None], [False]),
    at("ec2-single-eni", INSTANCE, "networkInterfaces", [None, [], [{"deviceIndex": 0}]], [[{}, {}], [{}, {}, {}]]),
    at(
        "keypair-strong-algorithm",
        KEY_PAIR,
        "publicKey",
        [None, "ssh-ed25519 AAAA me", rsa(3072), rsa(4096)],
        [rsa(2048), rsa(1024), "ssh-dss AAAA me", "ssh-rsa"],
    ),
    Case(
        "sg-no-ingress-rdp",
        GROUP,
        [{}, ingress(tcp(3389, 3389, "10.0.0.0/8")), ingress(tcp(443, 443, ANYWHERE))],
        [
            (ingress(tcp(3389, 3389, ANYWHERE)), ["ingress[0].cidrBlocks[0] opens TCP port 3389"]),
            (ingress(tcp(3000, 4000, "0.0.0.0/1", "128.0.0.0/1")), ["ingress[0].cidrBlocks[0], ingress[0]"]),
        ],
        [{"ingress": UNKNOWN}],
    ),
    Case(
        "sg-no-ingress-http",
        INGRESS_RULE,
        [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": ANYWHERE}],
        [({"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": ANYWHERE}, ["cidrIpv4 opens TCP port 80"])],
        [{"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": UNKNOWN}],
    ),
    Case(
        "sg-only-authorized-ports",
        GROUP,
        [
            ingress(tcp(80, 80, ANYWHERE), tcp(443, 443, ANYWHERE)),
            ingress(tcp(9999, 9999, "203.0.113.0/24")),
            ingress({"protocol": "icmp", "fromPort": -1, "toPort": -1, "cidrBlocks": [ANYWHERE]}),
        ],
        [
            (ingress(tcp(9999, 9999, ANYWHERE)), ["ingress[0].cidrBlocks[0] opens TCP port 9999 to the internet"]),
            (ingress(tcp(80, 82, ANYWHERE)), ["ingress[0].cidrBlocks[0] opens TCP ports 80 to 82"]),
            (ingress(tcp(443, 443, ANYWHERE) | {"protocol": "udp"}), ["ingress[0].cidrBlocks[0] opens UDP port 443"]),
        ],
        [{"ingress": UNKNOWN}],
    ),
    Case(
        "sg-no-high-risk-ports",
        GROUP_RULE,
        [{"type": "ingress", **tcp(443, 443, ANYWHERE)}, {"type": "egress", **tcp(3306, 3306, ANYWHERE)}],
        [
            ({"type": "ingress", **tcp(5432, 5432, ANYWHERE)}, ["cidrBlocks[0] opens TCP 5432 to the internet"]),
            ({"type": "ingress", **tcp(20, 25, ANYWHERE)}, ["cidrBlocks[0] opens TCP 20, 21, 22, 23, 25"]),
        ],
        [{"type": "ingress", **tcp(22, 22), "cidrBlocks": UNKNOWN}],
    ),
    Case(
        "sg-wide-public-cidr",
        GROUP,
        [
            ingress(tcp(443, 443, ANYWHERE)),
            ingress(tcp(443, 443, "10.0.0.0/8")),
            ingress(tcp(443, 443, "203.0.0.0/16")),
        ],
        [
            (ingress(tcp(443, 443, "203.0.0.0/15")), ["ingress[0].cidrBlocks[0] admits a public /15"]),
            (ingress(tcp(443, 443, "8.0.0.0/7")), ["ingress[0].cidrBlocks[0] admits a public /7"]),
        ],
        [{"ingress": UNKNOWN}],
    ),
    Case(
        "sg-egress-restricted",
        GROUP,
        [{}, egress(tcp(443, 443, ANYWHERE)), egress(tcp(0, 65535, "10.0.0.0/8"))],
        [
            (egress(EVERYTHING_OUT), ["egress[0].cidrBlocks[0] lets out every port"]),
            (egress(tcp(0, 65535, ANYWHERE)), ["egress[0].cidrBlocks[0] lets out every port"]),
        ],
        [{"egress": UNKNOWN}],
    ),
    Case(
        "sg-egress-restricted",
        EGRESS_RULE,
        [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": ANYWHERE}],
        [({"ipProtocol": "-1", "cidrIpv4": ANYWHERE}, ["cidrIpv4 lets out"])],
        [{"ipProtocol": "-1", "cidrIpv4": UNKNOWN}],
    ),
    at("sg-description", GROUP, "description", ["Tasks of api"], [None, " ", "Managed by Pulumi"]),
    at("sg-rule-description", INGRESS_RULE, "description", ["From the office"], [None, "", "Managed by Pulumi"]),
    Case(
        "sg-rule-description",
        GROUP,
        [{}, ingress(tcp(443, 443, ANYWHERE, description="HTTPS"))],
        [(ingress(tcp(443, 443, ANYWHERE)), ["ingress[0].description"])],
        [{"ingress": UNKNOWN}],
    ),
    Case(
        "sg-too-many-rules",
        GROUP,
        [{}, {"ingress": []}, ingress(*[tcp(443, 443)] * 2)],
        [
            (ingress(*[tcp(443, 443)] * 3), ["ingress has more rules"]),
            ({"egress": [tcp(443, 443)] * 3}, ["egress has more rules"]),
            (ingress(*[tcp(443, 443)] * 3) | {"egress": [tcp(443, 443)] * 3}, ["ingress has", "egress has"]),
        ],
        [{"ingress": UNKNOWN}, {"egress": UNKNOWN}],
        {"mostRules": 2},
    ),
    at("subnet-no-auto-public-ip", SUBNET, "mapPublicIpOnLaunch", [None, False], [True]),
    at("subnet-no-auto-public-ip", SUBNET, "assignIpv6AddressOnCreation", [None, False], [True]),
    *(
        Case(
            f"nacl-no-ingress-{name}",
            ACL,
            [
                {},
                acl((1, "allow", "10.0.0.0/8", port, port)),
                acl((1, "allow", ANYWHERE, 443, 443)),
                acl((2, "allow", ANYWHERE, 0, 65535), (1, "deny", ANYWHERE, port, port)),
            ],
            [
                (acl((1, "allow", ANYWHERE, port, port)), [f"ingress[0] lets the internet reach TCP port {port}"]),
                (acl((2, "deny", ANYWHERE, port, port), (1, "allow", ANYWHERE, 0, 65535)), ["ingress[1]"]),
                (acl((1, "allow", "everywhere", port, port)), ["ingress[0].cidrBlock is not a CIDR"]),
            ],
            [{"ingress": UNKNOWN}, acl((1, "allow", UNKNOWN, port, port))],
        )
        for name, port in (("ssh", 22), ("rdp", 3389))
    ),
    Case(
        "nacl-no-ingress-all",
        ACL_RULE,
        [
            {"egress": True, "ruleAction": "allow", "protocol": "-1", "cidrBlock": ANYWHERE},
            {"ruleAction": "deny", "protocol": "-1", "cidrBlock": ANYWHERE},
            {"ruleAction": "allow", "protocol": "-1", "cidrBlock": "10.0.0.0/8"},
        ],
        [
            ({"ruleAction": "allow", "protocol": "-1", "cidrBlock": ANYWHERE}, ["cidrBlock lets the internet"]),
            (
                {"ruleAction": "allow", "protocol": "6", "fromPort": 0, "toPort": 65535, "ipv6CidrBlock": "::/0"},
                ["cidrBlock lets the internet"],
            ),
        ],
        [{"ruleAction": "allow", "protocol": "-1", "cidrBlock": UNKNOWN}],
    ),
    Case("vpc-no-default-vpc", "aws:ec2/defaultVpc:DefaultVpc", [], [({}, ["type is DefaultVpc"])]),
    Case("vpc-no-default-vpc", "aws:ec2/defaultSubnet:DefaultSubnet", [], [({}, ["type is DefaultSubnet"])]),
]
