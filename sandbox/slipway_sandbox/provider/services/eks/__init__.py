"""Clusters, their nodes, access entries and add-ons."""

from slipway_sandbox.provider.services.eks import access, addons, clusters, functions, nodes

RESOURCES = (*clusters.RESOURCES, *nodes.RESOURCES, *addons.RESOURCES, *access.RESOURCES)
FUNCTIONS = functions.FUNCTIONS
