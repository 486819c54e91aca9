"""Volumes at instances."""

from slipway_sandbox.provider.aws.declaration import Call, Resource
from slipway_sandbox.provider.aws.scope import Scope


def detach(scope: Scope) -> None:
    """Takes the volume from the instance, unless skipDestroy leaves it there."""
    if not scope.state.get("skipDestroy"):
        names = {"Device": "deviceName", "InstanceId": "instanceId", "VolumeId": "volumeId"}
        scope.call("detach_volume", **{member: scope.state[name] for member, name in names.items()})


RESOURCES = (
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
