"""Roles, users, groups, policies and attachments."""

from slipway_sandbox.provider.services.iam import policies, roles, users

RESOURCES = (*roles.RESOURCES, *policies.RESOURCES, *users.RESOURCES)
FUNCTIONS = (*roles.FUNCTIONS, *policies.FUNCTIONS)
