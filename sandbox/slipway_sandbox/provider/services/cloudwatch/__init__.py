"""Logs, alarms, dashboards and event rules."""

from slipway_sandbox.provider.services.cloudwatch import alarms, events, logs

RESOURCES = (*logs.RESOURCES, *alarms.RESOURCES, *events.RESOURCES)
