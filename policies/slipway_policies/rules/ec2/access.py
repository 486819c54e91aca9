"""Rules for access to EC2 instances, their permissions and their contents.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html
"""

import base64
import binascii
import zlib
from typing import Final

from slipway_policies.engine.registry import (
    ADVISORY,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    OFF,
    Deferred,
    Finding,
    Outcomes,
    deny,
    rule,
)
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.reading.secrets_in_text import assigns_a_secret
from slipway_policies.rules.ec2.instances import ALSO_INSTANCES, CONTROLS, INSTANCE, LAUNCH_TEMPLATE

GZIP, GZIP_START, MOST_USER_DATA = 16 + zlib.MAX_WBITS, b"\x1f\x8b", 1 << 20  # cloud-init unpacks what is compressed
SMALLEST_RSA_BITS: Final = 3072  # 128 bits of strength, NIST SP 800-57


@rule(
    INSTANCE,
    *ALSO_INSTANCES,
    LAUNCH_TEMPLATE,
    level=ADVISORY,
    severity=LOW,
    controls=("Security Hub AutoScaling.4",),
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-4",
    fix="set metadataOptions.httpPutResponseHopLimit to 1, as slipway's Bastion does",
    settings={
        "mostHops": {
            "type": "integer",
            "minimum": 1,
            "default": 1,
            "description": "Highest hop limit; 2 suits container hosts.",
        }
    },
    remedy={"metadataOptions.httpPutResponseHopLimit": 1},
    immutable=ALSO_INSTANCES,
)
def ec2_imds_hop_limit(instance: Resource) -> Outcomes:
    """Credentials of EC2 instances travel no further than the instance."""
    limit = instance["metadataOptions"]["httpPutResponseHopLimit"]
    too_far = (limit.number() or 1) > instance.config.number("mostHops")
    yield from deny(limit, too_far, "is above mostHops of the policy config, so containers and proxies get credentials")


@rule(
    INSTANCE,
    *ALSO_INSTANCES,
    LAUNCH_TEMPLATE,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP EC2.9", "FSBP EC2.25", "NIST SC-7"),
    link=f"{CONTROLS}#ec2-9",
    fix=(
        "set associatePublicIpAddress to false and use a private subnet, which replaces an instance; for access "
        "from outside use slipway's Bastion, with its own address and a list of allowed networks"
    ),
)
def ec2_no_public_ip(instance: Resource) -> Outcomes:
    """EC2 instances get no public IP address by themselves.

    An Elastic IP passes: the program shows it, and the rules for its security group judge it. `ec2-ignored-public-ip` judges
    an instance that ignores changes of the property.
    """
    places: list[Value | Resource] = [instance, *instance["networkInterfaces"].elements()]
    judged_over_stack = instance.type == INSTANCE and instance.ignores("associatePublicIpAddress")
    for place in places[1 if instance.type == LAUNCH_TEMPLATE or judged_over_stack else 0 :]:
        public = place["associatePublicIpAddress"]
        yield from deny(public, public.true, "is true, so the instance has an address on the internet")


@rule(
    INSTANCE,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("CIS 2.16", "NIST AC-3"),
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html",
    fix="set iamInstanceProfile, as slipway's Bastion does, so no access key is needed on the instance",
)
def ec2_instance_profile(instance: Resource) -> Outcomes:
    """EC2 instances have a role."""
    profile = instance["iamInstanceProfile"]
    by_template = profile.absent and not instance["launchTemplate"].absent
    yield from deny(
        profile, not profile.raw and not by_template, "is missing, so people leave access keys on the instance"
    )


@rule(
    INSTANCE,
    level=OFF,
    severity=LOW,
    controls=("NIST SI-4",),
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html",
    fix="set monitoring to true; slipway's Bastion does not set it",
    remedy={"monitoring": True},
)
def ec2_detailed_monitoring(instance: Resource) -> Outcomes:
    """EC2 instances report metrics each minute, at a price per metric."""
    monitoring = instance["monitoring"]
    yield from deny(monitoring, not monitoring.true, "is not true, so metrics have an interval of 5 minutes")


@rule(
    INSTANCE,
    level=OFF,
    severity=LOW,
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html",
    fix="set disableApiTermination to true; slipway's Bastion stores no data and does not set it",
    remedy={"disableApiTermination": True},
)
def ec2_termination_protection(instance: Resource) -> Outcomes:
    """EC2 instances are protected against termination by a single call."""
    protection = instance["disableApiTermination"]
    yield from deny(protection, not protection.true, "is not true")


@rule(
    INSTANCE,
    *ALSO_INSTANCES,
    LAUNCH_TEMPLATE,
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST IA-5",),
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html",
    fix=(
        "let the instance read it from Secrets Manager with its role, and replace the value: it is in the state, "
        "and readable on the instance; slipway's Bastion has no user data"
    ),
)
def ec2_no_secrets_user_data(instance: Resource) -> Outcomes:
    """User data of EC2 instances holds no passwords and keys."""
    for value in (instance["userData"], instance["userDataBase64"]):
        text = value.text()
        if value.unknown:
            yield Deferred(value.path)
        elif any(map(assigns_a_secret, (text, _decoded(text)))):
            yield Finding(value.path, "holds what looks like a password or a key")


def _decoded(text: str) -> str:
    """The decoded and decompressed base64 text; empty when it cannot be decoded."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        return (zlib.decompressobj(GZIP).decompress(data, MOST_USER_DATA) if data[:2] == GZIP_START else data).decode()
    except (binascii.Error, zlib.error, ValueError):
        return ""


@rule(
    INSTANCE,
    "aws:ec2/networkInterface:NetworkInterface",
    level=ADVISORY,
    severity=LOW,
    controls=("FSBP EC2.180",),
    link=f"{CONTROLS}#ec2-180",
    fix="remove sourceDestCheck unless this is a router or NAT instance; slipway's Network uses NAT gateways",
)
def ec2_source_dest_check(interface: Resource) -> Outcomes:
    """Network interfaces forward no traffic for other hosts."""
    check = interface["sourceDestCheck"]
    yield from deny(check, check.false, "is false, so the instance can act as a router")


@rule(
    INSTANCE,
    level=ADVISORY,
    severity=LOW,
    controls=("FSBP EC2.17",),
    link=f"{CONTROLS}#ec2-17",
    fix="keep one of networkInterfaces; slipway's Bastion has one",
)
def ec2_single_eni(instance: Resource) -> Outcomes:
    """EC2 instances stand in one network, not between two."""
    interfaces = instance["networkInterfaces"]
    yield from deny(interfaces, len(list(interfaces.elements())) > 1, "are more than one")


@rule(
    "aws:ec2/keyPair:KeyPair",
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST IA-5",),
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html",
    fix="create the key pair with ssh-keygen -t ed25519, or let slipway's Bastion create it (key_file)",
)
def keypair_strong_algorithm(pair: Resource) -> Outcomes:
    """Key pairs are Ed25519, or RSA of 3,072 bits or more."""
    key = pair["publicKey"]
    if key.unknown:
        yield Deferred(key.path)
    elif key.text().startswith("ssh-dss"):
        yield Finding(key.path, "is a DSA key: the algorithm is broken")
    elif key.text().startswith("ssh-rsa") and _rsa_bits(key) < SMALLEST_RSA_BITS:
        yield Finding(key.path, f"is an RSA key of fewer than {SMALLEST_RSA_BITS} bits")


def _rsa_bits(key: Value) -> int:
    """The length of the modulus, the last of the three length-prefixed fields. Source: RFC 4253, 6.6."""
    try:
        blob = base64.b64decode(key.text().split()[1])
    except (IndexError, binascii.Error):
        raise key.unreadable("an OpenSSH public key") from None
    fields = []
    while len(blob) >= 4:
        length = int.from_bytes(blob[:4], "big")
        fields.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    return int.from_bytes(fields[-1], "big").bit_length() if fields else 0
