"""Hosted zones and their records."""

from sandbox.provider.services.route53 import records, zones

RESOURCES = (*zones.RESOURCES, *records.RESOURCES)
FUNCTIONS = zones.FUNCTIONS
