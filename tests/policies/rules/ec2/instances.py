"""Cases of the rules in `ec2.instances`: EC2."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import INSTANCE, LAUNCH, SPOT, TEMPLATE, Case

CASES: list[Case] = [
    *(
        Case(
            rule="ec2-imdsv2-required",
            kind=kind,
            passes=[{"metadataOptions": {"httpTokens": "required"}}, {"metadataOptions": {"httpEndpoint": "disabled"}}],
            fails=[
                ({}, ["metadataOptions.httpTokens"]),
                ({"metadataOptions": {"httpTokens": "optional"}}, ["metadataOptions.httpTokens"]),
            ],
            waits=[{"metadataOptions": UNKNOWN}],
        )
        for kind in (INSTANCE, TEMPLATE)
    ),
    Case(
        rule="ec2-ebs-encrypted",
        kind=INSTANCE,
        passes=[{"rootBlockDevice": {"encrypted": True}}, {"launchTemplate": {"id": "lt-1"}}],
        fails=[
            ({}, ["rootBlockDevice.encrypted"]),
            (
                {"rootBlockDevice": {"encrypted": True}, "ebsBlockDevices": [{"encrypted": False}]},
                ["ebsBlockDevices[0].encrypted"],
            ),
        ],
        waits=[{"rootBlockDevice": {"encrypted": UNKNOWN}}],
    ),
    Case(
        rule="ec2-ebs-encrypted",
        kind=TEMPLATE,
        passes=[{}, {"blockDeviceMappings": [{"ebs": {"encrypted": "true"}}, {"noDevice": "/dev/sdb"}]}],
        fails=[({"blockDeviceMappings": [{"ebs": {"encrypted": "false"}}]}, ["blockDeviceMappings[0].ebs.encrypted"])],
        waits=[{"blockDeviceMappings": UNKNOWN}],
    ),
    *(
        Case(
            rule="ec2-imdsv2-required",
            kind=kind,
            passes=[{"metadataOptions": {"httpTokens": "required"}}],
            fails=[({}, ["metadataOptions.httpTokens"])],
        )
        for kind in (LAUNCH, SPOT)
    ),
    Case(
        rule="ec2-ebs-encrypted",
        kind=LAUNCH,
        passes=[{"rootBlockDevice": {"encrypted": True}}],
        fails=[({}, ["rootBlockDevice.encrypted"])],
    ),
]
