"""Instances."""

import base64

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.ec2.common import TAGS, arn, one_by_one
from slipway_sandbox.provider.services.ec2.instances.launch import NAMES, run_instance


def read_instance(scope: Scope) -> Properties | None:
    """The instance; None for a terminated one, though AWS keeps a record of it."""
    reservations = blocks(scope.call("describe_instances", InstanceIds=[scope.id]), "Reservations")
    instance = blocks(reservations[0], "Instances")[0] if reservations else {}
    if block(instance, "State").get("Name", "terminated") in ("terminated", "shutting-down"):
        return None
    profile = text(block(instance, "IamInstanceProfile"), "Arn", "").rpartition("/")[2]
    disks = blocks(instance, "BlockDeviceMappings")
    root = next((disk for disk in disks if disk["DeviceName"] == instance.get("RootDeviceName")), None)
    return {
        **instance,
        "IamInstanceProfile": {"Name": profile or None},
        "rootBlockDevice": root and read_disk(scope, root),
    }


def read_disk(scope: Scope, device: Properties) -> dict[str, Value]:
    """A disk of the instance, with the values of its volume."""
    [volume] = blocks(scope.call("describe_volumes", VolumeIds=[block(device, "Ebs")["VolumeId"]]), "Volumes")
    return {**volume, "volumeSize": volume["Size"], "deviceName": device["DeviceName"]}


def change_root_disk(scope: Scope) -> None:
    """Changes the volume of the instance's first disk, and whether its life ends with the instance."""
    wanted, disk = block(scope.inputs, "rootBlockDevice"), block(scope.state, "rootBlockDevice")
    names = {"volumeSize": "Size", "volumeType": "VolumeType", "iops": "Iops", "throughput": "Throughput"}
    changed = {
        member: wanted[name] for name, member in names.items() if wanted.get(name, disk.get(name)) != disk.get(name)
    }
    if changed:
        scope.call("modify_volume", VolumeId=disk["volumeId"], **changed)
    if (is_temporary := wanted.get("deleteOnTermination")) is not None:
        mapping = {"DeviceName": disk["deviceName"], "Ebs": {"DeleteOnTermination": is_temporary}}
        scope.call("modify_instance_attribute", InstanceId=scope.id, BlockDeviceMappings=[mapping])


def resize(scope: Scope) -> None:
    """Stops the instance, gives it another type, and starts it, as AWS demands."""
    scope.call("stop_instances", InstanceIds=[scope.id])
    scope.call("modify_instance_attribute", InstanceId=scope.id, InstanceType={"Value": scope.inputs["instanceType"]})
    scope.call("start_instances", InstanceIds=[scope.id])


def set_user_data(scope: Scope) -> None:
    """Changes the user data of a stopped instance; most images run it at their first start only."""
    data = text(scope.inputs, "userData", "")
    data = data or base64.b64decode(text(scope.inputs, "userDataBase64", "")).decode("latin-1")
    scope.call("stop_instances", InstanceIds=[scope.id])
    # moto takes the value encoded once more than the wire format has it.
    scope.call("modify_instance_attribute", InstanceId=scope.id, UserData={"Value": base64.b64encode(data.encode())})
    scope.call("start_instances", InstanceIds=[scope.id])


def set_metadata_options(scope: Scope) -> None:
    """Changes the access to the instance's metadata."""
    options = {name[0].upper() + name[1:]: value for name, value in block(scope.inputs, "metadataOptions").items()}
    scope.call("modify_instance_metadata_options", InstanceId=scope.id, **options)


def set_profile(scope: Scope) -> None:
    """Gives the instance another instance profile, or none."""
    filters = [{"Name": "instance-id", "Values": [scope.id]}]
    reply = scope.call("describe_iam_instance_profile_associations", Filters=filters)
    for association in blocks(reply, "IamInstanceProfileAssociations"):
        scope.call("disassociate_iam_instance_profile", AssociationId=association["AssociationId"])
    if name := scope.inputs.get("iamInstanceProfile"):
        scope.call("associate_iam_instance_profile", InstanceId=scope.id, IamInstanceProfile={"Name": name})


def set_monitoring(scope: Scope) -> None:
    """Turns detailed monitoring on or off."""
    scope.call("monitor_instances" if scope.inputs.get("monitoring") else "unmonitor_instances", InstanceIds=[scope.id])


RESOURCES = (
    Resource(
        "aws:ec2/instance:Instance",
        "ec2",
        create=run_instance,
        id="InstanceId",
        read=read_instance,
        updates=(
            Update("instanceType", resize),
            Update("userData userDataBase64", set_user_data),
            Update("metadataOptions", set_metadata_options),
            Update("rootBlockDevice", change_root_disk),
            Update("iamInstanceProfile", set_profile),
            Update("monitoring", set_monitoring),
            Update(
                "vpcSecurityGroupIds",
                Call("modify_instance_attribute", {"InstanceId": "{id}", "Groups": "{vpcSecurityGroupIds}"}),
            ),
            *one_by_one(
                "modify_instance_attribute",
                {"InstanceId": "{id}"},
                "disableApiStop disableApiTermination instanceInitiatedShutdownBehavior sourceDestCheck",
            ),
        ),
        delete=Call("terminate_instances", {"InstanceIds": ["{id}"]}),
        tags=TAGS,
        names=NAMES,
        reads={
            "associatePublicIpAddress": "NetworkInterfaces[0].Association != null",
            "availabilityZone": "Placement.AvailabilityZone",
            "instanceState": "State.Name",
            "monitoring": "Monitoring.State == 'enabled'",
            "primaryNetworkInterfaceId": "NetworkInterfaces[0].NetworkInterfaceId",
            "securityGroups": "SecurityGroups[].GroupName",
            "tenancy": "Placement.Tenancy",
            "vpcSecurityGroupIds": "NetworkInterfaces[0].Groups[].GroupId",
        },
        computed={"arn": arn("instance")},
        defaults={"getPasswordData": False, "sourceDestCheck": True},
        completed="metadataOptions rootBlockDevice",
        echoed="capacityReservationSpecification creditSpecification enablePrimaryIpv6 ephemeralBlockDevices forceDestroy "
        "getPasswordData hostResourceGroupArn ipv6AddressCount ipv6Addresses maintenanceOptions networkInterfaces "
        "primaryNetworkInterface secondaryNetworkInterfaces secondaryPrivateIps userDataReplaceOnChange volumeTags",
        immutable={
            "an instance keeps what it was started from": "ami cpuOptions ebsBlockDevices ebsOptimized enclaveOptions "
            "ephemeralBlockDevices hibernation instanceMarketOptions keyName launchTemplate privateDnsNameOptions "
            "rootBlockDevice.encrypted rootBlockDevice.kmsKeyId",
            "an instance stays where it was started": "associatePublicIpAddress availabilityZone hostId ipv6Addresses "
            "networkInterfaces placementGroup placementGroupId placementPartitionNumber primaryNetworkInterface privateIp "
            "secondaryNetworkInterfaces securityGroups subnetId tenancy",
        },
        replaced_when=dict.fromkeys(
            ("userData", "userDataBase64"), lambda _, after: bool(after.get("userDataReplaceOnChange"))
        ),
        missing="InvalidInstanceID.Malformed",
    ),
)
