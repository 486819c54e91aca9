"""What is added to listeners and target groups one by one: certificates and targets."""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Call, Resource
from slipway_sandbox.provider.aws.scope import Scope

CERTIFICATE = {"ListenerArn": "{listenerArn}", "Certificates": [{"CertificateArn": "{certificateArn}"}]}
TARGET = {"targetId": "Id", "port": "Port", "availabilityZone": "AvailabilityZone", "quicServerId": "QuicServerId"}


def target(scope: Scope) -> dict[str, Any]:
    """The target as the calls take it."""
    return {member: scope.get(name) for name, member in TARGET.items() if scope.get(name) is not None}


def register(scope: Scope) -> Mapping[str, Any]:
    """Adds a target to its group."""
    group = scope.get("targetGroupArn")
    scope.call("register_targets", TargetGroupArn=group, Targets=[target(scope)])
    return {"id": ",".join(str(part) for part in (group, scope.get("targetId"), scope.get("port")) if part is not None)}


def read_target(scope: Scope) -> Mapping[str, Any] | None:
    """The target in its group; it has the group's port where it was given none."""
    asked = target(scope)
    for each in scope.call("describe_target_health", TargetGroupArn=scope.get("targetGroupArn"))[
        "TargetHealthDescriptions"
    ]:
        found, state = each["Target"], each["TargetHealth"]["State"]
        if (
            found["Id"] == asked["Id"]
            and found.get("Port") == asked.get("Port", found.get("Port"))
            and state != "draining"
        ):
            return {"TargetGroupArn": scope.get("targetGroupArn"), "TargetId": found["Id"], "id": scope.id, **asked}
    return None


RESOURCES = (
    Resource(
        "aws:lb/listenerCertificate:ListenerCertificate",
        "elbv2",
        create=Call("add_listener_certificates", CERTIFICATE),
        id="{listenerArn}_{certificateArn}",
        read=(
            Call(
                "describe_listener_certificates",
                {"ListenerArn": "{listenerArn}"},
                reply="Certificates[?CertificateArn=='{certificateArn}'] | [0]",
            ),
        ),
        delete=Call("remove_listener_certificates", CERTIFICATE),
        immutable={"the pair is all there is": "certificateArn listenerArn"},
    ),
    Resource(
        "aws:lb/targetGroupAttachment:TargetGroupAttachment",
        "elbv2",
        create=register,
        id="id",
        import_pattern=r"(?P<targetGroupArn>[^,]+),(?P<targetId>[^,]+)(?:,(?P<port>\d+))?(?:,(?P<availabilityZone>.+))?",
        read=read_target,
        delete=lambda scope: scope.call(
            "deregister_targets", TargetGroupArn=scope.get("targetGroupArn"), Targets=[target(scope)]
        ),
        immutable={"a target is registered as it is": " ".join((*TARGET, "targetGroupArn"))},
        missing="InvalidTarget",
    ),
)
