"""How an instance is started: what the program says, over what its launch template says."""

import base64
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.names import Names

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


def template(scope: Scope) -> dict[str, Any]:
    """What the launch template says, for what the program leaves open: moto itself only takes the image and type from it."""
    asked = scope.inputs.get("launchTemplate")
    if not asked:
        return {}
    which = {"LaunchTemplateId": asked["id"]} if asked.get("id") else {"LaunchTemplateName": asked["name"]}
    versions = [asked.get("version") or "$Default"]
    found = scope.call("describe_launch_template_versions", Versions=versions, **which)["LaunchTemplateVersions"][0]
    data = dict(found["LaunchTemplateData"])
    if "UserData" in data:
        data["UserData"] = base64.b64decode(data["UserData"]).decode("latin-1")
    for disk in data.get("BlockDeviceMappings") or []:
        if "Ebs" in disk and disk["DeviceName"] == ROOT_DEVICE:  # goes with the instance, as the image has it
            disk["Ebs"] = {"DeleteOnTermination": True, **disk["Ebs"]}
    if groups := (data.get("NetworkInterfaces") or [{}])[0].get("Groups"):
        data["SecurityGroupIds"] = groups  # moto describes an instance by these, and not by its interface's
    return {name: value for name, value in data.items() if name in TEMPLATE.split()}


def run_instance(scope: Scope) -> Mapping[str, Any]:
    """Starts one instance."""
    inputs, base = scope.inputs, template(scope)
    given = {name: inputs[name] for name in SENT_BY_RULE.split() if inputs.get(name) is not None}
    request = scope.members("run_instances", given, Names("Instance", NAMES | {"monitoring": "Monitoring"}))
    if "monitoring" in inputs:
        request["Monitoring"] = {"Enabled": inputs["monitoring"]}
    if placement := {member: inputs[name] for name, member in PLACEMENT.items() if inputs.get(name) is not None}:
        request["Placement"] = placement
    if "userData" in inputs:
        request["UserData"] = inputs["userData"]
    elif "userDataBase64" in inputs:
        request["UserData"] = base64.b64decode(inputs["userDataBase64"]).decode("latin-1")
    if mappings := block_devices(scope, request.get("ImageId") or base.get("ImageId")):
        request["BlockDeviceMappings"] = mappings
    card = (base.pop("NetworkInterfaces", None) or [{}])[0]
    asked = {**base, **request, **interface(scope, card)}
    return dict(scope.call("run_instances", MinCount=1, MaxCount=1, **asked)["Instances"][0])


def interface(scope: Scope, base: Mapping[str, Any]) -> dict[str, Any]:
    """The network interface, which goes with the instance: moto leaves one behind that was not described."""
    inputs = scope.inputs
    is_public = inputs.get("associatePublicIpAddress")
    card: dict[str, Any] = {"DeviceIndex": 0, "DeleteOnTermination": True, **base}
    if subnet_id := inputs.get("subnetId"):
        card["SubnetId"] = subnet_id
        if is_public is None:
            is_public = scope.call("describe_subnets", SubnetIds=[subnet_id])["Subnets"][0]["MapPublicIpOnLaunch"]
    groups = inputs.get("vpcSecurityGroupIds")
    if groups:
        card["Groups"] = groups
    if address := inputs.get("privateIp"):
        card["PrivateIpAddress"] = address
    named = {"SecurityGroups": inputs["securityGroups"]} if inputs.get("securityGroups") else {}
    if groups:
        named["SecurityGroupIds"] = groups  # moto describes an instance by these, and not by its interface's
    return {
        "NetworkInterfaces": [card | ({} if is_public is None else {"AssociatePublicIpAddress": is_public})],
        **named,
    }


def block_devices(scope: Scope, image_id: Any) -> list[dict[str, Any]]:
    """Disks; the first one has the name that the image gives it."""
    disks = list(scope.inputs.get("ebsBlockDevices") or [])
    if root := scope.inputs.get("rootBlockDevice"):
        image = scope.call("describe_images", ImageIds=[image_id])["Images"][0]
        disks.insert(0, {**root, "deviceName": image.get("RootDeviceName", ROOT_DEVICE)})
    members = (
        "deleteOnTermination",
        "encrypted",
        "iops",
        "kmsKeyId",
        "snapshotId",
        "throughput",
        "volumeSize",
        "volumeType",
    )
    return [
        {
            "DeviceName": disk["deviceName"],
            "Ebs": {"DeleteOnTermination": True}  # the real provider's default
            | {name[0].upper() + name[1:]: disk[name] for name in members if disk.get(name) is not None},
        }
        for disk in disks
    ]
