"""AWS/ApplicationELB: requests, answers and times of load balancers, and the health of their targets.

As on AWS, what did not happen has no data point.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from moto.cloudwatch.models import cloudwatch_backends
from moto.elbv2.models import ELBv2Backend, FakeTargetGroup, elbv2_backends

from slipway_sandbox.corrections.metrics import report
from slipway_sandbox.metrics.samples import Point, Sample
from slipway_sandbox.metrics.series import metric
from slipway_sandbox.runtime.balancing.traffic import Counted, Traffic, Way

NAMESPACE = "AWS/ApplicationELB"
BALANCER, GROUP = "LoadBalancer", "TargetGroup"


class Health(Protocol):
    """The measured states of targets."""

    def state(self, group_arn: str, host: str, port: int) -> str: ...


class LoadBalancers:
    """Every application load balancer of every account and region."""

    def __init__(self, traffic: Traffic, health: Health) -> None:
        self._traffic, self._health = traffic, health

    def report(self, minutes: Sequence[int]) -> None:
        """Report counts for the last minute, and healthy targets for each."""
        counted = self._traffic.take()
        for backend in [backend for account in list(elbv2_backends.values()) for backend in list(account.values())]:
            for group in list(backend.target_groups.values()):
                for balancer in group.load_balancer_arns:
                    if balancer in backend.load_balancers and ":loadbalancer/app/" in balancer:
                        self._report_health(backend, group, balancer, minutes)
        for way, counts in counted.items():
            self._report_counts(way, counts, minutes[-1])

    def _report_health(
        self, backend: ELBv2Backend, group: FakeTargetGroup, balancer: str, minutes: Sequence[int]
    ) -> None:
        found = [
            self._health.state(group.arn, str(target["Id"]), int(target["Port"])) for target in group.targets.values()
        ]
        levels = {"HealthyHostCount": found.count("healthy"), "UnHealthyHostCount": found.count("unhealthy")}
        for name, value in levels.items():
            key = metric(NAMESPACE, name, dimensions(Way(balancer, group.arn)))
            for minute in minutes:
                report(cloudwatch_backends[backend.account_id][backend.region_name], key, "Count", minute, float(value))

    def _report_counts(self, way: Way, counts: Counted, minute: int) -> None:
        region, account = way.balancer.split(":")[3:5]

        def tell(name: str, unit: str, point: Point, named: Mapping[str, str]) -> None:
            report(cloudwatch_backends[account][region], metric(NAMESPACE, name, named), unit, minute, point)

        for name, number in counts.names.items():
            tell(name, "Count", _ones(number), dimensions(Way(way.balancer)))
            if way.group and "_ELB_" not in name:
                tell(name, "Count", _ones(number), dimensions(way))
        if counts.seconds:
            for each in (Way(way.balancer), way):
                tell(
                    "TargetResponseTime",
                    "Seconds",
                    Sample({value: float(n) for value, n in counts.seconds.items()}),
                    dimensions(each),
                )
        if way.group and counts.names["RequestCount"]:
            share = counts.names["RequestCount"] / max(1, self._number_of_targets(way.group))
            for named in ({GROUP: dimensions(way)[GROUP]}, dimensions(way)):
                tell("RequestCountPerTarget", "Count", share, named)

    def _number_of_targets(self, group_arn: str) -> int:
        region, account = group_arn.split(":")[3:5]
        group = elbv2_backends[account][region].target_groups.get(group_arn)
        states = (
            [self._health.state(group_arn, str(target["Id"]), int(target["Port"])) for target in group.targets.values()]
            if group
            else []
        )
        return states.count("healthy")


def dimensions(way: Way) -> dict[str, str]:
    """Dimensions of a metric: the last parts of ARNs.

    >>> dimensions(Way("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/shop/5f"))
    {'LoadBalancer': 'app/shop/5f'}
    """
    named = {BALANCER: way.balancer.partition(":loadbalancer/")[2]}
    return named | ({GROUP: way.group.rpartition(":")[2]} if way.group else {})


def _ones(number: int) -> Sample:
    """A request each."""
    return Sample({1.0: float(number)})
