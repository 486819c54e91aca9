"""Certificates of listeners and targets of target groups, one resource each."""

from slipway_sandbox.provider.aws.declaration import Call, Resource, Template
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks
from slipway_sandbox.provider.protocol.wire import Properties, Value

CERTIFICATE: dict[str, Template] = {
    "ListenerArn": "{listenerArn}",
    "Certificates": [{"CertificateArn": "{certificateArn}"}],
}
TARGET = {"targetId": "Id", "port": "Port", "availabilityZone": "AvailabilityZone", "quicServerId": "QuicServerId"}


def target(scope: Scope) -> dict[str, Value]:
    """The target for AWS's calls."""
    return {member: scope.get(name) for name, member in TARGET.items() if scope.get(name) is not None}


def register(scope: Scope) -> Properties:
    """Adds a target to its group."""
    group = scope.get("targetGroupArn")
    scope.call("register_targets", TargetGroupArn=group, Targets=[target(scope)])
    return {"id": ",".join(str(part) for part in (group, scope.get("targetId"), scope.get("port")) if part is not None)}


def read_target(scope: Scope) -> Properties | None:
    """The target in its group. A target without a port of its own has the group's."""
    wanted, group = target(scope), scope.get("targetGroupArn")
    for health in blocks(scope.call("describe_target_health", TargetGroupArn=group), "TargetHealthDescriptions"):
        present = block(health, "Target")
        is_same = present["Id"] == wanted["Id"] and present.get("Port") == wanted.get("Port", present.get("Port"))
        if is_same and block(health, "TargetHealth")["State"] != "draining":
            return {"TargetGroupArn": group, "TargetId": present["Id"], "id": scope.id, **wanted}
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
