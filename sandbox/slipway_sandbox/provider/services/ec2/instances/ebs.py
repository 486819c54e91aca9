"""Volumes."""

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.services.ec2.common import TAGS, arn

VOLUME = {"VolumeId": "{id}"}

RESOURCES = (
    Resource(
        "aws:ebs/volume:Volume",
        "ec2",
        create=Call("create_volume"),
        id="VolumeId",
        read=(Call("describe_volumes", {"VolumeIds": ["{id}"]}, reply="Volumes[0]"),),
        updates=(Update("iops size throughput type", Call("modify_volume", VOLUME)),),
        delete=Call("delete_volume", VOLUME),
        tags=TAGS,
        computed={"arn": arn("volume")},
        echoed="finalSnapshot multiAttachEnabled outpostArn volumeInitializationRate",
        immutable={
            "a volume stays where and what it was made": "availabilityZone encrypted kmsKeyId multiAttachEnabled outpostArn "
            "snapshotId volumeInitializationRate"
        },
        gone="State=='deleted'",
    ),
)
