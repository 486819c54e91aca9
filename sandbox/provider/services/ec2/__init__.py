"""Networks, security groups, addresses and instances."""

from sandbox.provider.services.ec2 import (
    addresses,
    functions,
    instances,
    launch_templates,
    network,
    network_acls,
    prefix_lists,
    routes,
    security,
    security_rules,
    volumes,
    vpc_attachments,
)

RESOURCES = (
    *network.RESOURCES,
    *addresses.RESOURCES,
    *routes.RESOURCES,
    *security.RESOURCES,
    *vpc_attachments.RESOURCES,
    *network_acls.RESOURCES,
    *security_rules.RESOURCES,
    *volumes.RESOURCES,
    *prefix_lists.RESOURCES,
    *launch_templates.RESOURCES,
    *instances.RESOURCES,
)
FUNCTIONS = (*functions.FUNCTIONS, *prefix_lists.FUNCTIONS)
