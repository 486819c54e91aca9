"""Clusters, what runs their pods, who may enter them and what is installed in them."""

from slipway_sandbox.provider.services.eks import access, addons, clusters, functions, nodes

RESOURCES = (*clusters.RESOURCES, *nodes.RESOURCES, *addons.RESOURCES, *access.RESOURCES)
FUNCTIONS = functions.FUNCTIONS
