"""EC2 Instance Connect endpoints: ssh into a private subnet without a bastion. The SDK has them in ec2transitgateway."""

from slipway_sandbox.provider.aws.declaration import Call, Resource
from slipway_sandbox.provider.services.ec2.common import TAGS

ENDPOINT = "instance_connect_endpoint"

RESOURCES = (
    Resource(
        "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
        "ec2",
        create=Call(f"create_{ENDPOINT}", reply="InstanceConnectEndpoint"),
        id="InstanceConnectEndpointId",
        read=(
            Call(
                f"describe_{ENDPOINT}s",
                {"InstanceConnectEndpointIds": ["{id}"]},
                reply="InstanceConnectEndpoints[0]",
            ),
        ),
        delete=Call(f"delete_{ENDPOINT}", {"InstanceConnectEndpointId": "{id}"}),
        tags=TAGS,
        names={"arn": "InstanceConnectEndpointArn"},
        echoed="timeouts",
        immutable={
            "EC2 has no call to change an endpoint": "ipAddressType preserveClientIp securityGroupIds subnetId",
        },
    ),
)
