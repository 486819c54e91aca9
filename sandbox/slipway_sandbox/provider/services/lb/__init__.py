"""Load balancers, target groups, listeners and their rules."""

from slipway_sandbox.provider.services.lb import attachments, balancers, classic, functions, listeners, target_groups

RESOURCES = (*balancers.RESOURCES, *target_groups.RESOURCES, *listeners.RESOURCES, *attachments.RESOURCES)
FUNCTIONS = (*functions.FUNCTIONS, *classic.FUNCTIONS)
