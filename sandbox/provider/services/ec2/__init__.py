"""Networks, security groups, addresses and instances."""

from sandbox.provider.services.ec2 import (
    functions,
    instances,
    launch_templates,
    network,
    network_acls,
    routes,
    security,
    vpc_attachments,
)

RESOURCES = (
    *network.RESOURCES,
    *routes.RESOURCES,
    *security.RESOURCES,
    *vpc_attachments.RESOURCES,
    *network_acls.RESOURCES,
    *launch_templates.RESOURCES,
    *instances.RESOURCES,
)
FUNCTIONS = functions.FUNCTIONS
