"""Cases of the rules in `ec2.access`: EC2: access."""

import base64
import gzip

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    FALSE_OR_ABSENT,
    INSTANCE,
    KEY_PAIR,
    LAUNCH,
    SPOT,
    TEMPLATE,
    TRUE_VALUES,
    Case,
    at,
    failing_with,
)

ENI = "networkInterfaces[0].associatePublicIpAddress"


def user_data(text: str) -> dict[str, str]:
    """User data as launch templates take it."""
    return {"userData": base64.b64encode(text.encode()).decode()}


def rsa(bits: int) -> str:
    """An RSA public key with a modulus of this length."""
    fields = [b"ssh-rsa", b"\x01\x00\x01", (1 << (bits - 1)).to_bytes(bits // 8 + 1, "big")]
    return f"ssh-rsa {base64.b64encode(b''.join(len(one).to_bytes(4, 'big') + one for one in fields)).decode()} me"


def packed(text: str) -> dict[str, str]:
    """Compressed user data."""
    return {"userDataBase64": base64.b64encode(gzip.compress(text.encode())).decode()}


CASES: list[Case] = [
    *(
        at("ec2-imds-hop-limit", kind, "metadataOptions.httpPutResponseHopLimit", passes=[None, 1], fails=[2, 64])
        for kind in (INSTANCE, TEMPLATE)
    ),
    at("ec2-no-public-ip", INSTANCE, "associatePublicIpAddress", passes=[None, False], fails=[True]),
    at("ec2-no-public-ip", TEMPLATE, ENI, passes=[None, "false"], fails=["true", True]),
    at("ec2-instance-profile", INSTANCE, "iamInstanceProfile", passes=["app"], fails=[None, ""]),
    at("ec2-detailed-monitoring", INSTANCE, "monitoring", passes=[True], fails=[None, False]),
    at("ec2-termination-protection", INSTANCE, "disableApiTermination", passes=[True], fails=[None, False]),
    Case(
        rule="ec2-no-secrets-user-data",
        kind=INSTANCE,
        passes=[
            {},
            {"userData": "#!/bin/bash\nyum update -y"},
            {"userData": "export TOKEN=$(aws secretsmanager get-secret-value)"},
            {"userData": "PASSWORD_FILE=/run/password"},
        ],
        fails=[
            ({"userData": "export DB_PASSWORD=hunter2"}, ["userData"]),
            ({"userData": "key AKIAIOSFODNN7EXAMPLE"}, ["userData"]),
            ({"userDataBase64": user_data("API_KEY='abc123'")["userData"]}, ["userDataBase64"]),
        ],
        waits=[{"userData": UNKNOWN}],
    ),
    Case(
        rule="ec2-no-secrets-user-data",
        kind=TEMPLATE,
        passes=[user_data("#!/bin/sh")],
        fails=[(user_data("DB_PASSWORD=hunter2"), ["userData"])],
        waits=[{"userData": UNKNOWN}],
    ),
    at("ec2-source-dest-check", INSTANCE, "sourceDestCheck", passes=[None, True], fails=[False]),
    at(
        "ec2-source-dest-check",
        "aws:ec2/networkInterface:NetworkInterface",
        "sourceDestCheck",
        passes=[None],
        fails=[False],
    ),
    at(
        "ec2-single-eni",
        INSTANCE,
        "networkInterfaces",
        passes=[None, [], [{"deviceIndex": 0}]],
        fails=[[{}, {}], [{}, {}, {}]],
    ),
    at(
        "keypair-strong-algorithm",
        KEY_PAIR,
        "publicKey",
        passes=[None, "ssh-ed25519 AAAA me", rsa(3072), rsa(4096)],
        fails=[rsa(2048), rsa(1024), "ssh-dss AAAA me", "ssh-rsa"],
    ),
    at("ec2-detailed-monitoring", INSTANCE, "monitoring", passes=TRUE_VALUES, fails=FALSE_OR_ABSENT, tags=None),
    at(
        "ec2-termination-protection",
        INSTANCE,
        "disableApiTermination",
        passes=TRUE_VALUES,
        fails=FALSE_OR_ABSENT,
        tags=None,
    ),
    at(
        "ec2-source-dest-check",
        INSTANCE,
        "sourceDestCheck",
        passes=[*TRUE_VALUES, None],
        fails=[False, "false"],
        tags=None,
    ),
    at(
        "ec2-instance-profile",
        INSTANCE,
        "iamInstanceProfile",
        passes=["a", "arn:aws:iam::1:instance-profile/a"],
        fails=[None],
        tags={},
    ),
    failing_with(
        "ec2-single-eni",
        INSTANCE,
        passes=[{"networkInterfaces": [{"deviceIndex": 0.0}]}],
        fails=[({"networkInterfaces": [{"deviceIndex": 0.0}, {"deviceIndex": 1.0}]}, "networkInterfaces are")],
    ),
    *(
        Case(
            rule="ec2-no-secrets-user-data",
            kind=kind,
            passes=[
                {"userData": "aws ecr get-login-password | docker login --username AWS --password-stdin registry"},
                {"userData": 'TOKEN=$(curl -X PUT "http://169.254.169.254/latest/api/token")'},
                {"userData": "#cloud-config\nusers:\n  - name: app\n    lock_passwd: true\nssh_pwauth: false"},
                {"userData": "# password: see the vault"},
            ],
            fails=[
                ({"userData": "[default]\naws_secret_access_key = abc/def"}, ["userData holds"]),
                ({"userData": "#cloud-config\nusers:\n  - plain_text_passwd: hunter2"}, ["userData holds"]),
                ({"userData": "docker run -e DB_PASSWORD=hunter2 app"}, ["userData holds"]),
                ({"userData": "psql --password=hunter2"}, ["userData holds"]),
                (packed("#!/bin/sh\nexport API_TOKEN=hunter2"), ["userDataBase64 holds"]),
            ],
            waits=[{"userData": UNKNOWN}],
        )
        for kind in (INSTANCE, LAUNCH, SPOT)
    ),
    Case(
        rule="ec2-no-public-ip",
        kind=SPOT,
        passes=[{}],
        fails=[({"associatePublicIpAddress": True}, ["associatePublicIpAddress"])],
    ),
]
