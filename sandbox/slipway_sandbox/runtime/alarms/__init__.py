"""Alarms, evaluated as CloudWatch evaluates them."""
