"""Buckets, what is set on them by resources of its own, and objects."""

from slipway_sandbox.provider.services.s3 import buckets, objects, satellites

RESOURCES = (*buckets.RESOURCES, *satellites.RESOURCES, *objects.RESOURCES)
