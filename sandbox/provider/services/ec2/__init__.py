"""Networks, security groups, addresses and instances."""

from sandbox.provider.services.ec2 import functions, instances, network, routes, security, vpc_attachments

RESOURCES = (
    *network.RESOURCES,
    *routes.RESOURCES,
    *security.RESOURCES,
    *vpc_attachments.RESOURCES,
    *instances.RESOURCES,
)
FUNCTIONS = functions.FUNCTIONS
