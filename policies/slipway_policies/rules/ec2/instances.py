"""Rules for EC2 instances, launch templates and volumes.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html
"""

from slipway_policies.engine.registry import HIGH, MANDATORY, Deferred, Finding, Outcomes, deny, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value

INSTANCE = "aws:ec2/instance:Instance"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
# Made like an instance, with the same properties.
ALSO_INSTANCES = ("aws:ec2/spotInstanceRequest:SpotInstanceRequest", "aws:ec2/launchConfiguration:LaunchConfiguration")
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html"
IN_CLEAR = "is not true, so the disk and its snapshots lie in clear unless the account encrypts by default"


@rule(
    INSTANCE,
    *ALSO_INSTANCES,
    LAUNCH_TEMPLATE,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP EC2.8", "FSBP EC2.170", "CIS 6.7", "NIST AC-3"),
    link=f"{CONTROLS}#ec2-8",
    fix="set metadataOptions.httpTokens to required, as slipway's Bastion does",
    remedy={"metadataOptions.httpTokens": "required"},
    immutable=ALSO_INSTANCES,
)
def ec2_imdsv2_required(instance: Resource) -> Outcomes:
    """EC2 instances give their credentials only to callers with a session token (IMDSv2).

    An instance without this setting passes when its launch template has it.
    """
    options = instance["metadataOptions"]
    if options.absent and not instance["launchTemplate"].absent:
        return
    tokens, endpoint = options["httpTokens"], options["httpEndpoint"]
    if not tokens.unknown and tokens.text() == "required":
        return
    if not endpoint.unknown and endpoint.text() == "disabled":
        return
    if tokens.unknown or endpoint.unknown:
        yield Deferred(tokens.path if tokens.unknown else endpoint.path)
    else:
        yield Finding(tokens.path, "is not required, so a request forged through the instance reads its credentials")


@rule(
    INSTANCE,
    *ALSO_INSTANCES,
    LAUNCH_TEMPLATE,
    "aws:ebs/volume:Volume",
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP EC2.3", "FSBP EC2.181", "CIS 6.1.1", "NIST SC-28"),
    link=f"{CONTROLS}#ec2-3",
    fix="set encrypted to true on the device (on rootBlockDevice too), as slipway's Bastion does; on an existing disk "
    "this replaces it",
)
def ec2_ebs_encrypted(owner: Resource) -> Outcomes:
    """EBS disks are encrypted.

    An account can encrypt every new disk by default. The program does not show this, so the rule asks for `encrypted`.
    """
    for encrypted in _switches(owner):
        yield from deny(encrypted, not encrypted.true, IN_CLEAR)


def _switches(owner: Resource) -> list[Value]:
    """The `encrypted` of each EBS disk of the resource; instances always have a root disk."""
    if owner.type == LAUNCH_TEMPLATE:
        disks = [mapping["ebs"] for mapping in owner["blockDeviceMappings"].elements()]
        return [disk["encrypted"] for disk in disks if not disk.absent]
    if owner.type in (INSTANCE, *ALSO_INSTANCES):
        root = owner["rootBlockDevice"]
        by_template = root.absent and not owner["launchTemplate"].absent
        disks = [*owner["ebsBlockDevices"].elements(), *([] if by_template else [root])]
        return [disk["encrypted"] for disk in disks]
    return [owner["encrypted"]]
