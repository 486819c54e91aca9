"""Volumes, and their attachments to instances."""

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.services.ec2.common import TAGS, arn

VOLUME = {"VolumeId": "{id}"}


def detach(scope: Scope) -> None:
    """Detaches the volume from the instance. With skipDestroy it stays attached."""
    if not scope.state.get("skipDestroy"):
        names = {"Device": "deviceName", "InstanceId": "instanceId", "VolumeId": "volumeId"}
        scope.call("detach_volume", **{member: scope.state[name] for member, name in names.items()})


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
            "a volume keeps its place and its kind": "availabilityZone encrypted kmsKeyId multiAttachEnabled outpostArn "
            "snapshotId volumeInitializationRate"
        },
        gone="State=='deleted'",
    ),
    Resource(
        "aws:ec2/volumeAttachment:VolumeAttachment",
        "ec2",
        create=Call("attach_volume"),
        id="{deviceName}:{volumeId}:{instanceId}",
        read=(
            Call(
                "describe_volumes",
                {"VolumeIds": ["{volumeId}"]},
                reply="Volumes[0].Attachments[?InstanceId=='{instanceId}'] | [0]",
            ),
        ),
        delete=detach,
        names={"deviceName": "Device"},
        echoed="forceDetach skipDestroy stopInstanceBeforeDetaching",
        immutable={"the three are all there is": "deviceName instanceId volumeId"},
        missing="IncorrectState InvalidAttachment.NotFound",
    ),
)
