"""Networks, security groups, addresses and instances."""

from slipway_sandbox.provider.services.ec2 import functions
from slipway_sandbox.provider.services.ec2.instances import instances, launch_templates, volumes
from slipway_sandbox.provider.services.ec2.networks import (
    addresses,
    network,
    network_acls,
    prefix_lists,
    routes,
    vpc_attachments,
)
from slipway_sandbox.provider.services.ec2.security import security_groups as security
from slipway_sandbox.provider.services.ec2.security import security_rules

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
