"""Identities, policies and what ties them together."""

from slipway_sandbox.provider.services.iam import policies, roles, users

RESOURCES = (*roles.RESOURCES, *policies.RESOURCES, *users.RESOURCES)
FUNCTIONS = (*roles.FUNCTIONS, *policies.FUNCTIONS)
