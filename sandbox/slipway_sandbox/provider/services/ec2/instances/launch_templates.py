"""Launch templates; each change makes a new version."""

from dataclasses import replace

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block
from slipway_sandbox.provider.services.ec2.common import TAGS, arn

TAGS_OF = {"Filters": [{"Name": "resource-id", "Values": ["{id}"]}]}
TEMPLATE = {"LaunchTemplateId": "{id}"}
DATA = "LaunchTemplateData"
IN_DATA = (
    "blockDeviceMappings capacityReservationSpecification cpuOptions creditSpecification disableApiStop "
    "disableApiTermination ebsOptimized enclaveOptions hibernationOptions iamInstanceProfile imageId "
    "instanceInitiatedShutdownBehavior instanceMarketOptions instanceRequirements instanceType kernelId keyName "
    "licenseSpecifications maintenanceOptions metadataOptions monitoring networkInterfaces networkPerformanceOptions "
    "placement privateDnsNameOptions ramDiskId secondaryInterfaces securityGroupNames tagSpecifications userData "
    "vpcSecurityGroupIds"
)
NAMES = {
    "defaultVersion": "DefaultVersionNumber",
    "description": "VersionDescription",
    "latestVersion": "LatestVersionNumber",
    "securityGroupNames": f"{DATA}.SecurityGroups",
    "tagSpecifications": f"{DATA}.TagSpecifications",
    "vpcSecurityGroupIds": f"{DATA}.SecurityGroupIds",
    "networkInterfaces.ipv4AddressCount": "SecondaryPrivateIpAddressCount",
    "networkInterfaces.ipv4Addresses": "PrivateIpAddresses",
    "networkInterfaces.securityGroups": "Groups",
}


def new_version(scope: Scope) -> None:
    """Makes a version of the present inputs; with updateDefaultVersion it becomes the default."""
    values = {name: scope.inputs[name] for name in f"description {IN_DATA}".split() if name in scope.inputs}
    request = scope.members("create_launch_template_version", values, Names("LaunchTemplate", NAMES, DATA))
    reply = scope.call("create_launch_template_version", LaunchTemplateId=scope.id, **{DATA: {}, **request})
    if scope.inputs.get("updateDefaultVersion"):
        version = mapping.as_string(block(reply, "LaunchTemplateVersion")["VersionNumber"])
        scope.call("modify_launch_template", LaunchTemplateId=scope.id, DefaultVersion=version)


RESOURCES = (
    Resource(
        "aws:ec2/launchTemplate:LaunchTemplate",
        "ec2",
        create=Call("create_launch_template", {DATA: {}}, reply="LaunchTemplate"),
        id="LaunchTemplateId",
        read=(
            Call("describe_launch_templates", {"LaunchTemplateIds": ["{id}"]}, reply="LaunchTemplates[0]"),
            Call(
                "describe_launch_template_versions",
                {**TEMPLATE, "Versions": ["$Latest"]},
                reply="LaunchTemplateVersions[0]",
            ),
        ),
        updates=(
            Update(f"description {IN_DATA}", new_version),
            Update(
                "defaultVersion", Call("modify_launch_template", {**TEMPLATE, "DefaultVersion": "{defaultVersion}"})
            ),
        ),
        delete=Call("delete_launch_template", TEMPLATE),
        # moto describes a template with its first tags.
        tags=replace(TAGS, read=Call("describe_tags", TAGS_OF, reply="Tags")),
        autoname=Autoname(),
        attributes=DATA,
        names=NAMES,
        computed={"arn": arn("launch-template")},
        echoed="updateDefaultVersion",
        renewed="defaultVersion latestVersion",
        immutable={"a template keeps its name": "name"},
    ),
)
