"""Networks, security groups, addresses and instances."""

from slipway_sandbox.provider.services.ec2 import functions
from slipway_sandbox.provider.services.ec2.instances import instances, launch_templates, volumes
from slipway_sandbox.provider.services.ec2.networks import (
    addresses,
    instance_connect,
    network,
    network_acls,
    prefix_lists,
    routes,
    vpc_attachments,
)
from slipway_sandbox.provider.services.ec2.security import block_rules, directed_rules, security_groups

RESOURCES = (
    *network.RESOURCES,
    *addresses.RESOURCES,
    *routes.RESOURCES,
    *security_groups.RESOURCES,
    *block_rules.RESOURCES,
    *directed_rules.RESOURCES,
    *vpc_attachments.RESOURCES,
    *network_acls.RESOURCES,
    *instance_connect.RESOURCES,
    *volumes.RESOURCES,
    *prefix_lists.RESOURCES,
    *launch_templates.RESOURCES,
    *instances.RESOURCES,
)
FUNCTIONS = (*functions.FUNCTIONS, *prefix_lists.FUNCTIONS)
