"""Clusters, task definitions and services."""

from slipway_sandbox.provider.services.ecs import clusters, service_resource, task_definitions

RESOURCES = (*clusters.RESOURCES, *task_definitions.RESOURCES, *service_resource.RESOURCES)
FUNCTIONS = (*clusters.FUNCTIONS, *task_definitions.FUNCTIONS)
