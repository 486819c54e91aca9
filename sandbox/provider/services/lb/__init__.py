"""Load balancers, target groups, listeners and their rules."""

from sandbox.provider.services.lb import attachments, balancers, listeners, target_groups

RESOURCES = (*balancers.RESOURCES, *target_groups.RESOURCES, *listeners.RESOURCES, *attachments.RESOURCES)
