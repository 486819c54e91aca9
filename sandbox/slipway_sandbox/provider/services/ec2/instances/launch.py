"""The start of an instance: the program's values over those of its launch template."""

import base64

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block, blocks, present, text
from slipway_sandbox.provider.protocol.wire import Properties, Value

SENT_BY_RULE = (
    "capacityReservationSpecification cpuOptions creditSpecification disableApiStop disableApiTermination ebsOptimized "
    "enclaveOptions iamInstanceProfile instanceInitiatedShutdownBehavior instanceMarketOptions instanceType keyName "
    "maintenanceOptions metadataOptions monitoring privateDnsNameOptions ami"
)
PLACEMENT = {
    "availabilityZone": "AvailabilityZone",
    "hostId": "HostId",
    "hostResourceGroupArn": "HostResourceGroupArn",
    "placementGroup": "GroupName",
    "placementGroupId": "GroupId",
    "placementPartitionNumber": "PartitionNumber",
    "tenancy": "Tenancy",
}
ROOT_DEVICE = "/dev/xvda"  # of Amazon Linux
TEMPLATE = (
    "BlockDeviceMappings CapacityReservationSpecification CpuOptions CreditSpecification DisableApiStop DisableApiTermination "
    "EbsOptimized EnclaveOptions HibernationOptions IamInstanceProfile ImageId InstanceInitiatedShutdownBehavior "
    "InstanceMarketOptions InstanceType KeyName MaintenanceOptions MetadataOptions Monitoring NetworkInterfaces Placement "
    "PrivateDnsNameOptions SecurityGroupIds SecurityGroups UserData"
)
NAMES = {
    "ami": "ImageId",
    "hibernation": "HibernationOptions.Configured",
    "iamInstanceProfile": "IamInstanceProfile.Name",
    "monitoring": "Monitoring.Enabled",
    "privateIp": "PrivateIpAddress",
    "publicIp": "PublicIpAddress",
    "privateDns": "PrivateDnsName",
    "publicDns": "PublicDnsName",
}


def template(scope: Scope) -> dict[str, Value]:
    """The launch template's values. moto itself takes only the image and type from it."""
    launch_template = block(scope.inputs, "launchTemplate")
    if not launch_template:
        return {}
    template_id = launch_template.get("id")
    name = {"LaunchTemplateId": template_id} if template_id else {"LaunchTemplateName": launch_template["name"]}
    versions = [launch_template.get("version") or "$Default"]
    reply = scope.call("describe_launch_template_versions", Versions=versions, **name)
    data = block(blocks(reply, "LaunchTemplateVersions")[0], "LaunchTemplateData")
    if "UserData" in data:
        data["UserData"] = base64.b64decode(text(data, "UserData")).decode("latin-1")
    for disk in blocks(data, "BlockDeviceMappings"):
        if "Ebs" in disk and disk["DeviceName"] == ROOT_DEVICE:  # goes with the instance, as the image has it
            disk["Ebs"] = {"DeleteOnTermination": True, **block(disk, "Ebs")}
    if groups := first(data, "NetworkInterfaces").get("Groups"):
        data["SecurityGroupIds"] = groups  # moto describes an instance by these, and not by its interface's
    return {name: value for name, value in data.items() if name in TEMPLATE.split()}


def first(values: Properties, name: str) -> dict[str, Value]:
    """The first block of a list; empty without one."""
    return next(iter(blocks(values, name)), {})


def run_instance(scope: Scope) -> Properties:
    """Starts one instance."""
    inputs, base = scope.inputs, template(scope)
    names = Names("Instance", NAMES | {"monitoring": "Monitoring"})
    request = scope.members("run_instances", present(inputs, SENT_BY_RULE), names)
    if "monitoring" in inputs:
        request["Monitoring"] = {"Enabled": inputs["monitoring"]}
    if placement := {member: inputs[name] for name, member in PLACEMENT.items() if inputs.get(name) is not None}:
        request["Placement"] = placement
    if "userData" in inputs:
        request["UserData"] = inputs["userData"]
    elif "userDataBase64" in inputs:
        request["UserData"] = base64.b64decode(text(inputs, "userDataBase64")).decode("latin-1")
    if mappings := block_devices(scope, request.get("ImageId") or base.get("ImageId")):
        request["BlockDeviceMappings"] = mappings
    card = first(base, "NetworkInterfaces")
    base.pop("NetworkInterfaces", None)
    merged = {**base, **request, **interface(scope, card)}
    return blocks(scope.call("run_instances", MinCount=1, MaxCount=1, **merged), "Instances")[0]


def interface(scope: Scope, base: Properties) -> dict[str, Value]:
    """The network interface, deleted with the instance; moto would leave an undescribed one behind."""
    inputs = scope.inputs
    is_public = inputs.get("associatePublicIpAddress")
    card: dict[str, Value] = {"DeviceIndex": 0, "DeleteOnTermination": True, **base}
    if subnet_id := inputs.get("subnetId"):
        card["SubnetId"] = subnet_id
        if is_public is None:
            [subnet] = blocks(scope.call("describe_subnets", SubnetIds=[subnet_id]), "Subnets")
            is_public = subnet["MapPublicIpOnLaunch"]
    groups = inputs.get("vpcSecurityGroupIds")
    if groups:
        card["Groups"] = groups
    if address := inputs.get("privateIp"):
        card["PrivateIpAddress"] = address
    if is_public is not None:
        card["AssociatePublicIpAddress"] = is_public
    named = {"SecurityGroups": inputs["securityGroups"]} if inputs.get("securityGroups") else {}
    if groups:
        named["SecurityGroupIds"] = groups  # moto describes an instance by these, and not by its interface's
    return {"NetworkInterfaces": [card], **named}


def block_devices(scope: Scope, image_id: Value) -> list[dict[str, Value]]:
    """Disks; the image names the first one."""
    disks = blocks(scope.inputs, "ebsBlockDevices")
    if root := block(scope.inputs, "rootBlockDevice"):
        [image] = blocks(scope.call("describe_images", ImageIds=[image_id]), "Images")
        disks.insert(0, {**root, "deviceName": image.get("RootDeviceName", ROOT_DEVICE)})
    members = "deleteOnTermination encrypted iops kmsKeyId snapshotId throughput volumeSize volumeType"
    return [
        {
            "DeviceName": disk["deviceName"],
            "Ebs": {"DeleteOnTermination": True}  # the real provider's default
            | {name[0].upper() + name[1:]: value for name, value in present(disk, members).items()},
        }
        for disk in disks
    ]
