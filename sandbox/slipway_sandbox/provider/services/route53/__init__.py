"""Hosted zones and their records."""

from slipway_sandbox.provider.services.route53 import records, zones

RESOURCES = (*zones.RESOURCES, *records.RESOURCES)
FUNCTIONS = zones.FUNCTIONS
