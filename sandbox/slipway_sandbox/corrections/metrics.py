"""Metrics of AWS's own services: counts that the services of the sandbox report to CloudWatch."""

from collections.abc import Mapping

from moto.cloudwatch.models import cloudwatch_backends


def count(account: str, region: str, namespace: str, name: str, dimensions: Mapping[str, str]) -> None:
    """Add one to a metric."""
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    datum = {"MetricName": name, "Dimensions": named, "Value": 1.0, "Unit": "Count"}
    cloudwatch_backends[account][region].put_metric_data(namespace, [datum])
