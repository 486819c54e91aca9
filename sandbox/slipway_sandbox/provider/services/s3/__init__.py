"""Buckets, their settings as resources of their own, and objects."""

from slipway_sandbox.provider.services.s3 import acls, buckets, objects, satellites

RESOURCES = (*buckets.RESOURCES, *satellites.RESOURCES, *acls.RESOURCES, *objects.RESOURCES)
